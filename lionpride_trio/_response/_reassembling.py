"""From chunks to a response at once, and back."""

from __future__ import annotations

from collections.abc import Iterable

from .._chunks import (
    NO_METADATA,
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    UsageChunk,
)
from ._builder import ResponseBuilder
from ._parts import Response


def reassemble(chunks: Iterable[Chunk]) -> Response:
    """The `Response` that *chunks* add up to, however they were cut.

    Does not block.  Reports of usage are running totals: the newest word on each count stands.
    An answer without its `FinishChunk` has the verdict ``UNKNOWN``.
    """
    builder = ResponseBuilder()
    builder.extend(chunks)
    return builder.response()


def chunks_of(response: Response) -> list[Chunk]:
    """A few chunks of which `reassemble` makes *response* again.

    >>> from lionpride_trio import TextChunk, reassemble
    >>> said = reassemble([TextChunk("Hel"), TextChunk("lo")])
    >>> chunks_of(said)[0]
    TextChunk(data='Hello', metadata={}, index=0)
    >>> reassemble(chunks_of(said)) == said
    True
    """
    chunks: list[Chunk] = []
    for block, thought in enumerate(response.reasoning_blocks):
        chunks.append(
            ReasoningChunk(
                text=thought.text,
                signature=thought.signature,
                redacted=thought.redacted,
                block=block,
            )
        )
    if not response.reasoning_blocks and response.reasoning:
        chunks.append(ReasoningChunk(text=response.reasoning))
    texts = [response.text, *response.texts[1:]]
    chunks += [TextChunk(text, index=index) for index, text in enumerate(texts) if text]
    if response.refusal:
        chunks.append(OtherChunk(kind="refusal", value=response.refusal))
    for index, calls in enumerate([response.tool_calls, *response.other_tool_calls]):
        chunks += [
            ToolCallChunk(
                slot=slot, id=call.id, name=call.name, arguments=call.arguments, index=index
            )
            for slot, call in enumerate(calls)
        ]
    chunks += [OtherChunk(kind="citation", value=citation) for citation in response.citations]
    if response.usage is not None:
        chunks.append(UsageChunk(usage=response.usage))
    verdicts = [response.verdict, *response.verdicts[1:]]
    for index, verdict in enumerate(verdicts):
        reason = response.finish_reason if index == 0 else None
        metadata = response.metadata if index == 0 else NO_METADATA
        chunks.append(FinishChunk(verdict=verdict, reason=reason, index=index, metadata=metadata))
    return chunks
