"""The ways in which one reply can be told in chunks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

import attrs
from hypothesis import strategies as st

from ...._chunks import (
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
from ...._media import MediaPart
from ...._parts import ThoughtPart, ToolCall
from ...._response import Response
from ....providers.encoders import Encoder
from .._cutting import cuts

T = TypeVar("T")

MOST_PIECES: Final = 12
"""Pieces of one text, so that bodies stay short enough to be read."""


@attrs.frozen
class Telling:
    """A reply in chunks."""

    first_usage: Usage | None
    """The usage as it is known before the first."""
    chunks: Sequence[Chunk]


@st.composite
def tellings(
    draw: st.DrawFn, reply: Response, encoder: Encoder, *, surrogates: bool = False
) -> Telling:
    """Chunks that mean *reply*, cut anywhere; parts begin with an empty one, or do not.

    With *surrogates* characters are cut in two where UTF-16 has two units, as escapes of JSON can be.
    """
    hand = _Hand(draw, encoder.has_blocks, surrogates)
    said: list[Chunk] = []
    thoughts = [part for part in reply.parts if isinstance(part, ThoughtPart)]
    for block, thought in enumerate(thoughts):
        said += hand.thought(thought, block)
    said += hand.text(reply)
    for part in reply.parts:
        if isinstance(part, MediaPart):
            said += hand.medium(part, in_pieces="file" not in encoder.abilities.media)
    said += [OtherChunk(kind="refusal", value=piece) for piece in hand.pieces(reply.refusal)]
    for slot, call in enumerate(reply.tool_calls):
        said += hand.call(call, slot)
    said.append(FinishChunk(verdict=reply.verdict, reason=reply.finish_reason))
    for index, text in enumerate(reply.texts[1:], 1):
        other: list[Chunk] = [TextChunk(piece, index=index) for piece in hand.pieces(text)]
        other.append(FinishChunk(verdict=reply.verdicts[index], index=index))
        # The first answer begins first: a server that is cut off before shows no sign of it.
        said = [said[0], *hand.in_turns(said[1:], other)]
    usage = reply.usage
    if usage is None:
        return Telling(None, said)
    # Providers report the usage before the finish or after it.
    at = draw(st.sampled_from([len(said), len(said) - 1]))
    said.insert(at, UsageChunk(usage=usage))
    return Telling(draw(_first_usages(usage)), said)


@st.composite
def _first_usages(draw: st.DrawFn, usage: Usage) -> Usage:
    """The reports that a provider can make of *usage* at the beginning: totals never fall."""
    counted = draw(st.sampled_from([None, 0, min(1, usage.output_tokens or 0)]))
    return Usage(
        input_tokens=usage.input_tokens,
        output_tokens=counted,
        total_tokens=None if counted is None else usage.total_tokens,
        cached_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
    )


@attrs.frozen
class _Hand:
    """Draws the chunks of each part."""

    draw: st.DrawFn
    has_openings: bool
    surrogates: bool

    def maybe(self) -> bool:
        """Yes or no; the simplest is no."""
        return self.draw(st.booleans())

    def opens(self) -> bool:
        """Whether a part begins with an empty chunk, which opens it."""
        return self.has_openings and self.maybe()

    def pieces(self, text: str) -> list[str]:
        """*text*, cut."""
        if self.surrogates:
            text = "".join(char if char < "\U00010000" else _units(char) for char in text)
        pieces = self.draw(cuts(text)) if text else []
        if len(pieces) > MOST_PIECES:
            pieces[MOST_PIECES:] = ["".join(pieces[MOST_PIECES:])]
        return pieces

    def thought(self, thought: ThoughtPart, block: int) -> list[Chunk]:
        """A block of reasoning; its signature comes with the last piece, or after it."""
        chunks: list[Chunk] = []
        if thought.redacted is not None:
            chunks.append(ReasoningChunk(redacted=thought.redacted, block=block))
        elif self.opens():
            chunks.append(ReasoningChunk(block=block))
        pieces = self.pieces(thought.text)
        if thought.signature is not None and (not pieces or self.maybe()):
            pieces.append("")
        for place, piece in enumerate(pieces, 1):
            proof = thought.signature if place == len(pieces) else None
            chunks.append(ReasoningChunk(text=piece, signature=proof, block=block))
        return chunks

    def text(self, reply: Response) -> list[Chunk]:
        """The text of the first answer, and what it cites."""
        if not (reply.text or reply.citations):
            return []
        chunks: list[Chunk] = [TextChunk("")] if self.opens() else []
        chunks += [TextChunk(piece) for piece in self.pieces(reply.text)]
        return chunks + [OtherChunk(kind="citation", value=one) for one in reply.citations]

    def medium(self, part: MediaPart, *, in_pieces: bool) -> list[Chunk]:
        """A medium; a sound may come in pieces, its transcript after it."""
        if part.kind != "audio" or not in_pieces or part.data is None or not self.maybe():
            return [PartChunk(part=part)]
        middle = self.draw(st.integers(0, len(part.data)))
        pieces = [part.data[:middle], part.data[middle:]]
        sounds = [attrs.evolve(part, data=piece or None, transcript=None) for piece in pieces]
        words = attrs.evolve(part, data=None)
        return [PartChunk(part=piece, slot=0) for piece in (*sounds, words)]

    def call(self, call: ToolCall, slot: int) -> list[Chunk]:
        """A call; one without arguments may have no piece of them."""
        pieces = self.pieces(call.arguments)
        if call.arguments == "{}" and not self.maybe():
            pieces = []
        first = pieces.pop(0) if pieces and self.maybe() else ""
        chunks: list[Chunk] = [
            ToolCallChunk(slot=slot, id=call.id, name=call.name, arguments=first)
        ]
        return chunks + [ToolCallChunk(slot=slot, arguments=piece) for piece in pieces]

    def in_turns(self, one: Sequence[T], other: Sequence[T]) -> list[T]:
        """Two sequences as one, each in its order."""
        made: list[T] = []
        first, second = list(one), list(other)
        while first and second:
            made.append(second.pop(0) if self.maybe() else first.pop(0))
        return [*made, *first, *second]


def _units(char: str) -> str:
    """A character as its two surrogates."""
    units = char.encode("utf-16-be")
    return "".join(chr(int.from_bytes(units[n : n + 2], "big")) for n in (0, 2))
