"""Adding chunks up, one after another, to a response that may be asked for at any time.

Goals.  A chunk of text costs an append.  The memory is that of the text, however small its pieces are.
The order of chunks of different kinds, and the cuts of one kind, make no difference.

Strategy.  Whatever comes in pieces (a text, a call, a block of reasoning) has an object that grows, found by
what the provider calls it: the index of an alternative, the slot of a call, the number of a block.  Nothing
is decided before `response` is called, so that a half reply adds up as a whole one does.

What must hold:

1. ``characters`` counts every kind of text when it is added.  Whoever bounds a reply looks at it, and a kind
   that is not counted would be without a bound.
2. Reports of usage replace one another word by word: providers send running totals, and adding them up would
   count tokens twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from .._chunks import (
    NO_METADATA,
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    Usage,
    UsageChunk,
)
from .._readonly import ReadOnlyDict
from ._parts import Reasoning, Response, ToolCall

LOOSE_PIECES = 512
"""Pieces of a text that are held apart before they are joined: a million tiny ones would take thirty
times the memory of their text."""


class _Text:
    """A text that grows; appending costs little time and little memory."""

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
class _OpenCall:
    id: str | None = None
    name: str | None = None
    arguments: _Text = attrs.Factory(_Text)

    def add(self, chunk: ToolCallChunk) -> None:
        self.id = self.id or chunk.id
        self.name = (
            chunk.name or self.name
        )  # the parser gives the name so far: it may come in pieces
        self.arguments.append(chunk.arguments)
        self.arguments.compact()

    def to_tool_call(self) -> ToolCall:
        return ToolCall(self.id, self.name or "", str(self.arguments) or "{}")


@attrs.define
class _OpenReasoning:
    text: _Text = attrs.Factory(_Text)
    signature: str | None = None
    redacted: str | None = None

    def add(self, chunk: ReasoningChunk) -> None:
        self.text.append(chunk.text)
        self.text.compact()
        self.signature = chunk.signature or self.signature
        self.redacted = chunk.redacted or self.redacted

    def to_reasoning(self) -> Reasoning:
        return Reasoning(str(self.text), self.signature, self.redacted)


class ResponseBuilder:
    """Adds chunks up.  ``response()`` may be asked for at any time."""

    def __init__(self) -> None:
        self.characters = 0
        """The characters of held text, of every kind."""
        self._texts: dict[int, _Text] = {0: _Text()}
        self._reasoning: dict[int, _OpenReasoning] = {}
        self._refusal = _Text()
        self._calls: dict[tuple[int, int], _OpenCall] = {}  # by alternative and slot
        self._citations: list[Any] = []
        self.usage: Usage | None = None
        self._finishes: dict[int, FinishChunk] = {}
        self._metadata: Mapping[str, Any] = NO_METADATA
        self._all_metadata: dict[str, Any] = {}

    def extend(self, chunks: Iterable[Chunk]) -> None:
        """Add *chunks* in their order."""
        answer = self._texts[0].append
        metadata = self._metadata
        said = 0
        for chunk in chunks:
            if chunk.__class__ is TextChunk and not chunk.index:
                data = chunk.data
                answer(data)
                said += len(data)
            else:
                self._add_other(chunk)
            if chunk.metadata is not metadata:
                metadata = chunk.metadata
                self._all_metadata.update(metadata)
        self._metadata = metadata
        self._texts[0].compact()
        self.characters += said

    def _add_other(self, chunk: Chunk) -> None:
        match chunk:
            case ReasoningChunk(index=0):
                self.characters += len(chunk.text) + len(chunk.redacted or "")
                self._reasoning.setdefault(chunk.block, _OpenReasoning()).add(chunk)
            case ToolCallChunk():
                self.characters += len(chunk.arguments)
                self._calls.setdefault((chunk.index, chunk.slot), _OpenCall()).add(chunk)
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
            case _:
                self.characters += len(chunk.data)
                other = self._texts.setdefault(chunk.index, _Text())
                other.append(chunk.data)
                other.compact()

    def response(self) -> Response:
        """The sum of the chunks so far."""
        called = [index for index, _ in self._calls]
        alternatives = range(max([*self._texts, *self._finishes, *called]) + 1)
        texts = tuple(str(self._texts.get(index, "")) for index in alternatives)
        unfinished = FinishChunk()
        finishes = [self._finishes.get(index, unfinished) for index in alternatives]
        blocks = tuple(block.to_reasoning() for _, block in sorted(self._reasoning.items()))
        calls: list[list[ToolCall]] = [[] for _ in range(max([0, *called]) + 1)]
        for (index, _), call in sorted(self._calls.items()):
            calls[index].append(call.to_tool_call())
        return Response(
            text=texts[0],
            texts=texts,
            reasoning="".join(block.text for block in blocks),
            reasoning_blocks=blocks,
            refusal=str(self._refusal),
            tool_calls=tuple(calls[0]),
            other_tool_calls=tuple(map(tuple, calls[1:])),
            citations=tuple(self._citations),
            usage=self.usage,
            verdict=finishes[0].verdict,
            finish_reason=finishes[0].reason,
            verdicts=tuple(finish.verdict for finish in finishes),
            metadata=ReadOnlyDict(self._all_metadata),
        )
