"""Text up to a stop string."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from ._checks import non_empty_texts
from ._literals import Automaton, LiteralSearch
from ._passing import Passing
from ._protocol import OneStream

T = TypeVar("T")


class StopAt(OneStream):
    """Gives the text before the first of *strings*, and is ``done`` when it has come to it.

    The first is the one that begins first, and the longest of those that begin there.  With
    *include* it is given too.  ``matched`` is the string that was found, else None.  What is fed
    when the stage is done is dropped.

    Holds back only what may be the beginning of one of the strings: fewer characters than the
    longest has.  What stands between two pieces of text, such as a usage, parts no string: see `let_past`.

    Laws: chunking-invariant, linear.
    """

    def __init__(self, strings: str | Iterable[str], *, include: bool = False) -> None:
        texts = non_empty_texts("StopAt", "strings", strings)
        automaton = Automaton(texts)
        self._may_begin = automaton.first.search
        self._search = LiteralSearch(automaton)
        self._include = include
        self._held = ""
        self._passing = Passing()
        self.done = False
        self.matched: str | None = None

    def feed(self, text: str) -> Sequence[str]:
        if self._flushed:
            self._refuse()
        if self.done:
            return ()
        if not self._held and not self._may_begin(text):
            return (text,) if text else ()
        start = len(self._held)
        if start:
            text = self._held + text
        match = self._search.search(text, start)
        if match is not None:
            return self._stop(text, match)
        end = self._search.held_from(text)
        self._search.forget(end)
        self._held = text[end:]
        return self._given(text[:end])

    def let_past(self, item: T) -> Sequence[str | T]:
        """Put *item* behind the text fed so far, as something that is no part of it.

        It is given at once, or, while one of the strings may have begun, by a later call in its place in
        the text; never, where the stop turns out to be before it.  At most 64 wait: when there are more,
        the first of them goes ahead of the text.
        """
        if self._flushed:
            self._refuse()
        if self.done:
            return ()
        if not self._held:
            return (item,)
        match = self._search.end()
        if match is not None and not match[0] and not self._include:
            # Only a longer stop at the same place may come, and the text would end there too.
            return self._stop(self._held, match)
        return self._passing.wait(len(self._held), item)

    def flush(self) -> Sequence[str]:
        if self._flushed:
            return ()
        self._flushed = True
        text, self._held = self._held, ""
        match = self._search.end()
        if match is not None and not self.done:
            return self._stop(text, match)
        return self._given(text)

    def _given(self, text: str) -> Sequence[Any]:
        if self._passing:
            return self._passing.put_in(text)
        return (text,) if text else ()

    def _stop(self, text: str, match: tuple[int, int]) -> Sequence[str]:
        begin, end = match
        self.done = True
        self.matched = text[begin:end]
        self._held = ""
        # What stands in a stop that is not given, or right after one that is, is behind the end.
        self._passing.drop_from(end if self._include else begin + 1)
        return self._given(text[: end if self._include else begin])
