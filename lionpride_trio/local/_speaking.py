"""A planned reply in the library's chunks, and on its wire: as a stream, piece by piece, or whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from .._chunks import (
    NO_METADATA,
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
    text_chunk,
)
from ..providers.encoders import Encoder
from ._directives import Fault
from ._json import JsonObject
from ._reply import Finish, Part, Reply
from ._wire import Asked, Wire

_VERDICTS: Final[dict[Finish, Verdict]] = {
    "stop": Verdict.COMPLETE,
    "stop_string": Verdict.COMPLETE,
    "length": Verdict.LENGTH,
    "tools": Verdict.TOOL_USE,
    "filtered": Verdict.BLOCKED,
    "refused": Verdict.REFUSED,
}


def frames(
    wire: Wire, asked: Asked, reply: Reply, fault: Fault | None
) -> Iterator[tuple[bytes, bool]]:
    """A stream's bytes, and whether they are a piece (which the rate counts).

    With a *fault* they end after half of the pieces, by an error event where that is the fault.
    """
    encoder = wire.encoder(asked, reply)
    usage = wire.usage(reply)
    left = reply.count // 2 if fault else reply.count + 1
    yield encoder.begin(_at_first(encoder, usage)), False
    tally = _Tally(usage) if encoder.counts_as_it_goes else None
    for part in reply.parts:
        if encoder.has_blocks or part.kind == "call":
            yield encoder.feed(_opening(wire, asked, reply, part)), False
        for piece in part.pieces:
            if not left:
                yield _fault(wire, encoder, fault), False
                return
            left -= 1
            if tally is not None:
                encoder.feed(tally.add(part))
            yield encoder.feed(_piece(part, piece)), True
        for chunk in _closing(wire, reply, part):
            yield encoder.feed(chunk), False
    if fault:  # an answer of no pieces can go wrong too
        yield _fault(wire, encoder, fault), False
        return
    body = b"".join(map(encoder.feed, _end(reply, usage))) + encoder.end()
    wire.sent(asked, encoder)
    yield body, False


def whole(wire: Wire, asked: Asked, reply: Reply) -> JsonObject:
    """The whole reply as one object."""
    encoder = wire.encoder(asked, reply)
    chunks: list[Chunk] = []
    for part in reply.parts:
        chunks += [_opening(wire, asked, reply, part), _piece(part, part.text)]
        chunks += _closing(wire, reply, part)
    document = encoder.whole([*chunks, *_end(reply, wire.usage(reply))])
    wire.sent(asked, encoder)
    return document


def _at_first(encoder: Encoder, usage: Usage) -> Usage:
    """The part of *usage* that a provider knows at the beginning: most count the first piece already."""
    first = 0 if encoder.counts_as_it_goes else min(1, usage.output_tokens or 0)
    return attrs.evolve(usage, output_tokens=first, total_tokens=None, reasoning_tokens=None)


class _Tally:
    """Counts the pieces that were said."""

    def __init__(self, usage: Usage) -> None:
        self._input = usage.input_tokens or 0
        self._said = 0
        self._thoughts = 0

    def add(self, part: Part) -> UsageChunk:
        """The usage when one more piece of *part* is told."""
        if part.kind == "reasoning":
            self._thoughts += 1
        else:
            self._said += 1
        total = self._input + self._said + self._thoughts
        return UsageChunk(usage=Usage(self._input, self._said, total, self._thoughts or None))


def _opening(wire: Wire, asked: Asked, reply: Reply, part: Part) -> Chunk:
    """The empty chunk that begins a part; on a call it has the name."""
    match part.kind:
        case "reasoning" | "redacted":
            return ReasoningChunk(block=part.index, redacted=wire.seal(asked, reply, part))
        case "call":
            return ToolCallChunk(slot=part.slot, id=wire.call_id(part), name=part.name)
        case _:
            return _piece(part, "")


def _piece(part: Part, piece: str) -> Chunk:
    match part.kind:
        case "text":  # nearly all
            return text_chunk(piece, NO_METADATA, None)
        case "reasoning":
            return ReasoningChunk(text=piece, block=part.index)
        case "redacted":
            return ReasoningChunk(block=part.index)
        case "refusal":
            return OtherChunk(kind="refusal", value=piece)
        case "call":
            return ToolCallChunk(slot=part.slot, arguments=piece)


def _closing(wire: Wire, reply: Reply, part: Part) -> Iterator[Chunk]:
    """The chunk that proves a part to be the model's own, where the wire has a place for it."""
    proof = wire.proof(reply, part)
    if proof is not None:
        yield ReasoningChunk(signature=proof, block=part.index)


def _end(reply: Reply, usage: Usage) -> list[Chunk]:
    facts = NO_METADATA
    if reply.finish == "stop_string":
        facts = {"stop_sequence": reply.stop_string}
    reason = "stop_sequence" if reply.finish == "stop_string" else None
    finish = FinishChunk(verdict=_VERDICTS[reply.finish], reason=reason, metadata=facts)
    return [UsageChunk(usage=usage), finish]


def _fault(wire: Wire, encoder: Encoder, fault: Fault | None) -> bytes:
    if fault != "error":
        return b""
    status, message = wire.fault
    return encoder.fail(message, status=status)
