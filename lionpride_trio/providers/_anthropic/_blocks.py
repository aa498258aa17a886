"""The blocks of an Anthropic message that are open, and the calls that are not over yet.

An index has at most one open block, which the next start on it closes: gateways give every block the same
index, and forget the stops between them.  A delta that ran into the block before would mix the inputs of two
calls.
"""

from __future__ import annotations

import contextlib
from typing import Any

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
