"""The clocks of a model's calls, and the bounds of how much of an answer is held.

`lionpride_trio._retry.Retry` has the rules by which calls are repeated.
"""

from __future__ import annotations

import attrs

from .._checks import positive_seconds, whole_number_of
from ..providers import MAX_BLOCKS
from ..wire import MAX_EVENT_BYTES


@attrs.frozen(kw_only=True)
class Timeouts:
    """Clocks, in seconds.  They run only while the library waits, never while you are busy.

    A deadline on the whole is yours to set, with ``trio.fail_after``.
    """

    connect: float = attrs.field(default=10.0, validator=positive_seconds)
    """To make a connection."""
    first_content: float = attrs.field(default=60.0, validator=positive_seconds)
    """From the end of the request to the first content; keep-alives do not count."""
    content_idle: float = attrs.field(default=60.0, validator=positive_seconds)
    """Between two pieces of the answer, content or not; keep-alives do not count."""
    byte_idle: float = attrs.field(default=30.0, validator=positive_seconds)
    """Between any two bytes of the body, keep-alives included; of the request too, while it is sent."""
    answer: float = attrs.field(default=600.0, validator=positive_seconds)
    """To the whole of an answer that is not streamed."""


@attrs.frozen(kw_only=True)
class Bounds:
    """Bounds of how much of an answer is held.  Beyond one, `LimitExceeded` with ``limit`` and ``value``."""

    max_event_bytes: int = attrs.field(default=MAX_EVENT_BYTES, validator=whole_number_of(1024))
    """Of one event of a stream."""
    max_answer_bytes: int = attrs.field(default=16 * 1024 * 1024, validator=whole_number_of(1024))
    """Of an answer that is not streamed."""
    max_error_bytes: int = attrs.field(default=64 * 1024, validator=whole_number_of(1024))
    """Of an error document; what is longer is cut, not refused."""
    max_kept_chars: int = attrs.field(default=16 * 1024 * 1024, validator=whole_number_of(1024))
    """Of the text, reasoning and arguments that a reply adds up; ``keep=False`` keeps none."""
    max_blocks: int = attrs.field(default=MAX_BLOCKS, validator=whole_number_of(1))
    """Tool calls, reasoning blocks, citations and alternatives of one reply, each."""
