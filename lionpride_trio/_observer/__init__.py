"""The events that observers are told of, and the protocol by which all rooms above tell them.

Layout: ``_events`` (what is told), ``_observer`` (who is told), ``_story`` (the telling).
"""

from ._observer import Observer
from ._story import (
    Listeners,
    Story,
    begin_story,
    is_observed,
    listeners_of,
    outcome_of,
    story_around,
    tell_block,
)

__all__ = [
    "Listeners",
    "Observer",
    "Story",
    "begin_story",
    "is_observed",
    "listeners_of",
    "outcome_of",
    "story_around",
    "tell_block",
]
