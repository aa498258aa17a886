"""JSON documents inside an answer: found, and read as they come.

An answer may be the document alone, a fence with it, or prose with it.  What begins like a document
and turns out to be none is prose too, in which a document may begin: `DocumentFinder` reads it again,
each bracket at most once, so that it stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar

from .._errors import DecodeError, LimitExceeded, OutputInvalid
from .._typed_data._places import at_key
from ._json_events import Path
from ._json_parser import JSONParser


def path_text(path: Path) -> str:
    """A path as text, such as ``steps[1].minutes``."""
    text = ""
    for step in path:
        text = f"{text}[{step}]" if isinstance(step, int) else at_key(text, step)
    return text


class Record(JSONParser):
    """Reads one document, and keeps its text.

    Where the first key of the document is *wrapper*, the value under that key is meant.
    """

    def __init__(self, wrapper: str | None, *, max_hold: int, seen: int) -> None:
        super().__init__(max_hold=max_hold, events=[], seen=seen)
        self.pieces: list[str] = []
        self.size = 0
        """Characters that are kept."""
        self.changes = 0
        """Grows with all that happens inside the document."""
        self._begin = seen
        self._wrapper = wrapper
        self._outer: Path = ()

    def read(self, text: str, start: int, end: int) -> int:
        """Read on like `consume`, and keep the text."""
        end = self.consume(text, start, end)
        self.pieces.append(text if end - start == len(text) else text[start:end])
        self.size += end - start
        return end

    @property
    def is_certain(self) -> bool:
        """Whether something of it is used already, so that it can be nothing else."""
        return False

    @property
    def text(self) -> str:
        """The document as it was written, as far as it is kept."""
        return "".join(self.pieces)

    @property
    def length(self) -> int:
        """How many characters the document has so far."""
        return self.seen - self._begin

    @property
    def open_place(self) -> str:
        """The place in the value of what has not ended."""
        return path_text(self.open_path[len(self._outer) :])

    def unwrapped(self, value: Any) -> Any:
        """The value that is meant, of a document's *value*."""
        return value[self._wrapper] if self._outer else value

    def _tell(self, path: Path, kind: Any, value: Any) -> None:
        if not path:
            return
        if not self.changes and path[0] == self._wrapper:
            self._outer = path[:1]
        self.changes += 1
        if kind == "end" or kind == "value":  # ruff: ignore[repeated-equality-comparison] - quicker
            outer = len(self._outer)
            if len(path) > outer and path[:outer] == self._outer:
                self.value_ended(path[outer:], value)

    def value_ended(self, path: Path, value: Any) -> None:
        """The value at *path* has ended: *path* is that in the value that is meant."""


R = TypeVar("R", bound=Record)

# A bracket, and what may stand behind it in JSON, as far as it is here: most brackets of prose are told
# by that, at a hundredth of what a parser costs.
_OBJECT: Final = r"\{(?=[ \t\n\r]*(?:[\"}]|\Z))"
_LIST: Final = r"\[(?=[ \t\n\r]*(?:[]\[\"{0-9tfnNI-]|\Z))"
_STARTS: Final = {
    "{": re.compile(_OBJECT),
    "[": re.compile(_LIST),
    "[{": re.compile(f"{_LIST}|{_OBJECT}"),
}


class DocumentFinder(Generic[R]):
    """Finds the documents of one text that begin with one of the brackets *starts*."""

    def __init__(self, begin: Callable[[int], R], starts: str, max_hold: int) -> None:
        self._begin = begin
        self._starts = _STARTS[starts]
        self._max_hold = max_hold
        self.record: R | None = None
        """The document that has not ended."""
        self.broken: tuple[R, DecodeError] | None = None
        """The last one that was begun and is none, with something in it."""
        # Places in the whole text: of brackets that begin no document, and of this feed.
        self._refuted: set[int] = set()
        self._seen = 0

    def feed(self, text: str) -> Iterator[R]:
        """Read on; give each document when it has ended, and one that is about to fail.

        :raises LimitExceeded: one is too long, or nested too deep.
        :raises OutputInvalid: one is no JSON, and something of it was used.
        """
        at = 0
        while at < len(text):
            record = self.record
            if record is None:
                at = self._next_start(text, at)
                continue
            end = min(at + self._max_hold - record.size + 1, len(text))
            try:
                at = record.read(text, at, end)
            except LimitExceeded:
                yield record
                raise
            except DecodeError as error:
                if record.is_certain:
                    yield record
                    rest = record.text + text[at:]
                    place = record.open_place
                    raise OutputInvalid(error.message, path=place, text=rest) from None
                if record.changes:
                    self.broken = record, error
                text, at = self._read_again(record, text, at)
                continue
            if record.size > self._max_hold:
                yield record
            if record.size > self._max_hold:
                raise LimitExceeded(
                    f"an answer is longer than max_hold={self._max_hold} characters",
                    limit="max_hold",
                    value=self._max_hold,
                )
            if record.complete:
                self.record = None
                yield record
        self._seen += len(text)

    def _next_start(self, text: str, at: int) -> int:
        found = self._starts.search(text, at)
        if found is None:
            return len(text)
        place = found.start()
        if self._seen + place in self._refuted:
            return place + 1
        self.record = self._begin(self._seen + place)
        return place

    def _read_again(self, record: R, text: str, at: int) -> tuple[str, int]:
        """Go back: *record* is no document, nor is anything that begins with a bracket that is open in it."""
        places = record.open_places
        self._refuted = {place for place in self._refuted if place > places[0]}.union(places)
        self.record = None
        if not record.pieces:
            return text, at
        held = record.text
        self._seen -= len(held)
        return held + text, 0
