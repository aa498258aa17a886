"""Moments: the events of a stream as UI protocols tell them, each protocol in its own words."""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs

from ..._media import MediaPart
from ..._parts import TextPart, ThoughtPart, ToolCall


@attrs.frozen
class StepBegan:
    """A call of the model begins."""

    turn: int


@attrs.frozen
class StepEnded:
    """It has ended, and the tools that it called too."""

    turn: int


@attrs.frozen
class TextBegan:
    """A text begins; *number* tells it from the other texts of the stream."""

    number: int


@attrs.frozen
class TextSaid:
    """A piece of it."""

    number: int
    text: str


@attrs.frozen
class TextEnded:
    """It has ended; *begun* has what its provider said of it, where it did."""

    number: int
    begun: TextPart | None


@attrs.frozen
class ThoughtBegan:
    """A block of reasoning begins; *number* tells it from the others of the stream."""

    number: int


@attrs.frozen
class ThoughtSaid:
    """A piece of it."""

    number: int
    text: str


@attrs.frozen
class ThoughtEnded:
    """It has ended; *thought* is all of it."""

    number: int
    thought: ThoughtPart


@attrs.frozen
class CallBegan:
    """A tool call begins."""

    id: str
    name: str


@attrs.frozen
class CallSaid:
    """A piece of its arguments."""

    id: str
    arguments: str


@attrs.frozen
class CallEnded:
    """It has ended; *is_whole* is False where its answer was cut."""

    call: ToolCall
    is_whole: bool


@attrs.frozen
class ResultGiven:
    """A tool gave its result; with *last* False, a piece of it."""

    call_id: str
    output: Any
    is_error: bool
    last: bool


@attrs.frozen
class SourceNamed:
    """The answer names a source: a page, or a document without a URL."""

    number: int
    url: str | None
    title: str | None


@attrs.frozen
class MediaShown:
    """An image, a sound or a file."""

    part: MediaPart


@attrs.frozen
class DataGiven:
    """Data of a program's own; what has the same *key* takes the place of what was given before."""

    name: str
    key: str | None
    value: Any


Moment: TypeAlias = (
    StepBegan
    | StepEnded
    | TextBegan
    | TextSaid
    | TextEnded
    | ThoughtBegan
    | ThoughtSaid
    | ThoughtEnded
    | CallBegan
    | CallSaid
    | CallEnded
    | ResultGiven
    | SourceNamed
    | MediaShown
    | DataGiven
)
