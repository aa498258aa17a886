r"""Text in lines.

Only ``\n``, ``\r\n`` and ``\r`` end a line.  U+2028, U+0085, the vertical tab and the form feed are
text like any other; `str.splitlines` and `str.isspace` are no help here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ._checks import MAX_HOLD
from ._holding import Holding

# A CR at the very end may be half of a CR LF, so it ends no line yet.
_LINE: Final = re.compile(r"[^\r\n]*(?:\n|\r\n|\r(?!\Z))")


def cut_lines(text: str) -> tuple[list[str], str]:
    """The whole lines of *text* with their ends, and the rest, in which a last CR is undecided."""
    lines = _LINE.findall(text)
    return lines, text[sum(map(len, lines)) :]


class LineSplitter(Holding):
    r"""Text in, lines out, with their line ends unless *keep_ends* is false.

    Holds back the line that has not ended, and a ``\r`` until it is known whether ``\n`` follows.
    The text after the last line end is the last line, if there is any.

    Laws: lossless (with *keep_ends*), chunking-invariant, linear.

    :raises LimitExceeded: a line, its end included, is longer than *max_hold*.
    """

    def __init__(self, *, keep_ends: bool = True, max_hold: int = MAX_HOLD) -> None:
        super().__init__(max_hold=max_hold)
        self._keep_ends = keep_ends
        self._held: list[str] = []
        self._size = 0
        # A CR that was the last character so far; it is not among what is held.
        self._after_cr = False

    def feed(self, text: str) -> Sequence[str]:
        if self._flushed:
            self._refuse()
        if not text:
            return ()
        if self._after_cr:
            self._after_cr = False
            text = "\r" + text
        lines: list[str] = []
        if "\n" in text or "\r" in text:
            lines, text = cut_lines(text)
            if text.endswith("\r"):
                self._after_cr = True
                text = text[:-1]
            if lines and self._held:
                self._held.append(lines[0])
                lines[0] = "".join(self._held)
                self._held.clear()
                self._size = 0
        pieces: list[str] = []
        for line in lines:
            if len(line) > self._max_hold:
                return self._fail(self._too_long("a line"), pieces)
            pieces.append(line if self._keep_ends else line.rstrip("\r\n"))
        if text:
            self._held.append(text)
            self._size += len(text)
        if self._size > self._max_hold:
            return self._fail(self._too_long("a line"), pieces)
        return pieces

    def flush(self) -> Sequence[str]:
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        if self._after_cr and self._keep_ends:
            self._held.append("\r")
        line = "".join(self._held)
        self._held.clear()
        return (line,) if line or self._after_cr else ()
