"""The elements of one list of an answer, each as soon as it is whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Generic, TypeVar, overload

from .._errors import ConfigurationError, OutputInvalid
from ._answer import WRAPPER, AnswerType, answer_type
from ._checks import MAX_HOLD
from ._json_events import Path
from ._record import Record, path_text
from ._typed import ReadsAnswers

T = TypeVar("T")

_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


class ElementRecord(Record):
    """A document with a list at *at*, whose elements are taken out of it when they are whole."""

    def __init__(self, at: Path, *, max_hold: int, seen: int) -> None:
        super().__init__(wrapper_beside(at), max_hold=max_hold, seen=seen)
        self._at = at
        self._whole: list[tuple[int, Any]] = []
        self._was_taken = False
        self.has_list = False
        """The list has ended."""

    def value_ended(self, path: Path, value: Any) -> None:
        if self.has_list:
            return  # of two lists at one place the first is it: its elements are given
        if path == self._at:
            self.has_list = isinstance(value, list)
        elif path[:-1] == self._at and isinstance(path[-1], int):
            self._whole.append((path[-1], value))
            self._stack[-1][-1] = None  # not held here any longer

    @property
    def is_certain(self) -> bool:
        return self._was_taken or self.has_list or bool(self._whole)

    def take(self) -> Iterator[tuple[str, Any]]:
        """The elements that are whole and were not taken before, with their places."""
        whole, self._whole = self._whole, []
        if whole:
            self._was_taken = True
            # The pieces before are needed no more: a list may be longer than what is held of it.
            del self.pieces[:-1]
            self.size = 0
        for number, value in whole:
            yield path_text((*self._at, number)), value


def wrapper_beside(at: Path) -> str | None:
    """The key that an answer may be wrapped in; None where *at* itself begins with that."""
    return None if at and at[0] == WRAPPER else WRAPPER


class TypedElements(ReadsAnswers[ElementRecord], Generic[T]):
    """The text of an answer in, the elements of one list of it out, each when it is whole.

    *element* is their type; *at* is the place of the list, such as ``steps`` or ``dishes[0].steps``, and
    ``""`` where the answer itself is the list.  The answer is found as `TypedOutput` finds it; what
    stands in it besides the list is not looked at.

    Laws: the elements are those of the list, however the text was cut; linear.  Holds back the
    element that has not ended.

    :raises OutputInvalid: an element has not that type, after those before it; or, at the flush, the
        list was cut off, or there was none.
    :raises LimitExceeded: what stands before the list, or an element, is longer than *max_hold*, or
        nested more than 256 deep.
    :raises ConfigurationError: *at* is no place, no JSON can have that type, or msgspec is missing.
    """

    @overload
    def __init__(
        self, element: type[T] | AnswerType[T], *, at: str = "", max_hold: int = MAX_HOLD
    ) -> None: ...
    @overload
    def __init__(
        self: TypedElements[Any], element: Any, *, at: str = "", max_hold: int = MAX_HOLD
    ) -> None: ...
    def __init__(self, element: Any, *, at: str = "", max_hold: int = MAX_HOLD) -> None:
        self._element: AnswerType[T] = answer_type(element)
        self._at = read_place(at)
        starts = "[{" if not self._at else "[" if isinstance(self._at[0], int) else "{"
        super().__init__(starts, max_hold=max_hold)

    def _begin(self, seen: int) -> ElementRecord:
        return ElementRecord(self._at, max_hold=self._max_hold, seen=seen)

    def _news(self, record: ElementRecord) -> Iterator[T]:
        text = record.text
        for place, value in record.take():
            yield self._element.read(value, text, place)
        if record.has_list:
            self._is_found = True

    def _end(self, record: ElementRecord) -> Iterator[T]:
        yield from self._news(record)
        if not self._at and isinstance(record.unwrapped(record.value), list):
            self._is_found = True
        if not self._has_answer():
            place = path_text(self._at)
            told = f"{place}: there is no list" if place else "the answer is no list"
            self._misfit = OutputInvalid(told, path=place, text=record.text)


def read_place(at: str) -> Path:
    """The keys and indexes of a place such as ``dishes[0].steps``.

    :raises ConfigurationError: it is no place.
    """
    path: list[str | int] = []
    read = 0
    while isinstance(at, str) and read < len(at):
        step = _STEP.match(at, read)
        if step is None or (not path and at.startswith(".")):
            break
        path.append(step[1] if step[1] is not None else int(step[2]))
        read = step.end()
    if not isinstance(at, str) or read < len(at):
        raise ConfigurationError(
            f"at= takes a place such as 'steps' or 'dishes[0].steps', not {at!r:.200}"
        )
    return tuple(path)
