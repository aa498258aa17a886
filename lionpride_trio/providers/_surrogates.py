r"""Emoji that a proxy cut in two: ``\ud83c`` at the end of one delta, ``\udf89`` at the start of the next.

A trailing high surrogate is held until the next piece of the same text, or the end of its answer; what
stays alone becomes U+FFFD, so every string that leaves the library encodes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import attrs

from .._chunks import Chunk, FinishChunk, OtherChunk, ReasoningChunk, TextChunk, ToolCallChunk
from .._safe_text import replace_lone_surrogates
from ._parsing import Json

_MAYBE = re.compile(rb"\\u[dD][89a-fA-F]")


class SurrogateMender:
    """Chunks in, the same chunks out with their texts whole."""

    def __init__(self) -> None:
        self.held: dict[tuple[Any, ...], tuple[str, Chunk]] = {}
        """Halves that wait for their other half, by the text that they are of."""

    def mend(self, chunks: Sequence[Chunk], source: bytes) -> Sequence[Chunk]:
        """*chunks*, which were made from the JSON *source*."""
        # Only an escape can make a surrogate: bytes were decoded as UTF-8, which has none.
        if not self.held and not _MAYBE.search(source):
            return chunks
        mended: list[Chunk] = []
        for chunk in chunks:
            if isinstance(chunk, FinishChunk):
                mended += self._given_up(chunk.index)
            mended.append(self._mended(chunk))
        return mended

    def flush(self) -> list[Chunk]:
        """The chunks that waited for a second half that never came."""
        rest = [_with_text(chunk, "\ufffd") for _, chunk in self.held.values()]
        self.held.clear()
        return rest

    def _given_up(self, index: int) -> list[Chunk]:
        """The chunks that waited, of the answer *index*, which has ended: nothing of it follows its end."""
        over = [key for key, (_, chunk) in self.held.items() if chunk.index == index]
        return [_with_text(self.held.pop(key)[1], "\ufffd") for key in over]

    def _mended(self, chunk: Chunk) -> Chunk:
        key, piece = _text_of(chunk)
        if key:
            held, _ = self.held.pop(key, ("", chunk))
            piece = (
                (held + piece).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
            )
            is_last = isinstance(chunk, ToolCallChunk) and chunk.last
            if piece and "\ud800" <= piece[-1] <= "\udbff" and not is_last:
                self.held[key] = (piece[-1], chunk)
                piece = piece[:-1]
            chunk = _with_text(chunk, replace_lone_surrogates(piece))
        return attrs.evolve(
            chunk, metadata=_clean(chunk.metadata), raw_response=_clean(chunk.raw_response)
        )


def _text_of(chunk: Chunk) -> tuple[tuple[Any, ...], str]:
    match chunk:
        case TextChunk():
            return ("text", chunk.index), chunk.data
        case ReasoningChunk():
            return ("reasoning", chunk.index, chunk.block), chunk.text
        case ToolCallChunk():
            return ("arguments", chunk.index, chunk.slot), chunk.arguments
        case OtherChunk(kind="refusal"):
            return ("refusal", chunk.index), chunk.value
        case _:
            return (), ""


def _with_text(chunk: Chunk, piece: str) -> Chunk:
    match chunk:
        case ReasoningChunk():
            return attrs.evolve(chunk, text=piece)
        case ToolCallChunk():
            return attrs.evolve(chunk, arguments=piece)
        case OtherChunk():
            return attrs.evolve(chunk, value=piece)
        case _:
            return attrs.evolve(chunk, data=piece)


def _clean(value: Json) -> Any:
    """*value* with lone surrogates replaced in all its strings."""
    if isinstance(value, str):
        return replace_lone_surrogates(value)
    if isinstance(value, dict):
        return {_clean(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return value
