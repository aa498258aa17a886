"""Text up to a stop string."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ._checks import non_empty_texts
from ._literals import Automaton, LiteralSearch
from ._protocol import OneStream


class StopAt(OneStream):
    """Gives the text before the first of *strings*, and is ``done`` when it has come to it.

    The first is the one that begins first, and the longest of those that begin there.  With
    *include* it is given too.  ``matched`` is the string that was found, else None.  What is fed
    when the stage is done is dropped.

    Holds back only what may be the beginning of one of the strings: fewer characters than the
    longest has.

    Laws: chunking-invariant, linear.
    """

    def __init__(self, strings: str | Iterable[str], *, include: bool = False) -> None:
        texts = non_empty_texts("StopAt", "strings", strings)
        automaton = Automaton(texts)
        self._may_begin = automaton.first.search
        self._search = LiteralSearch(automaton)
        self._include = include
        self._held = ""
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
        return (text[:end],) if end else ()

    def flush(self) -> Sequence[str]:
        if self._flushed:
            return ()
        self._flushed = True
        text, self._held = self._held, ""
        match = self._search.end()
        if match is not None and not self.done:
            return self._stop(text, match)
        return (text,) if text else ()

    def _stop(self, text: str, match: tuple[int, int]) -> Sequence[str]:
        begin, end = match
        self.done = True
        self.matched = text[begin:end]
        self._held = ""
        text = text[: end if self._include else begin]
        return (text,) if text else ()
