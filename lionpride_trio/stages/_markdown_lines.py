r"""Which line of Markdown begins a block, as CommonMark and GitHub's tables have it.

Goal: to know of each line whether it belongs to the block before it.  For a quote or a list that depends
on what stands inside, however deep: a line without the mark goes on only where a paragraph is open in it.

Plan: the blocks of a document, of a quote and of a list's item are the same thing, `Blocks`, so a quote
and an item have one inside.  A line goes down through them as far as its marks lead.
"""

from __future__ import annotations

import re
from typing import Final, Literal

MarkdownKind = Literal[
    "paragraph", "heading", "list", "code", "quote", "table", "rule", "html", "blank"
]

_NOWHERE: Final = 1 << 30
_MAX_DEPTH: Final = 20
"""Quotes and lists in one another that are told apart; what is deeper is text."""

_FENCE = re.compile(r"(?:(`{3,})[^`]*|(~{3,}).*)\Z", re.DOTALL)
_HEADING = re.compile(r"#{1,6}(?:[ \t]|\Z)")
_RULE = re.compile(r"(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z|(?:\*[ \t]*){3,}\Z")
_ITEM = re.compile(r"([-*+]|([0-9]{1,9})[.)])(?:[ \t]+(\S)|\Z)")
_SETEXT = re.compile(r"(?:=+|-+)\Z")
_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\Z")
_CELL_END = re.compile(r"(?<!\\)(?:\\\\)*\|")
_HTML_TYPES = (
    (re.compile(r"<(?:script|pre|style|textarea)(?:[\s>]|\Z)", re.IGNORECASE),
     re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE)),
    (re.compile(r"<!--"), re.compile(r"-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(r"<![A-Za-z]"), re.compile(r">")),
)  # fmt: skip
_HTML_BLOCK = re.compile(
    r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|"
    r"details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|"
    r"head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|"
    r"p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)"
    r"(?:[ \t>]|/>|\Z)",
    re.IGNORECASE,
)
_HTML_TAG = re.compile(
    r"<(?:/[A-Za-z][\w-]*\s*|[A-Za-z][\w-]*"
    r"(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s\"'=<>`]+|'[^']*'|\"[^\"]*\"))?)*\s*/?)>\Z"
)


class Blocks:
    """The blocks of a document, a quote or an item, of which the last one is open."""

    _inside: Blocks
    """What a quote holds, or the last item of a list."""

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
                fence = _FENCE.match(text)
                assert fence is not None
                self._fence = fence[1] or fence[2]
            case "quote":
                self._inside = Blocks(self._depth + 1)
                self._read_quoted(text, column)
            case "list":
                self._start_item(text, column, base)
            case "html":
                for start, end in _HTML_TYPES:
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
            if _SETEXT.match(text):
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
            and _DELIMITERS.match(delimiters) is not None
            and _cells(self._line) == _cells(delimiters)
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
        white = _width(text[1 : len(text) - len(content)], at)
        self._inside.read(content, at + white, at + (white > 0))

    # Lists

    def _goes_on_listing(self, text: str, indent: int, column: int, base: int) -> bool:
        if self._inside.in_fence:
            self._inside.read(text, 0)  # however its lines are indented
            return True
        if indent >= self._content_at:
            self._inside.read(text, column, base + self._content_at)
            return True
        item = _ITEM.match(text)
        if item is None or _RULE.match(text):
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
        item = _ITEM.match(text)
        assert item is not None
        mark = item[1]
        content = text[len(mark) :].lstrip(" \t")
        at = column + len(mark)
        white = _width(text[len(mark) : len(text) - len(content)], at)
        content_at = at + white if content and white <= 4 else at + 1
        self._mark = mark[-1]
        self._mark_at = column - base
        self._content_at = content_at - base
        self._inside = Blocks(self._depth + 1)
        if content:
            self._inside.read(content, at + white, content_at)


def indent_of(line: str) -> int:
    """The column at which the text of *line* stands."""
    return _width(line[: len(line) - len(line.lstrip(" \t"))], 0)


def _width(white: str, column: int) -> int:
    """The columns that the blanks and tabs of *white* take, from *column* on."""
    if "\t" not in white:
        return len(white)
    at = column
    for char in white:
        at = at // 4 * 4 + 4 if char == "\t" else at + 1
    return at - column


def _cells(row: str) -> int:
    row = row.removeprefix("|")
    ends = len(_CELL_END.findall(row))
    return ends if row.endswith("|") and not row.endswith("\\|") else ends + 1


def opened(
    text: str, indent: int, after: Literal["paragraph", "lazy"] | None = None
) -> MarkdownKind | None:
    """The kind of block that a line begins; None for a paragraph, or the one it continues.

    It may have to interrupt a paragraph to begin, or be a line without the marks of the quote or list in
    which a paragraph is open.
    """
    if indent >= 4:
        return None if after else "code"
    match text[0]:
        case "`" | "~" if _FENCE.match(text):
            return "code"
        case "#" if _HEADING.match(text):
            return "heading"
        case ">":
            return "quote"
        case "-" | "_" | "*" if _RULE.match(text):
            return "rule"
        case "<":
            if any(start.match(text) for start, _ in _HTML_TYPES) or _HTML_BLOCK.match(text):
                return "html"
            return "html" if after is None and _HTML_TAG.match(text) else None
        case _:
            item = _ITEM.match(text)
            if item is None:
                return None
            # Only a list that starts at 1 and says something may interrupt a paragraph: a line
            # that happens to begin with "1986." is text.
            number, content = item[2], item[3]
            may_interrupt = content is not None and (number is None or int(number) == 1)
            return "list" if may_interrupt or after != "paragraph" else None
