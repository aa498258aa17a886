"""Chunks without text that stand between pieces of a text that is held back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Final

MOST_PASSING: Final = 64
"""Chunks that wait for the text around them to be decided."""


class Passing:
    """Chunks that wait, each at its place: the number of characters before it, as the stage counts them.

    At most 64 wait: when there are more, the first of them goes ahead of the text.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, Any]] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def wait(self, place: int, item: Any) -> Sequence[Any]:
        """Let *item* wait at *place*; what is too much is given."""
        self._waiting.append((place, item))
        return (self._waiting.popleft()[1],) if len(self._waiting) > MOST_PASSING else ()

    def due(self, place: int) -> Iterator[tuple[int, Any]]:
        """The chunks up to *place*, with their places; they wait no more."""
        while self._waiting and self._waiting[0][0] <= place:
            yield self._waiting.popleft()

    def put_in(self, text: str) -> list[Any]:
        """*text*, which begins at place 0, with the chunks that stand in it; the places count from its end then."""
        given: list[Any] = []
        begin = 0
        for place, item in self.due(len(text)):
            given += [text[begin:place], item] if place > begin else [item]
            begin = place
        self.forget(len(text))
        return [*given, text[begin:]] if text[begin:] else given

    def forget(self, number: int) -> None:
        """The first *number* characters of the text were given out, and all chunks in them."""
        self._waiting = deque((place - number, item) for place, item in self._waiting)

    def drop_from(self, place: int) -> None:
        """Forget the chunks at *place* and behind it."""
        while self._waiting and self._waiting[-1][0] >= place:
            self._waiting.pop()

    def rest(self) -> list[Any]:
        """All chunks that wait still."""
        rest = [item for _, item in self._waiting]
        self._waiting.clear()
        return rest
