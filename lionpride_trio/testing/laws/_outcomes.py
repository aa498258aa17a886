"""One trial of a stage: some pieces are fed, and the results are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from ..._errors import LionprideError
from ...stages import Stage
from ...stages._protocol import end
from ._broken import shown

Make = Callable[[], Stage[Any, Any]]
Meaning = Callable[[list[Any]], object]


@attrs.frozen
class Outcome:
    """The results of a machine for some pieces, and the class of the error that ended it."""

    given: list[Any]
    error: type[Exception] | None = None

    def same(self, other: Outcome, meaning: Meaning) -> bool:
        """Whether both mean the same.  NaN is equal to itself here."""
        mine, others = meaning(self.given), meaning(other.given)
        return self.error is other.error and (mine == others or repr(mine) == repr(others))

    def __str__(self) -> str:
        end = f", and then {self.error.__name__}" if self.error else ""
        return f"{shown(self.given)}{end}"


def run(make: Make, pieces: Iterable[Any], *, broken: bool = False) -> Outcome:
    """Feed a fresh machine with *pieces* and flush it, or break it off."""
    given: list[Any] = []
    machine = make()
    try:
        for piece in pieces:
            given += machine.feed(piece)
        given += end(machine, broken=broken)
    except LionprideError as error:
        return Outcome(given, type(error))
    return Outcome(given)
