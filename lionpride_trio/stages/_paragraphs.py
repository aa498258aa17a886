r"""Text in paragraphs: what stands between blank lines.

A paragraph's last blank line shows itself only when the next paragraph begins, and the white space
before that paragraph's first character may turn out to be one more blank line.  So complete lines
and the line that is being written are held apart, and the cut is between the two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ._checks import MAX_HOLD
from ._holding import Holding

_LINE: Final = re.compile(r"[^\r\n]+(?:\r\n?|\n)?|\r\n?|\n")


class ParagraphSplitter(Holding):
    """Text in, paragraphs out, each with the blank lines after it.

    A blank line has white space only.  Blank lines before the first paragraph belong to it.  A
    paragraph is given when the first character of the next one comes.

    Laws: lossless, chunking-invariant, linear.

    :raises LimitExceeded: a paragraph with its blank lines is longer than *max_hold*.
    """

    def __init__(self, *, max_hold: int = MAX_HOLD) -> None:
        super().__init__(max_hold=max_hold)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._size = 0
        self._has_text = False
        self._line_has_text = False
        self._after_blank = False
        self._after_cr = False

    def feed(self, text: str) -> Sequence[str]:
        if self._flushed:
            self._refuse()
        if self._line_has_text and "\n" not in text and "\r" not in text:
            # The common case: more of a line of which no more needs to be known.
            if text:
                self._line.append(text)
                self._size += len(text)
            if self._size > self._max_hold:
                return self._fail(self._too_long("a paragraph"), [])
            return ()
        paragraphs: list[str] = []
        for line in _LINE.findall(text):
            if self._after_cr:
                self._after_cr = False
                if line == "\n":
                    # The second half of a CR LF that was cut: its line has ended already.
                    self._lines.append(line)
                    self._size += 1
                    if self._size > self._max_hold:
                        break
                    continue
            if not self._line_has_text and not line.isspace():
                if self._after_blank:
                    white = len(line) - len(line.lstrip())
                    if self._size + white > self._max_hold:
                        break
                    paragraph = "".join(self._lines)
                    paragraphs.append(paragraph)
                    self._lines.clear()
                    self._size -= len(paragraph)
                    self._after_blank = False
                self._has_text = self._line_has_text = True
            self._line.append(line)
            self._size += len(line)
            if self._size > self._max_hold:
                break
            if line[-1] in "\r\n":
                self._after_blank = self._has_text and not self._line_has_text
                self._after_cr = line[-1] == "\r"
                self._line_has_text = False
                self._lines += self._line
                self._line.clear()
        else:
            return paragraphs
        return self._fail(self._too_long("a paragraph"), paragraphs)

    def flush(self) -> Sequence[str]:
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        rest = "".join(self._lines + self._line)
        self._lines.clear()
        self._line.clear()
        return (rest,) if rest else ()
