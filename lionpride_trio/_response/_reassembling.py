"""From chunks to a response at once, and back."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, groupby
from operator import attrgetter

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
    Verdict,
)
from .._media import MediaPart
from .._parts import RawPart, TextPart, ThoughtPart, ToolCall
from ._builder import ResponseBuilder
from ._response import Response


def reassemble(chunks: Iterable[Chunk]) -> Response:
    """The `Response` that *chunks* add up to, however they were cut.

    Does not block.  Reports of usage are running totals: the newest word on each count stands.
    An answer without its `FinishChunk` has the verdict ``UNKNOWN``.  Of a conversation of several turns
    it is the last one's answer, with the usage of all.
    """
    turns: list[Response] = []
    for _, of_turn in groupby(chunks, key=attrgetter("turn")):
        builder = ResponseBuilder()
        builder.extend(of_turn)
        turns.append(builder.response())
    if len(turns) < 2:
        return turns[0] if turns else ResponseBuilder().response()
    return attrs.evolve(turns[-1], usage=usage_of(turns))


def usage_of(turns: Iterable[Response]) -> Usage | None:
    """The tokens of all *turns* together, as far as their provider has told."""
    total: Usage | None = None
    for turn in turns:
        if turn.usage is not None:
            total = turn.usage if total is None else total + turn.usage
    return total


def chunks_of(response: Response) -> list[Chunk]:
    """The few chunks that *response* could have come in: `reassemble` makes it of them again.

    >>> from lionpride_trio import TextChunk, reassemble
    >>> said = reassemble([TextChunk("Hel"), TextChunk("lo")])
    >>> chunks_of(said)[0]
    TextChunk(data='Hello', metadata={}, index=0)
    >>> reassemble(chunks_of(said)) == said
    True
    """
    chunks = _chunks_of_parts(response)
    chunks += [
        TextChunk(text, index=index) for index, text in enumerate(response.texts) if index and text
    ]
    if response.refusal:
        chunks.append(OtherChunk(kind="refusal", value=response.refusal))
    for index, calls in enumerate(response.other_tool_calls, 1):
        chunks += [_chunk_of_call(call, slot, index) for slot, call in enumerate(calls)]
    if response.usage is not None:
        chunks.append(UsageChunk(usage=response.usage))
    verdicts = [response.verdict, *response.verdicts[1:]]
    for index, verdict in enumerate(verdicts):
        reason = response.finish_reason if index == 0 else None
        metadata = response.metadata if index == 0 else NO_METADATA
        chunks.append(FinishChunk(verdict=verdict, reason=reason, index=index, metadata=metadata))
    return chunks


def _chunks_of_parts(response: Response) -> list[Chunk]:
    """The chunks of the first answer's parts, and of its citations."""
    chunks: list[Chunk] = []
    thoughts = 0
    calls = list(
        enumerate(response.tool_calls)
    )  # the calls whose part is still to come, by their slot
    beyond = count(len(calls))
    citations = list(response.citations)
    last: object = None
    texts = [part for part in response.parts if isinstance(part, TextPart)]
    for part in response.parts:
        match part:
            case TextPart():
                if isinstance(last, TextPart) or part.signature or part.native or not part.text:
                    chunks.append(PartChunk(part=attrs.evolve(part, text="", citations=())))
                if part.text:
                    chunks.append(TextChunk(part.text))
                # Those of the last text, and those of no text, are told at the end, in their order.
                own = len(part.citations)
                if part is not texts[-1] and own and citations[:own] == list(part.citations):
                    chunks += [OtherChunk(kind="citation", value=each) for each in citations[:own]]
                    del citations[:own]
            case ThoughtPart():
                chunks.append(
                    ReasoningChunk(
                        text=part.text,
                        signature=part.signature,
                        redacted=part.redacted,
                        id=part.id,
                        block=thoughts,
                        native=part.native,
                    )
                )
                thoughts += 1
            case ToolCall():
                # A later slot may have begun first: the parts have that order, the calls that of the slots.
                same = (place for place in calls if place[1] == part and place[1].id == part.id)
                known = next(same, None)
                if known is not None:
                    calls.remove(known)
                slot = next(beyond) if known is None else known[0]
                chunks.append(
                    _chunk_of_call(part, slot, whole=response.verdict is Verdict.TOOL_USE)
                )
            case MediaPart() | RawPart():
                chunks.append(PartChunk(part=part))
            case _:
                raise AssertionError(f"no answer has a part {part!r}")
        last = part
    chunks += [OtherChunk(kind="citation", value=citation) for citation in citations]
    return chunks


def _chunk_of_call(
    call: ToolCall, slot: int, index: int = 0, *, whole: bool = False
) -> ToolCallChunk:
    return ToolCallChunk(
        slot=slot,
        id=call.id,
        name=call.name,
        arguments=call.arguments,
        last=whole,
        signature=call.signature,
        native=call.native,
        index=index,
    )
