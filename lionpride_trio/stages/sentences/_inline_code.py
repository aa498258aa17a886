"""Inline code: which back-ticks open it, which close it, and which do neither.

A back-tick may be the name of a key, may have been forgotten, or may be half of a quotation in TeX.
So a run of back-ticks opens code if it stands before a word and not behind one; and where a
sentence would end within such code, the closing run is looked for on the rest of its line.  If it
does not come soon, the run opened nothing: one back-tick silences its own sentence at most.
"""

from __future__ import annotations

import re
from typing import Final

from ._chars import LINE_ENDS

LONGEST_CODE: Final = 96
"""How far behind a mark the back-tick that closes inline code is looked for."""

QUOTING: Final = 2
"""So many back-ticks open a quotation in TeX, which two apostrophes close."""

_TICKS: Final = re.compile(r"`+|''")

_PAIRED: Final = re.compile(r"[^`]*(?:(?<![^\W_])`(?=[^\s`])[^`]*(?<!\s)`(?!`)[^`]*)*+").fullmatch
"""Code that is opened and closed by single back-ticks, as most is: at a third of the cost of counting."""


class InlineCode:
    """Counts the back-ticks of a line, each once, whatever has left the window."""

    __slots__ = ("_before_run", "_code", "_run", "_run_at", "_ticks", "text")

    def __init__(self) -> None:
        self.text = "\n"  # the character before the first sentence
        self._ticks: int = 1  # back-ticks before it are counted
        self._code: int = 0  # length of the run of back-ticks that is open
        self._run: int = 0  # a run of back-ticks that may not be whole yet
        self._run_at: int = 0
        self._before_run = ""

    def in_code(self, before: int) -> bool:
        """Whether inline code may be open at *before*, where no back-tick stands."""
        if self._run or self._code == QUOTING or self.text.find("`", self._ticks, before) >= 0:
            if not self._run and not self._code and _PAIRED(self.text, self._ticks, before):
                self._ticks = before
                return False
            self._count(before)
            self._close_run(self.text[before])
        elif before > self._ticks:
            self._ticks = before
        return self._code > 0

    def not_code(self) -> None:
        """Take the last opening back: its back-tick opened no code."""
        self._code = 0

    def closes_code(self, at: int) -> bool:
        """Whether the inline code that is open at *at* is closed soon after it, on its line.

        Reads on until that is known.  Another back-tick with white space before it opens code
        rather than closing it, so the one before was a key's name or was forgotten; a second end
        of a sentence, too, says that this is prose.
        """
        text = self.text
        length = self._code
        ends = 0
        n = at + 1
        while n < at + LONGEST_CODE:
            c = text[n]
            if c == "`":
                first = n
                while c == "`":
                    n += 1
                    c = text[n]
                if n - first == length:
                    return length > 1 or not text[first - 1].isspace()
                continue
            if c in LINE_ENDS:
                return False
            if c == "'" and length == QUOTING and text[n + 1] == "'":
                return False
            if (
                c in ".!?"
                and text[n + 1] == " "
                and text[n - 1].isalnum()
                and text[n + 2].isupper()
            ):
                ends += 1
                if ends == 2:
                    return False
            n += 1
        return False

    def _count(self, before: int) -> None:
        """Look at the back-ticks before *before*, each once.  The last run may go on there."""
        text = self.text
        if self._run and self._ticks < before and text[self._ticks] not in "`'":
            self._close_run(text[self._ticks])
        for run in _TICKS.finditer(text, self._ticks, before):
            at, end = run.span()
            if text[at] == "'":
                if self._code == QUOTING and not self._run:
                    self._code = 0  # TeX: ``quoted''
            elif self._run and at == self._run_at + self._run:
                self._run += end - at
            else:
                self._close_run("")
                self._run, self._run_at = end - at, at
                self._before_run = text[at - 1]
            if self._run and end < before:
                self._close_run(text[end])
        self._ticks = max(before, self._ticks)

    def _close_run(self, after: str) -> None:
        """The run of back-ticks is whole, and before *after*: it closes code, opens code, or neither."""
        run, self._run = self._run, 0
        if not run:
            return
        spaced = self._before_run.isspace()
        if run == self._code and (run > 1 or not spaced):
            self._code = 0
        elif not self._code or (run == self._code and spaced):
            # "the ` key" and "Ctrl+`" open nothing
            opens = not self._before_run.isalnum() and (run > 1 or not after.isspace())
            self._code = run if opens else 0
