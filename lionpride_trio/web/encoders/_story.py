"""`Story`: from the items of a stream to moments, once for all UI protocols.

Goals.  However the chunks were cut, the moments add up to the same.  Whatever began ends, in an order
that the strictest client takes.

Strategy.  Texts, thoughts and calls are open or not, and a step holds them.

- A text ends where a thought or a call begins, as parts of a response do.  A thought ends where a text or a
  call begins.  Calls may come in turns, piece by piece, and end by themselves, with their result, or with
  their answer.
- A call begins with the first piece of its arguments, because its name may come in pieces before.
- Results come whenever a tool is ready, and end no text.
- The pieces of calls and thoughts go to a `ResponseBuilder` each, so that ids, signatures and arguments
  are those of the response.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import attrs

from ..._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    PartChunk,
    ReasoningChunk,
    ToolCallChunk,
    ToolResultChunk,
    Verdict,
)
from ..._media import MediaPart
from ..._parts import TextPart, ThoughtPart, ToolCall
from ..._response import ResponseBuilder
from ...stages import Partial
from ._ending import Ending
from ._moments import (
    CallBegan,
    CallEnded,
    CallSaid,
    DataGiven,
    MediaShown,
    Moment,
    ResultGiven,
    SourceNamed,
    StepBegan,
    StepEnded,
    TextBegan,
    TextEnded,
    TextSaid,
    ThoughtBegan,
    ThoughtEnded,
    ThoughtSaid,
)
from ._plain import plain, read_data
from ._sources import place_and_title

_CUT: Final = frozenset([Verdict.LENGTH, Verdict.BLOCKED, Verdict.REFUSED, Verdict.STOPPED])
_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_+")
_PLAIN_DATA: Final = (dict, list, tuple, int, float, type(None))


@attrs.define
class _OpenCall:
    builder: ResponseBuilder = attrs.Factory(ResponseBuilder)
    id: str | None = None
    """Its id, from the moment on that it was told with; another one that comes later would be no id of it."""

    @property
    def call(self) -> ToolCall:
        (call,) = self.builder.response().tool_calls
        return call if self.id is None else attrs.evolve(call, id=self.id)


class Story:
    """Items in, moments out."""

    def __init__(self) -> None:
        self.ending = Ending()
        self._turn: int | None = None
        self._text: int | None = None
        self._begun: TextPart | None = None
        """The facts of the open text, or of the one that is to begin."""
        self._thought: tuple[int, ResponseBuilder] | None = None
        """The number of the open thought, and its pieces."""
        self._block = 0
        self._calls: dict[int, _OpenCall] = {}
        self._told_calls: set[str] = set()
        self._media = ResponseBuilder()
        """The media that come in pieces."""
        self._sources: set[tuple[str | None, str | None]] = set()
        self._count = {"text": 0, "thought": 0}

    def feed(self, item: Any) -> Iterator[Moment]:
        """The moments of the next item."""
        if isinstance(item, str):
            yield from self._step(self._turn or 0)
            yield from self._say(item)
        elif not isinstance(item, Chunk):
            yield from self._step(self._turn or 0)
            yield _shown(item)
        elif not item.index:  # another alternative has no place in a message
            self.ending.see(item)
            yield from self._step(item.turn)
            yield from self._chunk(item)

    def end(self) -> Iterator[Moment]:
        """The moments of the end."""
        yield from self._end_step()

    def _step(self, turn: int) -> Iterable[Moment]:
        if self._turn is not None and turn <= self._turn:
            return ()
        ended = list(self._end_step())
        self._turn = turn
        return [*ended, StepBegan(turn)]

    def _end_step(self) -> Iterator[Moment]:
        if self._turn is None:
            return
        yield from self._end_blocks()
        yield from self._end_media()
        yield from self._end_calls(Verdict.UNKNOWN)
        yield StepEnded(self._turn)
        self._turn = None

    def _chunk(self, chunk: Chunk) -> Iterator[Moment]:
        match chunk:
            case ReasoningChunk():
                yield from self._think(chunk)
            case ToolCallChunk():
                yield from self._call(chunk)
            case ToolResultChunk():
                yield from self._result(chunk)
            case PartChunk(part=TextPart() as begun):
                yield from self._end_blocks()
                self._begun = begun
                yield from self._say(begun.text)
            case PartChunk(part=MediaPart() as part, slot=None):
                yield from self._end_blocks()
                yield from _shown_media(part)
            case PartChunk(part=MediaPart(), slot=int()):
                self._media.extend([chunk])
            case FinishChunk():
                yield from self._end_blocks()
                yield from self._end_media()
                yield from self._end_calls(chunk.verdict)
            case OtherChunk(kind="refusal", value=value):
                yield from self._say(str(value))
            case OtherChunk(kind="citation", value=value):
                yield from self._cite(value)
            case _:
                yield from self._say(chunk.data)

    def _say(self, text: str) -> Iterator[Moment]:
        if not text:
            return
        if self._text is None:
            yield from self._end_thought()
            self._text = self._next("text")
            yield TextBegan(self._text)
        yield TextSaid(self._text, text)

    def _next(self, kind: str) -> int:
        self._count[kind] += 1
        return self._count[kind]

    def _end_blocks(self) -> Iterator[Moment]:
        yield from self._end_thought()
        if self._text is not None:
            yield TextEnded(self._text, self._begun)
            self._text = None
        self._begun = None

    def _think(self, chunk: ReasoningChunk) -> Iterator[Moment]:
        if not (chunk.text or chunk.signature or chunk.redacted or chunk.id or chunk.native):
            return
        if self._thought is None or self._block != chunk.block:
            yield from self._end_blocks()
            self._thought = self._next("thought"), ResponseBuilder()
            self._block = chunk.block
            yield ThoughtBegan(self._thought[0])
        number, builder = self._thought
        builder.extend([chunk])
        if chunk.text:
            yield ThoughtSaid(number, chunk.text)

    def _end_thought(self) -> Iterator[Moment]:
        if self._thought is None:
            return
        (number, builder), self._thought = self._thought, None
        (thought,) = builder.response().parts
        assert isinstance(thought, ThoughtPart)
        yield ThoughtEnded(number, thought)

    def _end_media(self) -> Iterator[Moment]:
        """The media that came in pieces: no protocol takes a piece of one."""
        parts = self._media.response().parts
        self._media = ResponseBuilder()
        for part in parts:
            if isinstance(part, MediaPart):
                yield from _shown_media(part)

    def _call(self, chunk: ToolCallChunk) -> Iterator[Moment]:
        open_call = self._calls.get(chunk.slot)
        if open_call is None:
            if not (chunk.name or chunk.id or chunk.arguments):
                return  # it says at most that the call is whole, and the call has ended
            yield from self._end_blocks()
            open_call = self._calls[chunk.slot] = _OpenCall()
        open_call.builder.extend([chunk])
        if chunk.arguments:
            yield from self._begin_call(open_call)
            yield CallSaid(open_call.id or "", chunk.arguments)
        if chunk.last:
            yield from self._end_call(chunk.slot, is_whole=True)

    def _begin_call(self, open_call: _OpenCall) -> Iterator[Moment]:
        if open_call.id is None:
            call = open_call.call
            open_call.id = call.id
            self._told_calls.add(call.id)
            yield CallBegan(call.id, call.name)

    def _end_call(self, slot: int, *, is_whole: bool) -> Iterator[Moment]:
        open_call = self._calls.pop(slot)
        yield from self._begin_call(open_call)
        yield CallEnded(open_call.call, is_whole)

    def _end_calls(self, verdict: Verdict) -> Iterator[Moment]:
        for slot, open_call in list(self._calls.items()):
            is_whole = verdict not in _CUT and is_json(open_call.call.arguments)
            yield from self._end_call(slot, is_whole=is_whole)

    def _result(self, chunk: ToolResultChunk) -> Iterator[Moment]:
        for slot, open_call in list(self._calls.items()):
            if open_call.call.id == chunk.call_id:
                yield from self._end_call(slot, is_whole=True)
        if chunk.call_id not in self._told_calls:  # a client would refuse the result of no call
            self._told_calls.add(chunk.call_id)
            yield CallBegan(chunk.call_id, chunk.name)
            yield CallEnded(ToolCall(chunk.call_id, chunk.name), is_whole=True)
        yield ResultGiven(chunk.call_id, chunk.output, chunk.is_error, chunk.last)

    def _cite(self, citation: Any) -> Iterator[Moment]:
        source = place_and_title(citation)
        if source != (None, None) and source not in self._sources:
            self._sources.add(source)
            yield SourceNamed(len(self._sources), *source)


def _shown_media(part: MediaPart) -> Iterator[Moment]:
    """A medium, unless its provider keeps it and has told its name alone."""
    if part.data is not None or part.url is not None:
        yield MediaShown(part)


def _shown(item: Any) -> Moment:
    """The moment of what is neither text nor a chunk."""
    if isinstance(item, MediaPart):
        return MediaShown(item)
    if isinstance(item, Partial):
        return DataGiven("output", "output", plain(item.value))
    name = "item" if isinstance(item, _PLAIN_DATA) else type(item).__name__
    return DataGiven(_WORD_STARTS.sub("-", name).strip("-").lower() or "item", None, plain(item))


def is_json(text: str) -> bool:
    """Whether *text* is a whole JSON document that can be handed on as its data."""
    try:
        read_data(text)
    except ValueError:
        return False
    return True
