"""The pieces of an item as chunks, each with those facts of the item that no chunk has told before.

An id, a name or a summary may come with any event of an item, or with its end alone.  A caller needs each
once: a chunk that repeats the name of a call would add a second name to it.
"""

from __future__ import annotations

from typing import Any, Final

import attrs

from ..._chunks import (
    Chunk,
    OtherChunk,
    PartChunk,
    ReasoningChunk,
    ToolCallChunk,
    UsageChunk,
    text_chunk,
)
from ..._parts import Native, TextPart
from ..._readonly import ReadOnlyDict
from .._parsing import BaseParser, usage
from ._end import Ending
from ._images import WIRE
from ._items import Item, Part

NATIVE: Final = Native(WIRE)


class ItemTeller(BaseParser):
    """Makes the chunks of items; a subclass says when."""

    def __init__(self) -> None:
        super().__init__()
        self._ending = Ending()
        self._calls = 0
        self._thoughts = 0

    def _say(self, item: Item, part: Part, piece: str, raw: Any) -> list[Chunk]:
        """The chunks of a piece of a part."""
        match part:
            case "text", place:
                said = text_chunk(piece, self._metadata, raw)
                if place in item.begun:
                    return [said]
                item.begun.add(place)
                begun = TextPart("", native=self._native(item))
                return [PartChunk(part=begun, metadata=self._metadata, raw_response=raw), said]
            case "refusal", _:
                self._ending.refused = True
                return [self._other("refusal", piece, raw)]
            case "arguments", _:
                return [self._call(item, piece, raw)]
            case _:
                return [self._thought(item, raw, text=piece)]

    def _native(self, item: Item) -> Native:
        """The facts of an item, which are told with its chunks."""
        facts = item.facts or ({"id": item.id} if item.id else {})
        item.facts_told = item.facts
        return attrs.evolve(NATIVE, facts=ReadOnlyDict(facts)) if facts else NATIVE

    def _thought(self, item: Item, raw: Any, **parts: Any) -> ReasoningChunk:
        if item.number is None:
            item.number = self._thoughts
            self._thoughts += 1
        native = self._native(item) if item.facts != item.facts_told else None
        return ReasoningChunk(
            block=item.number,
            id=item.id,
            native=native or (NATIVE if item.facts_told is None else None),
            metadata=self._metadata,
            raw_response=raw,
            **parts,
        )

    def _call(self, item: Item, piece: str, raw: Any, *, last: bool = False) -> ToolCallChunk:
        """A piece of a call, with its id and its name where they were not told."""
        if item.number is None:
            item.number = self._calls
            self._calls += 1
        chunk = ToolCallChunk(
            slot=item.number,
            id=item.call_id if item.told_id is None else None,
            name=item.name if item.told_name is None else None,
            arguments=piece,
            last=last,
            native=self._native(item) if item.facts_told is not item.facts else None,
            metadata=self._metadata,
            raw_response=raw,
        )
        item.told_id, item.told_name = item.call_id, item.name
        return chunk

    def _other(self, kind: str, value: Any, raw: Any) -> OtherChunk:
        return OtherChunk(kind=kind, value=value, metadata=self._metadata, raw_response=raw)

    def _usage(self, report: Any, raw: Any) -> UsageChunk:
        return UsageChunk(
            usage=usage(report),
            metadata=self._with(usage=report),
            raw_response=raw,
        )
