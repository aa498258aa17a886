"""The items of an OpenAI Responses answer, and what of each was told.

The API tells everything up to four times: in deltas, in the ``.done`` event of a part, in the item
that is done, and in the terminal event.  Servers leave out any of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias
from zlib import crc32

import attrs

from .._parsing import fields

Part: TypeAlias = tuple[str, int]
"""The kind of a part (text, refusal, summary, thought or arguments), and its place in the item."""


MAX_LOOSE: Final = 512
"""Pieces of a part that are kept before they are summed up."""
MAX_LOOSE_CHARS: Final = 4096
"""A piece of this length is summed up at once."""


class Told:
    """The length and a checksum of the text told so far: a reply may be longer than memory.

    Both count UTF-16, in which an emoji that two deltas share is the same as one in one piece.
    """

    __slots__ = ("_check", "_size", "loose")

    def __init__(self) -> None:
        self.loose: list[str] = []
        self._size = 0
        self._check = 0

    def add(self, piece: str) -> None:
        """Count *piece* as told."""
        self.loose.append(piece)
        if len(self.loose) > MAX_LOOSE or len(piece) > MAX_LOOSE_CHARS:
            self.sum_up()

    def sum_up(self) -> None:
        """Forget the text of the pieces."""
        data = _units("".join(self.loose))
        self.loose.clear()
        self._check = crc32(data, self._check)
        self._size += len(data)

    def end_in(self, whole: bytes, begin: int = 0) -> int | None:
        """The place in *whole* where this text ends, if it begins at *begin*; None if it does not."""
        self.sum_up()
        end = begin + self._size
        here = whole[begin:end]
        return end if len(here) == self._size and crc32(here) == self._check else None


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _text(units: bytes) -> str:
    return units.decode("utf-16-le", "surrogatepass")


@attrs.define(eq=False)
class Item:
    """One output item."""

    kind: str
    id: str | None = None
    announced: bool = False
    """Whether an event of its own opened it."""
    call_id: str | None = None
    name: str | None = None
    told_id: str | None = None
    told_name: str | None = None
    given: list[tuple[Part, str]] = attrs.Factory(list[tuple[Part, str]])
    """Texts that its opening and those of its parts had, told at the end when nothing else tells them."""
    sealed: str | None = None
    """The encrypted reasoning that was told."""
    number: int | None = None
    """Its place among what was told of its kind."""
    facts: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """Its members that are sent back with it as they are."""
    facts_told: Mapping[str, Any] | None = None
    """The facts that were told with a chunk."""
    ended: bool = False
    """Its last piece was told as such."""
    begun: set[int] = attrs.Factory(set[int])
    """The places of its parts whose text has begun."""
    cited: Counter[int] = attrs.Factory(Counter[int])
    """How many citations were told of each part, by its place."""
    strange: set[int] = attrs.Factory(set[int])
    """The places of its parts of an unknown type that were told."""
    _parts: dict[Part, Told] = attrs.Factory(dict[Part, Told])

    def part(self, part: Part) -> Told:
        """The record of the text told of *part*."""
        return self._parts.setdefault(part, Told())

    def untold_of(self, part: Part, whole: str) -> str:
        """The rest of *whole*, the text of a part, that was not told yet.  It counts as told now.

        Text that was told otherwise cannot be taken back, and stays.
        """
        noted = self.part(part)
        units = _units(whole)
        end = noted.end_in(units)
        rest = "" if end is None else _text(units[end:])
        noted.add(rest)
        return rest

    def untold(self, wholes: Sequence[tuple[Part, str]]) -> list[tuple[Part, str]]:
        """The rests of *wholes*, the parts of an item, that were not told yet, each with its part.

        The parts are compared as one text first: servers number the parts of their deltas
        otherwise than those of the item.
        """
        end = self._told_of("".join(text for _, text in wholes))
        if end is not None:
            self._parts.clear()
            for part, text in wholes:
                units = _units(text)
                self.part(part).add(_text(units[:end]))
                end = max(0, end - len(units))
        rests = [(part, self.untold_of(part, text)) for part, text in wholes]
        return [rest for rest in rests if rest[1]]

    def agrees(self, call_id: str | None, whole: str) -> bool:
        """Whether an item under another id, whose text is *whole*, may be this one."""
        if call_id is not None and self.call_id is not None:
            return call_id == self.call_id
        return self._told_of(whole) is not None

    def uncited(self, content: Iterable[Any]) -> list[tuple[int, Any]]:
        """The citations of a whole message's parts that were not told yet, each with its part's place.

        They count as told now.
        """
        lists = {at: list(fields(part).get("annotations") or ()) for at, part in enumerate(content)}
        if self.cited.total() >= sum(map(len, lists.values())):
            return []  # all, though servers number the parts of their events otherwise
        rest = [(at, each) for at, cited in lists.items() for each in cited[self.cited[at] :]]
        self.cited |= Counter({at: len(cited) for at, cited in lists.items()})
        return rest

    def was_all_of(self, whole: str) -> bool:
        """Whether *whole*, which is not empty, is what was told of this item, to the end."""
        return bool(whole) and self._told_of(whole) == len(_units(whole))

    def _told_of(self, whole: str) -> int | None:
        """The end of what was told in *whole*, which begins with it; None if it does not."""
        units = _units(whole)
        end: int | None = 0
        for part in self._parts.values():
            end = None if end is None else part.end_in(units, end)
        return end


class Items:
    """Finds the item that an event is about: by id first, by its place in the output second.

    Invariant: an item that is opened is a new one, unless its id is known.  Gateways give all items
    one place; what went by place would run into the item before.
    """

    def __init__(self) -> None:
        self._by_id: dict[tuple[str, str], Item] = {}
        self._by_place: dict[tuple[str, Any], Item] = {}
        self._in_order = False
        self._retold: set[int] = set()
        self.all: list[Item] = []

    def begin_again(self) -> None:
        """All items are told again now, each once: none of them is two of what follows."""
        self._in_order = True

    def find(self, kind: str, item_id: str | None, place: Any) -> Item:
        """The item that a delta continues."""
        item = self._by_id.get((kind, item_id)) if item_id else None
        if item is None:
            item = self._by_place.get((kind, place))
            # Some gateways write another id into each event of an item; the place holds then.
            if item is None or (item_id and item.id and not item.announced):
                item = self._new(kind)
        return self._note(item, kind, item_id, place)

    def open(self, kind: str, told: Mapping[str, Any], place: Any) -> Item:
        """The item that an event opens."""
        item_id, call_id = told.get("id"), told.get("call_id")
        item = self._by_id.get((kind, item_id)) if item_id else None
        if item is None or (call_id and item.call_id and call_id != item.call_id):
            item = self._new(kind)
        item.announced = True
        return self._note(item, kind, item_id, place, call_id)

    def whole(self, kind: str, told: Mapping[str, Any], place: Any, text: str) -> Item:
        """The item that an event tells as a whole: all its text is *text*."""
        item_id, call_id = told.get("id"), told.get("call_id")
        item = self._by_id.get(("call_id", call_id)) if call_id else None
        if item is None and item_id:
            item = self._by_id.get((kind, item_id))
            if item is not None and call_id and item.call_id not in {None, call_id}:
                item = None
        if item is None:
            item = self._by_place.get((kind, place))
            if item is None or id(item) in self._retold or not item.agrees(call_id, text):
                item = self._of_same_text(kind, call_id, text) or self._new(kind)
        if self._in_order:
            self._retold.add(id(item))
        return self._note(item, kind, item_id, place, call_id)

    def _of_same_text(self, kind: str, call_id: str | None, text: str) -> Item | None:
        """The item that was told under another id and another place, in the course of the answer."""
        return next(
            (
                item
                for item in self.all
                if item.kind == kind
                and self._in_order
                and id(item) not in self._retold
                and item.agrees(call_id, text)
                and item.was_all_of(text)
            ),
            None,
        )

    def _new(self, kind: str) -> Item:
        item = Item(kind)
        self.all.append(item)
        return item

    def _note(
        self, item: Item, kind: str, item_id: str | None, place: Any, call_id: str | None = None
    ) -> Item:
        if item_id:
            item.id = item.id or item_id
            self._by_id[kind, item_id] = item
        if call_id:
            item.call_id = item.call_id or call_id
            self._by_id["call_id", call_id] = item
        self._by_place[kind, place] = item
        return item
