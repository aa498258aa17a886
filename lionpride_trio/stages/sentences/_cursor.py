"""The window on the stream: where the machine reads, and what it remembers of what it has read.

Strategy: a decision must be a function of the *prefix* of the stream, never of how much of it
happens to have arrived.  So the rules read ``text[k]`` and nothing else to look ahead.  Past the
end of what has arrived that raises `IndexError`, which means *wait*: the rule is run again, from
its beginning, when there is more.  After the flush, `END` characters follow the text, and nothing
waits any more.

Four things would break this, and no rule may do them: match a regular expression against text
after the candidate (it could touch the end); ask for ``len(text)``; look back with a negative
index (one character always stands before the sentence, so ``text[start - 1]`` is safe); keep
anything computed from text after the candidate.  State changes when a decision is made, or depends
on the text up to the candidate alone.

Look-back is bounded too, by `KEPT` characters, so that a long sentence need not be kept in one
string: that would make the work quadratic.
"""

from __future__ import annotations

import re
from typing import Final

from ._chars import END
from ._inline_code import InlineCode

NeedMore = IndexError
"""Raised by a rule that reads on where it cannot decide yet."""

KEPT: Final = 320
"""How far back rules may look from a candidate."""

WINDOW: Final = 768
"""A window is cut back to `KEPT` settled characters when more than this of it is settled."""

HEAD: Final = 96
"""How much is remembered of the beginning of a sentence or a line that has left the window."""

CODE_SIGNS: Final = frozenset("$#@{}<>/\\%;~=+|&!^")
"""First characters of code, with which no sentence begins."""

TAIL: Final = 24
"""How much of the end of a line is looked at for what closes a formula."""

NOT_PLAIN: Final = frozenset("|#`~$\\ \t\r\f\v\xa0\u2009\u202f\u3000")
"""First characters of lines that may be headings, tables, fences, or indented."""

MAY_BE_CODE: Final = NOT_PLAIN - {"|", "#"}
"""First characters of lines that may be code."""

_NUMBERED: Final = re.compile(r"\W*([0-9]{1,3})[.)]")
_NOT_SPACE: Final = re.compile(r"\S")


class Cursor(InlineCode):
    """The window and its marks.  All positions are indices into ``text``."""

    __slots__ = (
        "_counted",
        "_first",
        "_head",
        "_line_head",
        "_parts",
        "expected",
        "gone",
        "indented",
        "line",
        "marker",
        "may_indent",
        "position",
        "start",
        "underlined",
    )

    def __init__(self) -> None:
        super().__init__()
        self.start: int = 1
        self.position: int = 1  # everything before it is decided
        self.line: int = 1
        self.marker = ""  # the list marker that the sentence began with: "1.", "b)", "•"
        self.expected: tuple[str, str, str] | None = (
            None  # that marker's label, the next, and their style
        )
        self._first: int = 1  # no white-space-free character stands in [start, _first)
        self._head = ""
        self._line_head = ""
        self._parts: list[str] = []  # what has left the window, of the current sentence
        self.gone = 0
        self.may_indent = False  # the line before was blank, or code: this one may be code
        self.indented = False  # the line before was indented code
        self.underlined = False  # the next line underlines the current one with ===
        self._counted: int = 0  # the number of the last list marker

    @property
    def size(self) -> int:
        """How long the current sentence is so far."""
        return self.gone + len(self.text) - self.start

    def first(self, before: int) -> int:
        """Where the current sentence has its first character that is no white space.

        It is *before* if there is none before that.  -1: it has left the window.
        """
        if self._head:
            return -1
        at = self._first
        if at >= before:
            return before
        if self.text[at].isspace():
            found = _NOT_SPACE.search(self.text, at, before)
            self._first = at = before if found is None else found.start()
        return at

    def has_line(self) -> bool:
        """Whether the sentence has all of the current line: it began with it, or before it.

        Text that has left the window counts: ``start`` alone is where the window of the sentence begins.
        """
        return self.start - self.gone <= self.line

    def head(self, before: int) -> str:
        """The beginning of the current sentence, without its leading white space."""
        if self._head:
            return self._head
        first = self.first(before)
        return self.text[first : min(before, first + HEAD)]

    def line_starts_plain(self) -> bool:
        """Whether the current line begins with a letter or the like: a quick no for many rules."""
        head = self._line_head
        return (head[0] if head else self.text[self.line]) not in NOT_PLAIN

    def line_opens_no_code(self) -> bool:
        """Whether the current line plainly opens no fence and is not indented."""
        head = self._line_head
        return (head[0] if head else self.text[self.line]) not in MAY_BE_CODE

    def is_indented(self, head: str) -> bool:
        """Whether the line that begins with *head* is indented code.

        It is after a blank line and outside of lists, and looks like code, or the line before did.
        Paragraphs of prose may be indented as well, so what begins like a sentence is none.
        """
        if not self.may_indent or not head.startswith(("    ", "\t")):
            return False
        bare = head.lstrip()
        return self.indented or bare[:1].islower() or bare[:1] in CODE_SIGNS

    def line_head(self, before: int) -> str:
        """The beginning of the current line."""
        if self._line_head:
            return self._line_head
        return self.text[self.line : min(before, self.line + HEAD)]

    def line_tail(self, before: int) -> str:
        """The end of the current line, as far as it is in the current sentence.

        Text that was given before may have left the window, or not: it must make no difference.
        """
        return self.text[max(self.line, before - TAIL, self.start) : before]

    def end_line(self, after: int) -> None:
        """The line ended; *after* is the first position of the next one."""
        self.line = after
        self._line_head = ""
        self._ticks = after
        self._code = self._run = 0

    def follows(self, number: int) -> bool:
        """Whether *number* goes on with a list that the text before this sentence counted."""
        return self._counted + 1 == number

    def take(self, end: int) -> str:
        """Cut the current sentence off before *end*."""
        piece = self.text[self.start : end]
        if self._parts:
            self._parts.append(piece)
            piece = "".join(self._parts)
            self._parts.clear()
            self.gone = 0
        self.start = self._first = end
        self._head = ""
        self.expected = None
        self.position = max(self.position, end)
        return piece

    def begin_list(self, marker: str) -> None:
        """A list begins with *marker* within the sentence."""
        self.marker = marker
        self.expected = None

    def count_marker(self, piece: str) -> None:
        """Remember the number that *piece*, which was taken, begins with, if one does."""
        found = _NUMBERED.match(self.marker or piece)
        if found is not None:
            self._counted = int(found[1])
        self.marker = ""

    def extend(self, more: str) -> None:
        """*more* has arrived."""
        if self.position > WINDOW:
            self._shift()
        self.text += more

    def _shift(self) -> None:
        """Drop the text that is not needed any more from the window."""
        drop = self.start - 1
        if self.position - drop > WINDOW:
            drop = self.position - KEPT
            first = self.first(self.position)
            if 0 <= first < drop:
                self._head = self.text[first : first + HEAD]
            self._parts.append(self.text[self.start : drop + 1])
            self.gone += drop + 1 - self.start
            self.start = drop + 1
        if self.line < drop and not self._line_head:
            if self.position - self.line < HEAD:
                # too little of the line is settled to remember its head
                drop = max(self.line - 1, 0)
            else:
                self._line_head = self.text[self.line : self.line + HEAD]
        if drop <= 0:
            return
        if self._ticks <= drop:
            # The character at index 0 has none before it to look at, and '' must not be halved.
            self._count(drop if self.text[drop] == "'" else drop + 1)
        self.text = self.text[drop:]
        self.start -= drop
        self.position -= drop
        self.line -= drop
        self._first -= drop
        self._ticks -= drop
        self._run_at -= drop

    def finish(self) -> int:
        """Nothing more comes: put `END` behind the text.  Gives where the text ends."""
        end = len(self.text)
        self.text += END * 8
        return end
