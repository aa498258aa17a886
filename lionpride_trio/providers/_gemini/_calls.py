"""The function calls of Gemini: whole in one part, or (Vertex) with arguments that come path by path.

A call's id tells it from others.  Where there is none, what has no name goes on with the call that is
open.  A call that comes again under its id is told once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import attrs

from .._parsing import arguments_text
from ._partial_args import PartialArguments


@attrs.define
class FunctionCall:
    """One call, as far as it has come."""

    slot: int
    id: Any
    name: Any
    streamed: PartialArguments | None
    """Its arguments, as long as more of them are to come."""


class Piece(NamedTuple):
    """A call, or the piece of one, that one part has."""

    slot: int
    id: Any = None
    name: Any = None
    arguments: str = ""
    last: bool = False


class FunctionCalls:
    """The calls of all candidates of one answer, each under the index of its candidate."""

    def __init__(self) -> None:
        self._count = 0
        self._open: dict[int, list[FunctionCall]] = {}
        self._whole: set[tuple[int, Any, Any, str]] = set()

    def read(self, index: int, told: Any) -> Piece | None:
        """The piece that a part's ``functionCall`` is; None where it repeats one."""
        call = self._continued(index, told)
        if call is not None:
            return self._go_on(index, call, told)
        call_id, name = told.get("id"), told.get("name")
        arguments = arguments_text(told.get("args"))
        more = bool(told.get("willContinue"))
        if call_id and not more:
            known = (index, call_id, name, arguments)
            if known in self._whole:
                return None
            self._whole.add(known)
        call = FunctionCall(self._count, call_id, name, PartialArguments() if more else None)
        self._count += 1
        if call.streamed is None:
            return Piece(call.slot, call_id, name, arguments, last=True)
        self._open.setdefault(index, []).append(call)
        call.streamed.add(told.get("partialArgs") or ())
        return Piece(call.slot, call_id, name)

    def close(self, index: int, *, whole: bool) -> list[Piece]:
        """End the candidate's calls that were to go on: what has come of their arguments.

        They are *whole* where the answer ended and was not cut.
        """
        calls = self._open.pop(index, [])
        return [
            Piece(call.slot, arguments=call.streamed.text(), last=whole)
            for call in calls
            if call.streamed
        ]

    @property
    def open_in(self) -> list[int]:
        """The indexes of the candidates that have calls that are to go on."""
        return [*self._open]

    def _continued(self, index: int, told: Any) -> FunctionCall | None:
        """The open call that a part goes on with."""
        calls = self._open.get(index) or []
        call_id, name = told.get("id"), told.get("name")
        if call_id:
            return next((call for call in calls if call.id == call_id), None)
        if calls and name in {None, "", calls[-1].name}:
            return calls[-1]
        return None

    def _go_on(self, index: int, call: FunctionCall, told: Any) -> Piece:
        assert call.streamed is not None, "it is among the open ones"
        call.streamed.add(told.get("partialArgs") or ())
        if told.get("willContinue"):
            return Piece(call.slot)
        self._open[index].remove(call)
        return Piece(call.slot, arguments=call.streamed.text(), last=True)
