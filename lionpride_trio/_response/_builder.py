"""Adding chunks up, one after another, to a response that may be asked for at any time.

Goals.  A chunk of text costs an append.  The memory is that of the text, however small its pieces are.
The cuts make no difference.

Strategy.  Whatever comes in pieces (a text, a call, a block of reasoning) has an object that grows, found by
what the provider calls it: the index of an alternative, the slot of a call, the number of a block.  Nothing
is decided before `response` is called, so that a half reply adds up as a whole one does.

The parts of the first answer stand in the order in which they began; a part that is no text ends the text
before it.  Other alternatives (OpenAI's ``n``) are told by their texts and calls alone.

What must hold:

1. ``characters`` counts every kind of text when it is added.  Whoever bounds a reply looks at it, and a kind
   that is not counted would be without a bound.
2. Reports of usage replace one another word by word: providers send running totals, and adding them up would
   count tokens twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import attrs

from .._chunks import (
    NO_METADATA,
    Chunk,
    FinishChunk,
    OtherChunk,
    PartChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    Usage,
    UsageChunk,
)
from .._media import MediaPart
from .._parts import Native, RawPart, TextPart, ThoughtPart, ToolCall, make_call_id
from .._readonly import ReadOnlyDict
from ._response import Response

LOOSE_PIECES = 512
"""Pieces of a text that are held apart before they are joined: a million tiny ones would take
thirty times the memory of their text."""


class _Text:
    """A text that grows: appending is cheap, and so is the memory."""

    __slots__ = ("_joined", "_loose", "append")

    def __init__(self) -> None:
        self._joined: list[str] = []
        self._loose: list[str] = []
        self.append = self._loose.append

    def compact(self) -> None:
        """Join what is loose, when it is much."""
        if len(self._loose) > LOOSE_PIECES:
            self._joined.append("".join(self._loose))
            self._loose.clear()

    def __str__(self) -> str:
        return "".join([*self._joined, *self._loose])


@attrs.define
class _OpenText:
    begun: TextPart
    text: _Text = attrs.Factory(_Text)
    citations: list[Any] = attrs.Factory(list[Any])

    def part(self) -> TextPart:
        cited = (*self.begun.citations, *self.citations)
        return attrs.evolve(self.begun, text=self.begun.text + str(self.text), citations=cited)


@attrs.define
class _OpenThought:
    text: _Text = attrs.Factory(_Text)
    signature: str | None = None
    redacted: str | None = None
    id: str | None = None
    native: Native | None = None

    def add(self, chunk: ReasoningChunk) -> None:
        self.text.append(chunk.text)
        self.text.compact()
        self.signature = chunk.signature or self.signature
        self.redacted = chunk.redacted or self.redacted
        self.id = chunk.id or self.id
        self.native = chunk.native or self.native

    def part(self) -> ThoughtPart:
        return ThoughtPart(
            str(self.text), self.signature, self.redacted, self.id, native=self.native
        )


@attrs.define
class _OpenCall:
    made_id: str
    """The id that the call has if its provider gives none."""
    id: str | None = None
    name: str | None = None
    arguments: _Text = attrs.Factory(_Text)
    signature: str | None = None
    native: Native | None = None

    def add(self, chunk: ToolCallChunk) -> None:
        self.id = self.id or chunk.id
        self.name = chunk.name or self.name  # as far as it is known: it may come in pieces
        self.arguments.append(chunk.arguments)
        self.arguments.compact()
        self.signature = chunk.signature or self.signature
        self.native = chunk.native or self.native

    def part(self) -> ToolCall:
        arguments = str(self.arguments) or "{}"
        call_id = self.id or self.made_id
        return ToolCall(call_id, self.name or "", arguments, self.signature, native=self.native)


@attrs.define
class _OpenMedium:
    """A sound whose pieces are added up."""

    begun: MediaPart
    data: bytearray = attrs.Factory(bytearray)
    transcript: _Text = attrs.Factory(_Text)

    def add(self, piece: MediaPart) -> None:
        self.data += piece.data or b""
        self.transcript.append(piece.transcript or "")
        self.transcript.compact()
        self.begun = attrs.evolve(
            self.begun,
            media_type=self.begun.media_type or piece.media_type,
            signature=piece.signature or self.begun.signature,
            native=piece.native or self.begun.native,
        )

    def part(self) -> MediaPart:
        said = str(self.transcript) or None
        return attrs.evolve(self.begun, data=bytes(self.data) or None, transcript=said)


_Open: TypeAlias = _OpenText | _OpenThought | _OpenCall | _OpenMedium | MediaPart | RawPart


class ResponseBuilder:
    """Adds chunks up.  ``response()`` may be asked for at any time."""

    def __init__(self) -> None:
        self.characters = 0
        """How much text is held, of every kind."""
        self._parts: list[_Open] = []
        """The parts of the first answer, in the order in which they began."""
        self._text: _OpenText | None = None
        """The last of them, if it is a text."""
        self._slots: dict[int, _OpenText] = {}
        """The texts that have a number, and the first."""
        self._thoughts: dict[int, _OpenThought] = {}
        self._media: dict[int, _OpenMedium] = {}  # by slot
        self._texts: dict[int, _Text] = {}
        """The texts of the other alternatives."""
        self._refusal = _Text()
        self._calls: dict[tuple[int, int], _OpenCall] = {}  # by alternative and slot
        self._citations: list[Any] = []
        self.usage: Usage | None = None
        self._finishes: dict[int, FinishChunk] = {}
        self._metadata: Mapping[str, Any] = NO_METADATA
        self._all_metadata: dict[str, Any] = {}

    def extend(self, chunks: Iterable[Chunk]) -> None:
        """Add *chunks* in their order."""
        answer = self._append
        metadata = self._metadata
        said = 0
        for chunk in chunks:
            if chunk.__class__ is TextChunk and not chunk.index:
                data = chunk.data
                if answer is None:
                    if not data:
                        continue  # text that says nothing is no part
                    answer = self._begin_text(TextPart(""))
                answer(data)
                said += len(data)
            else:
                self._add_other(chunk)
                answer = self._append
            if chunk.metadata is not metadata:
                metadata = chunk.metadata
                self._all_metadata.update(metadata)
        self._metadata = metadata
        if self._text is not None:
            self._text.text.compact()
        self.characters += said

    @property
    def _append(self) -> Callable[[str], None] | None:
        """The function that appends to the text that is open; None if none is."""
        return None if self._text is None else self._text.text.append

    def _begin_text(self, begun: TextPart, slot: int | None = None) -> Callable[[str], None]:
        """Begin another text, or go on with the one in *slot*; what appends to it."""
        if self._text is not None:
            self._text.text.compact()
        text = None if slot is None else self._slots.get(slot)
        if text is None:
            text = _OpenText(begun)
            self._parts.append(text)
            if slot is not None or not self._slots:
                self._slots[slot or 0] = text  # the first text is told without a number
        self._text = text
        return text.text.append

    def _begin(self, part: _Open) -> None:
        """Begin a part that is no text: text that follows is another part."""
        self._text = None
        self._parts.append(part)

    def _add_other(self, chunk: Chunk) -> None:
        match chunk:
            case ReasoningChunk(index=0):
                self.characters += len(chunk.text) + len(chunk.redacted or "")
                self._think(chunk)
            case ToolCallChunk():
                self.characters += len(chunk.arguments)
                self._call(chunk)
            case UsageChunk():
                self.usage = self.usage.updated(chunk.usage) if self.usage else chunk.usage
            case FinishChunk():
                self._finishes[chunk.index] = chunk
            case OtherChunk(kind="refusal", index=0):
                self.characters += len(str(chunk.value))
                self._refusal.append(str(chunk.value))
                self._refusal.compact()
            case OtherChunk(kind="citation", index=0):
                self._citations.append(chunk.value)
                texts = (part for part in reversed(self._parts) if isinstance(part, _OpenText))
                cited = self._text or next(texts, None)
                if cited is not None:
                    cited.citations.append(chunk.value)
            case PartChunk(part=RawPart() as block, index=0):
                self._begin(block)
            case PartChunk(part=MediaPart() as medium, index=0):
                self.characters += len(medium.data or b"") + len(medium.transcript or "")
                self._take_medium(medium, chunk.slot)
            case PartChunk(part=TextPart() as begun, index=0):
                self.characters += len(begun.text)
                self._begin_text(begun, chunk.slot)
            case _ if chunk.data and not chunk.index:
                append = self._append or self._begin_text(TextPart(""))
                append(chunk.data)
                self.characters += len(chunk.data)
            case _:
                self.characters += len(chunk.data)
                if chunk.index:
                    other = self._texts.setdefault(chunk.index, _Text())
                    other.append(chunk.data)
                    other.compact()

    def _think(self, chunk: ReasoningChunk) -> None:
        thought = self._thoughts.get(chunk.block)
        if thought is None:
            thought = self._thoughts[chunk.block] = _OpenThought()
            self._begin(thought)
        thought.add(chunk)

    def _take_medium(self, medium: MediaPart, slot: int | None) -> None:
        if slot is None:
            self._begin(medium)
            return
        open_one = self._media.get(slot)
        if open_one is None:
            open_one = self._media[slot] = _OpenMedium(medium)
            self._begin(open_one)
        open_one.add(medium)

    def _call(self, chunk: ToolCallChunk) -> None:
        place = chunk.index, chunk.slot
        call = self._calls.get(place)
        if call is None:
            # Of the answer's own facts, so that two answers of one conversation have other ids.
            facts = chunk.metadata
            call = self._calls[place] = _OpenCall(
                make_call_id(facts.get("id"), facts.get("created_at"), *place, chunk.name)
            )
            if not chunk.index:
                self._begin(call)
        call.add(chunk)

    def call(self, slot: int) -> ToolCall:
        """The call of the first answer in that place, as far as it has come."""
        return self._calls[0, slot].part()

    def response(self) -> Response:
        """The chunks so far, added up."""
        called = [index for index, _ in self._calls]
        parts = tuple(
            part if isinstance(part, MediaPart | RawPart) else part.part() for part in self._parts
        )
        first = "".join(part.text for part in parts if isinstance(part, TextPart))
        alternatives = range(max([0, *self._texts, *self._finishes, *called]) + 1)
        texts = (first, *(str(self._texts.get(index, "")) for index in alternatives[1:]))
        unfinished = FinishChunk()
        finishes = [self._finishes.get(index, unfinished) for index in alternatives]
        calls: list[list[ToolCall]] = [[] for _ in range(max([0, *called]) + 1)]
        for (index, _), call in sorted(self._calls.items(), key=lambda item: item[0]):
            calls[index].append(call.part())
        return Response(
            text=first,
            texts=texts,
            reasoning="".join(str(thought.text) for thought in self._thoughts.values()),
            refusal=str(self._refusal),
            tool_calls=tuple(calls[0]),
            other_tool_calls=tuple(map(tuple, calls[1:])),
            citations=tuple(self._citations),
            usage=self.usage,
            verdict=finishes[0].verdict,
            finish_reason=finishes[0].reason,
            verdicts=tuple(finish.verdict for finish in finishes),
            metadata=ReadOnlyDict(self._all_metadata),
            parts=parts,
        )
