r"""The blocks of Markdown: whether a line belongs to the open one.

Goal: to know of each line whether it belongs to the block before it.  For a quote or a list that depends
on what stands inside, however deep: a line without the mark goes on only where a paragraph is open in it.

Strategy: the blocks of a document, of a quote and of a list's item are the same thing, `Blocks`, so a
quote and an item have one inside.  A line goes down through them as far as its marks lead.

Plan: `read` asks the open block first, by its kind (`_go_on`), and then begins one (`_start`).  Blank
lines are told by themselves (`read_blank`): they end nothing, but decide what may end the block.

What must hold:

1. Nothing but the open block is kept of what came before.  The text of a block may be as long as the
   splitter's bound, and of a list only the last item can still grow.
2. `ends_before` is true only where `read` would begin a block, whatever the rest of the line says: it is
   asked when one character is there, and what it answers is final.  True too early would cut a block in
   two, but only where the text was cut on its way there.
3. What is nested deeper than `_MAX_DEPTH` is text: a line is read once for each level, so a line of ten
   thousand ``>`` would else take ten thousand readings, and more frames than Python has.
"""

from __future__ import annotations

import re
from typing import Final

from ._markdown_lines import (
    DELIMITERS,
    FENCE,
    HTML_TYPES,
    ITEM,
    RULE,
    SETEXT,
    MarkdownKind,
    cells,
    opened,
    width,
)

_NOWHERE: Final = 1 << 30
_MAX_DEPTH: Final = 20
"""Quotes and lists in one another that are told apart; what is deeper is text."""


class Blocks:
    """The blocks of a document, a quote or an item, of which the last one is open."""

    _inside: Blocks
    """The blocks in a quote, or in the last item of a list."""

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self.kind: MarkdownKind = "blank"
        self._begin()

    def _begin(self) -> None:
        self._closed = False
        self._after_blank = False
        self._fence = ""
        self._html_end: re.Pattern[str] | None = None
        # Of a list's last item: where its mark and its content stand, and what kind of mark it is.
        self._mark_at = self._content_at = 0
        self._mark = ""
        # Of a paragraph: its last line, and how many it has.
        self._line = ""
        self._lines = 0

    @property
    def in_fence(self) -> bool:
        """Whether the open block is a fence, or a list in which one is open."""
        if self.kind == "list":
            return self._inside.in_fence
        return bool(self._fence) and not self._closed

    @property
    def unclosed(self) -> bool:
        """Whether the block waits for a mark that ends it, and takes all lines until then."""
        return self.in_fence or (self._html_end is not None and not self._closed)

    def ends_before(self, char: str, indent: int) -> bool:
        """Whether no line that begins with *char*, so far in, can belong to the block."""
        if self._closed:
            return True
        if self.unclosed or not self._after_blank:
            return False
        if self.kind == "list":
            return indent < self._content_at and char not in "-*+0123456789"
        return self.kind != "code" or indent < 4

    def read_blank(self) -> None:
        """Read a line of white space."""
        if self.kind == "blank":
            return
        self._after_blank = True
        if self.kind == "list":
            if self._inside.kind == "blank":
                self._content_at = _NOWHERE  # an item that begins with two blank lines is over
            self._inside.read_blank()

    def read(self, text: str, column: int, base: int = 0) -> int | None:
        """Read a line, of which *text* stands at *column*; these blocks are indented up to *base*.

        None if the line belongs to the open block.  If not, a block begins: so many lines before it.
        """
        indent = column - base
        began: int | None = 0
        if self.kind != "blank":
            began = self._go_on(text, indent, column, base)
        if began == 0:
            self._start(text, indent, column, base)
        self._after_blank = False
        self._line = text
        self._lines += 1
        return began

    def _start(self, text: str, indent: int, column: int, base: int) -> None:
        self._begin()
        self.kind = opened(text, indent) or "paragraph"
        if self._depth == _MAX_DEPTH and self.kind in {"quote", "list"}:
            self.kind = "paragraph"
        match self.kind:
            case "heading" | "rule":
                self._closed = True
            case "code" if indent < 4:
                fence = FENCE.match(text)
                assert fence is not None
                self._fence = fence[1] or fence[2]
            case "quote":
                self._inside = Blocks(self._depth + 1)
                self._read_quoted(text, column)
            case "list":
                self._start_item(text, column, base)
            case "html":
                for start, end in HTML_TYPES:
                    if start.match(text):
                        self._html_end = end
                        self._close_html(text)
                        break
            case _:
                pass

    def _go_on(self, text: str, indent: int, column: int, base: int) -> int | None:
        """As `read`, for a line after the first."""
        if self._closed or (self._after_blank and self.ends_before(text[0], indent)):
            return 0
        match self.kind:
            case "html":
                self._close_html(text)
                goes_on = True
            case "code":
                goes_on = bool(self._fence) or indent >= 4
                if self._fence and indent < 4 and self._is_fence_end(text):
                    self._closed = True
            case "quote":
                goes_on = self._goes_on_quoting(text, indent, column)
            case "list":
                goes_on = self._goes_on_listing(text, indent, column, base)
            case "table":
                goes_on = opened(text, indent) is None
            case _:
                return self._go_on_writing(text, indent)
        return None if goes_on else 0

    def _is_fence_end(self, text: str) -> bool:
        return len(text) >= len(self._fence) and not text.strip(self._fence[0])

    def _close_html(self, text: str) -> None:
        if self._html_end is not None and self._html_end.search(text):
            self._closed = True

    # Paragraphs

    def _go_on_writing(self, text: str, indent: int) -> int | None:
        if indent < 4:
            if SETEXT.match(text):
                self.kind = "heading"
                self._closed = True
                return None
            if self._heads_table(text):
                above = self._lines > 1
                self._begin()
                self.kind = "table"
                return 1 if above else None
        return 0 if opened(text, indent, "paragraph") else None

    def _heads_table(self, delimiters: str) -> bool:
        """Whether the last line is the head of a table, of which *delimiters* is the second line."""
        return (
            "|" in delimiters
            and "|" in self._line
            and DELIMITERS.match(delimiters) is not None
            and cells(self._line) == cells(delimiters)
        )

    @property
    def is_writing(self) -> bool:
        """Whether the innermost open block is a paragraph: it may go on without any marks."""
        if self._after_blank:
            return False
        return self.kind == "paragraph" or (
            self.kind in {"quote", "list"} and self._inside.is_writing
        )

    # Quotes

    def _goes_on_quoting(self, text: str, indent: int, column: int) -> bool:
        if indent < 4 and text[0] == ">":
            self._read_quoted(text, column)
            return True
        return self.is_writing and opened(text, indent, "lazy") is None

    def _read_quoted(self, text: str, column: int) -> None:
        content = text[1:].lstrip(" \t")
        if not content:
            self._inside.read_blank()
            return
        at = column + 1
        white = width(text[1 : len(text) - len(content)], at)
        self._inside.read(content, at + white, at + (white > 0))

    # Lists

    def _goes_on_listing(self, text: str, indent: int, column: int, base: int) -> bool:
        if self._inside.in_fence:
            self._inside.read(text, 0)  # however its lines are indented
            return True
        if indent >= self._content_at:
            self._inside.read(text, column, base + self._content_at)
            return True
        item = ITEM.match(text)
        if item is None or RULE.match(text):
            return self.is_writing and opened(text, indent, "lazy") is None
        if item[1][-1] == self._mark:
            self._start_item(text, column, base)
            return True
        if indent < self._mark_at + 2:
            return False
        # Indented, but less than the text above it: it was meant to be inside.
        self._content_at = indent
        self._inside.read(text, column, column)
        return True

    def _start_item(self, text: str, column: int, base: int) -> None:
        item = ITEM.match(text)
        assert item is not None
        mark = item[1]
        content = text[len(mark) :].lstrip(" \t")
        at = column + len(mark)
        white = width(text[len(mark) : len(text) - len(content)], at)
        content_at = at + white if content and white <= 4 else at + 1
        self._mark = mark[-1]
        self._mark_at = column - base
        self._content_at = content_at - base
        self._inside = Blocks(self._depth + 1)
        if content:
            self._inside.read(content, at + white, content_at)
