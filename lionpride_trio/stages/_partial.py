"""A typed answer so far: `Partial`.

Goals: a partial never changes, whatever comes after it; making one takes no time, so that the stage
stays linear however small the pieces are.

Plan: a `PartialRecord` only grows, and a partial is a place in it: so many pieces of text, so many
finished paths.  Its plain data is made when somebody looks.  At the latest place that is the parser's
own containers, which the parser then leaves alone: it goes on with copies of those that are open.  A
place that was passed before anybody looked is read again from the text, by a second parser that goes
on from where it was last asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set as AbstractSet
from itertools import islice
from typing import Any, Final, Generic, TypeVar, cast

from ._json_events import Path
from ._json_parser import JSONParser
from ._record import Record, path_text

T_co = TypeVar("T_co", covariant=True)

_UNSEEN: Final[Any] = object()


class PartialRecord(Record):
    """A document that partials are made of."""

    def __init__(self, wrapper: str | None, *, max_hold: int, seen: int) -> None:
        super().__init__(wrapper, max_hold=max_hold, seen=seen)
        self.shown = 0
        """The `changes` that the latest partial has."""
        self._finished: dict[Path, None] = {}
        self._names: dict[str, int] = {}
        self._named = 0
        # Where the parser itself stands; nowhere after text that it could not read.
        self._here = 0
        self._is_lent = False
        self._replay: _Replay | None = None

    def read(self, text: str, start: int, end: int) -> int:
        """Read on; what was shown stays as it is."""
        if self._is_lent:
            self.detach()
            self._is_lent = False
        self._here = -1
        end = super().read(text, start, end)
        self._here = len(self.pieces)
        return end

    def value_ended(self, path: Path, value: Any) -> None:
        self._finished[path] = None

    def partial(self, output: Any = None) -> Partial[Any]:
        """The data as it is now."""
        self.shown = self.changes
        blank: Any = object.__new__(cast(Any, Partial))
        made: Partial[Any] = blank
        made._record = self  # ruff: ignore[private-member-access] - the one place that makes them so
        made._place = len(self.pieces)  # ruff: ignore[private-member-access]
        made._finished = len(self._finished)  # ruff: ignore[private-member-access]
        made._value = _UNSEEN  # ruff: ignore[private-member-access]
        made._complete = None  # ruff: ignore[private-member-access]
        made.output = output
        return made

    def value_at(self, place: int) -> Any:
        """The plain data that the first *place* pieces make."""
        if place == self._here:
            self._is_lent = True
            return self.unwrapped(self.value)
        if self._replay is None or self._replay.place > place:
            self._replay = _Replay(self.pieces, self.size)
        return self.unwrapped(self._replay.value_at(place))

    def names(self) -> dict[str, int]:
        """The finished paths as text, with their numbers; it grows."""
        for path in islice(self._finished, self._named, None):
            self._names.setdefault(path_text(path), self._named)
            self._named += 1
        return self._names


class _Replay(JSONParser):
    """Reads the pieces of a record again, up to the places that are asked for."""

    def __init__(self, pieces: list[str], size: int) -> None:
        super().__init__(max_hold=size, events=[])
        self._all = pieces
        self.place = 0

    def value_at(self, place: int) -> Any:
        self.detach()
        for piece in islice(self._all, self.place, place):
            self.consume(piece)
        self.place = place
        return self.value

    def _tell(self, path: Path, kind: Any, value: Any) -> None:
        """Nobody wants to know again."""


class FinishedPaths(AbstractSet[str]):
    """A set of the paths of what is finished, in the order in which it ended.

    ``"steps[1].minutes" in partial.complete`` takes the same time however many there are.
    """

    __slots__ = ("_names", "_size")

    def __init__(self, paths: Iterable[str] = ()) -> None:
        names = {path: number for number, path in enumerate(dict.fromkeys(paths))}
        self._names = names
        self._size = len(names)

    def __contains__(self, path: object) -> bool:
        names: dict[Any, int] = self._names
        return names.get(path, self._size) < self._size

    def __iter__(self) -> Iterator[str]:
        return islice(self._names, self._size)

    def __len__(self) -> int:
        return self._size

    def __hash__(self) -> int:
        return self._hash()

    def __reduce__(self) -> tuple[Any, ...]:
        return FinishedPaths, (tuple(self),)

    def __repr__(self) -> str:
        return f"FinishedPaths({list(self)!r})"


def _first_of(names: dict[str, int], size: int) -> FinishedPaths:
    """The first *size* of *names*, which may grow."""
    made = FinishedPaths()
    made._names = names  # ruff: ignore[private-member-access]
    made._size = size  # ruff: ignore[private-member-access]
    return made


class Partial(Generic[T_co]):
    """A typed answer so far.  It stays as it is, whatever comes after it.

    ``value`` is its plain data, ``complete`` the paths of what is finished in it, such as
    ``steps[1].minutes``.  ``output`` is the answer itself, in the last one, and None in all others.
    """

    __slots__ = ("_complete", "_finished", "_place", "_record", "_value", "output")

    _record: PartialRecord | None
    output: T_co | None

    def __init__(
        self, value: Any, complete: Iterable[str] = (), output: T_co | None = None
    ) -> None:
        self._record = None
        self._place = self._finished = 0
        self._value = value
        self._complete: FinishedPaths | None = FinishedPaths(complete)
        self.output = output

    @property
    def value(self) -> Any:
        """The plain data: texts that still grow as far as they came, no half number and no half word.

        Made when it is looked at, in the time that a copy of the lists and objects takes that are
        still open.  Look, and do not change it: partials share what is finished.
        """
        if self._value is _UNSEEN:
            assert self._record is not None
            self._value = self._record.value_at(self._place)
        return self._value

    @property
    def complete(self) -> FinishedPaths:
        """The paths of the values that will not change any more."""
        if self._complete is None:
            assert self._record is not None
            self._complete = _first_of(self._record.names(), self._finished)
        return self._complete

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Partial):
            return NotImplemented
        return self._facts() == cast("Partial[Any]", other)._facts()  # type: ignore[redundant-cast]

    def _facts(self) -> tuple[Any, ...]:
        return self.value, self.complete, self.output

    __hash__ = None  # type: ignore[assignment]  # lists and dicts have none

    def __reduce__(self) -> tuple[Any, ...]:
        return Partial, (self.value, tuple(self.complete), self.output)

    def __repr__(self) -> str:
        output = "" if self.output is None else f", output={self.output!r}"
        return f"Partial({self.value!r}, complete={list(self.complete)!r}{output})"
