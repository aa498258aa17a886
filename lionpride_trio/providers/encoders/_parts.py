"""From chunks to the parts of an answer: stretches of one kind, in the order in which they came.

Chunks say nothing of where a part ends.  It ends where a chunk of another one comes, or the answer
ends: then `Parts` has begun the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import attrs

from ..._chunks import (
    Chunk,
    OtherChunk,
    PartChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
)
from ..._errors import LocalProtocolError
from ..._media import MediaPart
from ..._parts import TextPart

PartKind: TypeAlias = Literal["text", "reasoning", "refusal", "call", "image"]


@attrs.define(eq=False)
class Part:
    """A stretch of one kind."""

    kind: PartKind
    place: int
    """Its place among the parts of the answer."""
    number: int = 0
    """A call's slot, or the block of a thought."""
    pieces: list[str] = attrs.Factory(list[str])
    """Its text; the arguments of a call are JSON."""
    id: str | None = None
    name: str | None = None
    signature: str | None = None
    redacted: str | None = None
    citations: list[Any] = attrs.Factory(list[Any])
    image: MediaPart | None = None

    @property
    def text(self) -> str:
        """The pieces joined."""
        return "".join(self.pieces)

    @property
    def arguments(self) -> dict[str, Any] | None:
        """A call's arguments as an object; None where they are none, as in an answer that was cut."""
        try:
            value: Any = json.loads(self.text or "{}")
        except ValueError:
            return None
        return value if value.__class__ is dict else None


class Parts:
    """The parts of one answer; images are among them where the wire has them."""

    def __init__(self, *, has_images: bool = False) -> None:
        self._has_images = has_images
        self.all: list[Part] = []
        self.open: Part | None = None
        self._calls: set[int] = set()

    def take(self, chunk: Chunk) -> Part | None:
        """The part that *chunk* is of, with what it adds; None where it is of no part.

        :raises LocalProtocolError: it goes on with a call after another part began.
        """
        match chunk:
            case TextChunk(data=piece):
                part = self._part("text")
            case ReasoningChunk(text=piece):
                part = self._part("reasoning", chunk.block)
                part.signature = chunk.signature or part.signature
                part.redacted = chunk.redacted or part.redacted
            case ToolCallChunk(arguments=piece):
                part = self._part("call", chunk.slot)
                part.id = part.id or chunk.id
                part.name = chunk.name or part.name
            case OtherChunk(kind="refusal"):
                piece = str(chunk.value)
                part = self._part("refusal")
            case OtherChunk(kind="citation"):
                piece = ""
                part = self._part("text")
                part.citations.append(chunk.value)
            case PartChunk(part=TextPart()):
                self.split()
                return None
            case PartChunk(part=MediaPart(kind="image", data=bytes()) as image) if self._has_images:
                piece = ""
                self.split()
                part = self._part("image")
                part.image = image
            case _:
                return None
        part.pieces.append(piece)
        return part

    def split(self) -> None:
        """Let the next chunk begin a part, of whatever kind it is."""
        self.open = None

    def _part(self, kind: PartKind, number: int = 0) -> Part:
        part = self.open
        if part is not None and part.kind == kind and part.number == number:
            return part
        if kind == "call":
            if number in self._calls:
                raise LocalProtocolError(
                    f"a piece of the call in slot {number} came after another part began:"
                    " on this wire the pieces of a call stand together"
                )
            self._calls.add(number)
        part = self.open = Part(kind, len(self.all), number)
        self.all.append(part)
        return part


def parts_of(chunks: Iterable[Chunk], *, has_images: bool = False) -> list[Part]:
    """The parts that *chunks* make, in order."""
    parts = Parts(has_images=has_images)
    for chunk in chunks:
        parts.take(chunk)
    return parts.all
