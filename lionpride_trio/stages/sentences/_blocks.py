"""Giving pieces out, and the line breaks, at which blocks of Markdown begin and end.

A fence is a state: in it nothing but line breaks counts.  Whether indented lines are code depends
on the line before: code follows a blank line, outside of lists, which are indented as well.
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from .._checks import MAX_HOLD
from .._holding import Holding
from ._block_lines import closes_fence, kind_of, opens_fence
from ._candidates import CANDIDATE
from ._chars import CLOSERS, FULL, RUN, STRONG
from ._cursor import Cursor
from ._line_breaks import decide_break
from ._options import check_options
from ._pieces import Kind, Sentence
from .tables import tables

_ENDING: Final = 64
"""How much of the last piece is looked at for a mark that ends it."""

_new_piece: Final = str.__new__


class Blocks(Holding):
    """The state of a splitter, and what it does at the ends of lines and of pieces."""

    _search: Any  # finds the next candidate
    _by_clause: bool  # the first piece may end at a comma

    def __init__(
        self,
        *,
        language: str | None,
        max_chars: int | None,
        first: Literal["clause"] | None,
        code: Literal["line", "block"],
        max_hold: int = MAX_HOLD,
    ) -> None:
        super().__init__(max_hold=max_hold)
        self._tables = tables(check_options(language, max_chars, first, code))
        self._max_chars = max_chars
        self._limit = max_hold if max_chars is None else min(max_chars, max_hold)
        self._by_block = code == "block"
        self._cursor = Cursor()
        self._next_start = 0
        self._kind: Kind | None = None  # of a sentence that begins within a line
        self._fence = ""  # what will close the code that is open
        self._in_list = False

    def _look_for(self, candidate: re.Pattern[str]) -> None:
        self._search = candidate.search

    def _end_line(
        self, cur: Cursor, i: int, out: list[Sentence], limit: int, *, blank: bool
    ) -> None:
        """Act on the line break at *i*, before a blank line or an item of a list, as `_break` would.

        Most paragraphs and items end so; a quarter of the cost.
        """
        if self._in_list and cur.line_head(cur.line + 1)[:1].isalpha():
            self._in_list = False
        if cur.first(i) < i:
            i += 1 + blank
            self._give(out, min(i, limit), complete=True)
        elif blank:
            # nothing to cut off: so are the next ones, of many blank lines
            text = cur.text
            most = min(len(text) - 2, limit - 1)
            while i < most and text[i + 2] == "\n":
                i += 1
            i += 1
        else:
            i += 1
        cur.position = max(cur.position, i)
        cur.end_line(i)
        self._kind = None
        cur.may_indent = blank and not self._in_list
        cur.indented = False

    def _line_needs_next(self, cur: Cursor, i: int) -> bool:
        """Whether the line break at *i* plainly needs the next line: in a fence, its last line does."""
        if self._fence:
            return closes_fence(cur.line_head(i), cur.line_tail(i), self._fence)
        return cur.line_starts_plain()

    def _break(self, cur: Cursor, i: int, out: list[Sentence], limit: int) -> None:
        """Act on the line break at *i*, which may open or close a fence."""
        fence = self._fence
        if not fence and cur.first(i) == i and cur.has_line():
            self._end_blank_line(cur, i)
            return
        opening, closing, indented = "", False, False
        if fence:
            closing = closes_fence(cur.line_head(i), cur.line_tail(i), fence)
        elif not cur.line_starts_plain():
            head = cur.line_head(i)
            opening = opens_fence(head, i - cur.line)
            indented = not opening and cur.is_indented(head)
        open_still = bool(opening or fence) and not closing
        if open_still:
            cut = not self._by_block and cur.first(i) < i
            verdict = i + 1 if cut else ~(i + 1)
        else:
            verdict = decide_break(cur, i, self._tables, closed=closing or indented)
        after = verdict if verdict >= 0 else ~verdict
        blank = not fence and (after > i + 1 if verdict >= 0 else cur.first(i) == i)
        if self._in_list and cur.line_head(cur.line + 1)[:1].isalpha():
            self._in_list = False
        if verdict >= 0:
            if indented:
                self._kind = "code"
            self._give(out, min(verdict, limit), complete=not open_still)
        cur.position = max(cur.position, after)
        cur.end_line(after)
        cur.may_indent = (blank or indented) and not self._in_list
        cur.indented = indented
        if verdict >= 0 or blank:
            self._kind = "heading" if cur.underlined else None
        cur.underlined = False
        if opening:
            self._fence = opening
        elif closing:
            self._fence = ""

    def _end_blank_line(self, cur: Cursor, i: int) -> None:
        """Act on the line break at *i*, before which there is nothing, as `_break` would at twice the cost."""
        indented = cur.indented and cur.is_indented(cur.line_head(i))
        cur.position = i + 1
        cur.end_line(i + 1)
        cur.may_indent = not self._in_list
        cur.indented = indented
        self._kind = "heading" if cur.underlined else None
        cur.underlined = False

    def _give(self, out: list[Sentence], end: int, *, complete: bool) -> None:
        """Give the current sentence, which ends before *end*."""
        cur = self._cursor
        text = cur.take(end)
        kind: Kind = self._kind or "prose"
        if self._fence:
            kind = "code"
        else:
            if cur.marker or not text[:2].isalpha():  # few are so
                if len(text) > 2 or cur.marker:
                    cur.count_marker(text)
                kind = self._kind or kind_of(text)
            if cur.underlined:
                kind = "heading"
            elif kind == "item":
                self._in_list = True
        piece = _new_piece(Sentence, text)  # as Sentence(…) does, at half its cost
        piece.kind = kind
        piece.start = self._next_start
        piece.complete = complete
        out.append(piece)
        self._next_start += len(text)
        self._kind = None if text[-1] == "\n" else kind
        if self._by_clause:
            self._look_for(CANDIDATE)
            self._by_clause = False

    def _last(self, out: list[Sentence], end: int) -> None:
        """Give what is left after the flush."""
        cur = self._cursor
        if cur.start >= end and not cur.gone:
            return
        line, tail = cur.line_head(end), cur.line_tail(end)
        if not self._fence and not cur.line_starts_plain():
            if cur.is_indented(line):
                self._kind = "code"
            elif opens_fence(line, end - cur.line):
                self._give(out, end, complete=False)
                return
        self._give(out, end, complete=True)
        last = out[-1]
        if self._fence:
            last.complete = closes_fence(line, tail, self._fence)
            return
        bare = last[-_ENDING:].rstrip()
        if last.kind == "prose" and not last.endswith("\n"):
            ending = bare.rstrip("".join(CLOSERS))[-1:]
            last.complete = ending in RUN or ending in STRONG or ending in FULL
