"""The blocks of an Anthropic message that are open, and the calls that are not over yet.

An index has at most one open block, which the next start on it closes: gateways give every block the same
index, and forget the stops between them.  A delta that ran into the block before would mix the inputs of two
calls.
"""

from __future__ import annotations

import contextlib
from typing import Any, Final

import attrs

from ..._errors import DecodeError
from ..._parts import RawPart
from ...wire._json import loads
from .._arguments import Arguments
from .._parsing import arguments_text
from ._request import WIRE


@attrs.define(eq=False)
class Call:
    """A tool call of the client."""

    slot: int
    name: Any
    given: str
    """The input of the block's start, told when the block ends without any in its deltas."""
    told: Arguments = attrs.Factory(Arguments)

    def take_untold(self) -> str:
        """The input of the block's start, where no delta has told any; it counts as told."""
        return "" if self.told.begun else self.told.add(self.given)


class Calls:
    """The calls of one message: those whose blocks are open, and those whose last piece is to come."""

    def __init__(self) -> None:
        self.open: dict[Any, Call] = {}
        """By the indexes of their blocks."""
        self.count = 0
        self._by_id: dict[Any, Call] = {}
        self._closed: list[Call] = []
        """Calls that have closed and whose last piece was not told as such."""

    def begin(self, index: Any, block: Any) -> Call:
        """The call that *block* begins: a new one, unless it begins one again that has no input."""
        call_id, name = block.get("id"), block.get("name")
        given = arguments_text(block.get("input"))
        call = self._by_id.get(call_id) if call_id else None
        if call is None or call.name != name or call.told.begun:
            call = self._by_id[call_id] = Call(self.count, name, given)
            self.count += 1
        call.given = given or call.given
        self.open[index] = call
        return call

    def close(self, index: Any) -> Call | None:
        """The call whose block ends, if a call's was open on *index*."""
        call = self.open.pop(index, None)
        if call is not None:
            self._closed.append(call)
        return call

    def take_ended(self, *, empty_only: bool = False, all_of_them: bool = False) -> list[Call]:
        """The closed calls that get their last piece now: those whose input is a whole object.

        One without input is whole when another block begins (*empty_only*), or the answer ends and was
        not cut (*all_of_them*).
        """
        ended = [
            call
            for call in self._closed
            if all_of_them or (not call.told.begun if empty_only else call.told.whole)
        ]
        self._closed = [call for call in self._closed if call not in ended]
        return ended


_NONE: Final = object()
"""Stands for no index: None is the one of an event without an index."""


class Texts:
    """The texts of one message, numbered in the order in which they began, and which of them is told now."""

    def __init__(self) -> None:
        self.told_index: Any = _NONE
        """The index that the deltas of that text have."""
        self._place: Any = _NONE
        """The index of its block, which is another one where a gateway numbers the starts alone."""
        self._numbers: dict[Any, int] = {}
        self._count = 0

    def begin_block(self, index: Any) -> None:
        """A block of whatever kind begins on *index*: what follows there is no text of the block before."""
        self._numbers.pop(index, None)
        self._place = self.told_index = _NONE

    def turn_to(self, place: Any, told_index: Any, *, cited: bool = False) -> int | None:
        """Tell the text of the block on *place* now.

        Returns its number where that has to be said: of each text but the first, which begins by itself
        unless it is *cited* before its first word.
        """
        self.told_index = told_index
        if place == self._place:
            return None
        self._place = place
        number = self._numbers.get(place)
        if number is not None:
            return number
        number = self._numbers[place] = self._count
        self._count += 1
        return number if number or cited else None


@attrs.define
class RawBlock:
    """A block that is kept as it is, with what its deltas add: a server's tool, a compaction."""

    block: dict[str, Any]
    input: str = ""

    def add(self, delta: Any) -> None:
        """Take *delta* into the block."""
        kind = delta.get("type")
        if kind == "input_json_delta":
            self.input += arguments_text(delta.get("partial_json"))
        elif kind == "compaction_delta":
            told = {name: value for name, value in delta.items() if name != "type"}
            self.block |= {name: value for name, value in told.items() if value is not None}

    @property
    def may_be_whole(self) -> bool:
        """False while its input has begun in deltas and is no whole document yet."""
        if not self.input:
            return True
        try:
            loads(self.input)
        except DecodeError:
            return False
        return True

    def part(self) -> RawPart:
        """The block as the part that goes back."""
        block = self.block
        if self.input:
            with contextlib.suppress(DecodeError):  # input that was cut is sent back as it began
                block = {**block, "input": loads(self.input)}
        return RawPart(WIRE, block)
