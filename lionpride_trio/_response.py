"""From chunks to a response: what a reply adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from ._chunks import (
    NO_METADATA,
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
)
from .wire._json import loads


@attrs.frozen
class ToolCall:
    """A whole tool call."""

    id: str | None
    name: str
    arguments: str
    """The arguments as the model wrote them; ``"{}"`` where it wrote none."""

    def parsed(self) -> Any:
        """The arguments decoded from JSON.

        :raises DecodeError: when they are no JSON, as in an answer cut by its length.
        """
        return loads(self.arguments)


@attrs.frozen
class Reasoning:
    """One block of reasoning, with what is needed to send it back."""

    text: str = ""
    signature: str | None = None
    redacted: str | None = None


@attrs.frozen
class Response:
    """What a reply adds up to, so far or for good.

    Two responses are equal when they say the same and ended the same way; ids and the provider's
    other facts do not count.
    """

    text: str = ""
    """The answer (of the first alternative, where several were asked for)."""
    texts: tuple[str, ...] = ("",)
    """The answers of all alternatives, by index."""
    reasoning: str = ""
    reasoning_blocks: tuple[Reasoning, ...] = ()
    refusal: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    citations: tuple[Any, ...] = ()
    usage: Usage | None = None
    verdict: Verdict = Verdict.UNKNOWN
    """How the reply ended; `Verdict.UNKNOWN` as long as it has not."""
    finish_reason: str | None = None
    """The provider's own word for how the reply ended."""
    verdicts: tuple[Verdict, ...] = (Verdict.UNKNOWN,)
    """The verdicts of all alternatives, by index."""
    metadata: Mapping[str, Any] = attrs.field(default=NO_METADATA, eq=False, repr=False)

    def __str__(self) -> str:
        return self.text


@attrs.define
class _OpenCall:
    id: str | None = None
    name: str | None = None
    arguments: list[str] = attrs.Factory(list)

    def add(self, chunk: ToolCallChunk) -> None:
        self.id = self.id or chunk.id
        self.name = self.name or chunk.name
        self.arguments.append(chunk.arguments)

    def whole(self) -> ToolCall:
        return ToolCall(self.id, self.name or "", "".join(self.arguments) or "{}")


@attrs.define
class _OpenReasoning:
    text: list[str] = attrs.Factory(list)
    signature: str | None = None
    redacted: str | None = None

    def add(self, chunk: ReasoningChunk) -> None:
        self.text.append(chunk.text)
        self.signature = chunk.signature or self.signature
        self.redacted = chunk.redacted or self.redacted

    def whole(self) -> Reasoning:
        return Reasoning("".join(self.text), self.signature, self.redacted)


class ResponseBuilder:
    """Adds chunks up.  ``response()`` may be asked for at any time."""

    def __init__(self) -> None:
        self._texts: dict[int, list[str]] = {0: []}
        self._reasoning: dict[int, _OpenReasoning] = {}
        self._refusal: list[str] = []
        self._calls: dict[int, _OpenCall] = {}
        self._citations: list[Any] = []
        self._usage: Usage | None = None
        self._finishes: dict[int, FinishChunk] = {}
        self._metadata: Mapping[str, Any] = NO_METADATA
        self._all_metadata: dict[str, Any] = {}

    def extend(self, chunks: Iterable[Chunk]) -> None:
        """Add *chunks* in their order."""
        answer = self._texts[0].append
        for chunk in chunks:
            if type(chunk) is TextChunk and chunk.index == 0:
                answer(chunk.data)
            else:
                self._add_other(chunk)
            if chunk.metadata is not self._metadata:
                self._metadata = chunk.metadata
                self._all_metadata.update(chunk.metadata)

    def _add_other(self, chunk: Chunk) -> None:
        match chunk:
            case ReasoningChunk(index=0):
                self._reasoning.setdefault(chunk.block, _OpenReasoning()).add(chunk)
            case ToolCallChunk(index=0):
                self._calls.setdefault(chunk.slot, _OpenCall()).add(chunk)
            case UsageChunk():
                self._usage = self._usage.updated(chunk.usage) if self._usage else chunk.usage
            case FinishChunk():
                self._finishes[chunk.index] = chunk
            case OtherChunk(kind="refusal", index=0):
                self._refusal.append(str(chunk.value))
            case OtherChunk(kind="citation", index=0):
                self._citations.append(chunk.value)
            case _:
                self._texts.setdefault(chunk.index, []).append(chunk.data)

    def response(self) -> Response:
        """What the chunks so far add up to."""
        alternatives = range(max([*self._texts, *self._finishes]) + 1)
        texts = tuple("".join(self._texts.get(index, ())) for index in alternatives)
        unfinished = FinishChunk()
        finishes = [self._finishes.get(index, unfinished) for index in alternatives]
        blocks = tuple(block.whole() for _, block in sorted(self._reasoning.items()))
        return Response(
            text=texts[0],
            texts=texts,
            reasoning="".join(block.text for block in blocks),
            reasoning_blocks=blocks,
            refusal="".join(self._refusal),
            tool_calls=tuple(call.whole() for _, call in sorted(self._calls.items())),
            citations=tuple(self._citations),
            usage=self._usage,
            verdict=finishes[0].verdict,
            finish_reason=finishes[0].reason,
            verdicts=tuple(finish.verdict for finish in finishes),
            metadata=dict(self._all_metadata),
        )


def reassemble(chunks: Iterable[Chunk]) -> Response:
    """Add up *chunks*, however they were cut, to the `Response` that they mean.

    Does not block.  Reports of usage are running totals: the newest word on each count stands.
    An answer without its `FinishChunk` has the verdict `Verdict.UNKNOWN`.
    """
    builder = ResponseBuilder()
    builder.extend(chunks)
    return builder.response()
