r"""Markdown in blocks, as CommonMark and GitHub's tables cut it at the top level.

Strategy: a line is judged when it is whole, because only then is it known what it begins.  One
judgement is made earlier, so that a block need not wait for the first line after it, which may be
a long paragraph: when a block can only end, the first character of the next line ends it
(`MarkdownBlockSplitter._look`).  That judgement uses the white space and the first character of
the line alone, and says no more than the whole line would say.

Where CommonMark would cut what a model plainly meant to be one piece, this keeps it together: a
fence inside a list item stays in its list however badly its content is indented, and an item that
is indented at all belongs to the list above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Self

from .._errors import LimitExceeded
from ._checks import MAX_HOLD
from ._holding import Holding
from ._lines import cut_lines

MarkdownKind = Literal[
    "paragraph", "heading", "list", "code", "quote", "table", "rule", "html", "blank"
]

_FENCE = re.compile(r"(?:(`{3,})[^`]*|(~{3,}).*)\Z", re.DOTALL)
_HEADING = re.compile(r"#{1,6}(?:[ \t]|\Z)")
_RULE = re.compile(r"(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z|(?:\*[ \t]*){3,}\Z")
_ITEM = re.compile(r"([-*+]|([0-9]{1,9})[.)])(?:[ \t]+(\S)|\Z)")
_MARKERS = re.compile(r"(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*")
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


class MarkdownBlock(str):  # ruff: ignore[subclass-builtin] - it is text, and goes where text goes
    """The text of one block with the blank lines after it; ``kind`` says what it is.

    ``"blank"`` is only ever the kind of a text that has nothing but white space.
    """

    __slots__ = ("kind",)
    kind: MarkdownKind

    def __new__(cls, text: str, kind: MarkdownKind) -> Self:
        self = str.__new__(cls, text)
        self.kind = kind
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str, MarkdownKind]]:
        return type(self), (str(self), self.kind)

    def __repr__(self) -> str:
        return f"MarkdownBlock({str(self)!r}, {self.kind!r})"


class MarkdownBlockSplitter(Holding):
    """Markdown in, `MarkdownBlock` objects out, each with its ``kind``.

    A fenced block is never cut inside.  Holds back the block that has not ended; a block has ended
    when a line begins that cannot belong to it.  Blank lines belong to the block before them, those
    at the start to the first block.

    Laws: lossless, chunking-invariant, linear.

    :raises LimitExceeded: a block with its blank lines is longer than *max_hold*.
    """

    def __init__(self, *, max_hold: int = MAX_HOLD) -> None:
        super().__init__(max_hold=max_hold)
        # The line that is being written, whether its start was looked at, and whether the last
        # character so far is a CR (which is then not among what is held).
        self._part: list[str] = []
        self._part_size = 0
        self._looked = False
        self._after_cr = False
        # The block so far, in whole lines.
        self._lines: list[str] = []
        self._size = 0
        self._kind: MarkdownKind = "blank"
        self._closed = False
        self._after_blank = False
        self._fence = ""
        self._html_end: re.Pattern[str] | None = None
        self._item_indent = 0
        self._item_type = ""
        self._given: list[MarkdownBlock] = []

    def feed(self, text: str) -> Sequence[MarkdownBlock]:
        if self._flushed:
            self._refuse()
        if not text:
            return ()
        if self._after_cr:
            self._after_cr = False
            text = "\r" + text
        try:
            if "\n" in text or "\r" in text:
                lines, text = cut_lines(text)
                for line in lines:
                    self._take_line(line)
                if text.endswith("\r"):
                    self._after_cr = True
                    text = text[:-1]
            if text:
                self._take_part(text)
        except LimitExceeded as error:
            return self._fail(error, self._handed_over())
        return self._handed_over() if self._given else ()

    def flush(self) -> Sequence[MarkdownBlock]:
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        last = "".join(self._part) + "\r" * self._after_cr
        self._part.clear()
        if last:
            if not self._looked:
                self._look(last)
            self._read(last)
        if self._lines:
            self._end()
        return self._handed_over()

    def _handed_over(self) -> list[MarkdownBlock]:
        given, self._given = self._given, []
        return given

    def _take_part(self, text: str) -> None:
        self._part.append(text)
        self._part_size += len(text)
        if not self._looked and text.strip(" \t"):
            self._part = ["".join(self._part)]
            self._look(self._part[0])
        self._bound(self._part_size)

    def _take_line(self, line: str) -> None:
        if self._part:
            self._part.append(line)
            line = "".join(self._part)
            self._part.clear()
            self._part_size = 0
        if not self._looked:
            self._look(line)
        self._looked = False
        self._bound(len(line))
        self._read(line)

    def _bound(self, more: int) -> None:
        if self._size + more > self._max_hold:
            raise self._too_long("a block")

    def _look(self, line: str) -> None:
        """End the block if no line that begins as *line* does can belong to it."""
        text = line.lstrip(" \t")
        if not text.rstrip("\r\n"):
            return
        self._looked = True
        match self._kind:
            case "blank":
                ends = False
            case _ if self._closed:
                ends = True
            case _ if self._fence or self._html_end or not self._after_blank:
                ends = False
            case "list":
                ends = _indent(line) < 2 and text[0] not in "-*+0123456789"
            case "code":
                ends = _indent(line) < 4
            case _:
                ends = True
        if ends:
            # The white space was held too, and may have passed the bound had it come alone.
            self._bound(len(line) - len(text))
            self._end()

    def _read(self, line: str) -> None:
        """Judge the whole *line*: it continues the block, or ends it and starts another."""
        text = line.strip(" \t\r\n")
        if not text:
            self._after_blank = self._kind != "blank"
        else:
            indent = _indent(line)
            if self._kind == "blank":
                self._start(text, indent)
            elif not self._continues(text, indent):
                self._end()
                self._start(text, indent)
            self._after_blank = False
        self._lines.append(line)
        self._size += len(line)

    def _end(self) -> None:
        self._given.append(MarkdownBlock("".join(self._lines), self._kind))
        self._lines.clear()
        self._size = 0
        self._kind = "blank"
        self._closed = self._after_blank = False
        self._fence = ""
        self._html_end = None

    def _start(self, text: str, indent: int) -> None:
        self._kind = _opened(text, indent, in_paragraph=False) or "paragraph"
        match self._kind:
            case "heading" | "rule":
                self._closed = True
            case "code" if indent < 4:
                self._open_fence(text)
            case "list":
                item = _ITEM.match(text)
                assert item is not None
                self._item_indent = indent
                self._item_type = item[1][-1]
                self._open_fence(text[_MARKERS.match(text).end() :])  # type: ignore[union-attr]
            case "html":
                for start, end in _HTML_TYPES:
                    if start.match(text):
                        self._html_end = end
                        self._close_html(text)
                        break
            case _:
                pass

    def _continues(self, text: str, indent: int) -> bool:
        if self._closed:
            return False
        if self._fence:
            if len(text) >= len(self._fence) and not text.strip(self._fence[0]):
                if self._kind == "list":
                    self._fence = ""
                elif indent < 4:
                    self._closed = True
            return True
        match self._kind:
            case "html":
                self._close_html(text)
                return True
            case "code":
                return indent >= 4
            case "list":
                return self._continues_list(text, indent)
            case "paragraph" if indent < 4 and _SETEXT.match(text):
                self._kind = "heading"
                self._closed = True
                return True
            case "paragraph" if indent < 4 and self._begins_table(text):
                return True
            case "quote" if indent < 4 and text[0] == ">":
                return True
            case _:
                return _opened(text, indent, in_paragraph=True) is None

    def _close_html(self, text: str) -> None:
        if self._html_end is not None and self._html_end.search(text):
            self._html_end = None
            self._closed = True

    def _continues_list(self, text: str, indent: int) -> bool:
        if indent < self._item_indent + 2:
            item = _ITEM.match(text)
            if _RULE.match(text):
                return False
            if item is not None:
                if item[1][-1] != self._item_type:
                    return False
            elif self._after_blank or _opened(text, indent, in_paragraph=True):
                return False
        self._open_fence(text[_MARKERS.match(text).end() :])  # type: ignore[union-attr]
        return True

    def _open_fence(self, text: str) -> None:
        fence = _FENCE.match(text)
        self._fence = (fence[1] or fence[2]) if fence else ""

    def _begins_table(self, delimiters: str) -> bool:
        """Whether the paragraph's last line is a table's head; what stood above it is given."""
        if "|" not in delimiters or not _DELIMITERS.match(delimiters):
            return False
        head = self._lines[-1]
        if "|" not in head or _cells(head) != _cells(delimiters):
            return False
        above = self._lines[:-1]
        if any(line.strip(" \t\r\n") for line in above):
            del self._lines[-1]
            self._end()
            self._lines.append(head)
            self._size = len(head)
        self._kind = "table"
        return True


def _indent(line: str) -> int:
    white = line[: len(line) - len(line.lstrip(" \t"))]
    return len(white.expandtabs(4)) if "\t" in white else len(white)


def _cells(row: str) -> int:
    row = row.strip(" \t\r\n").removeprefix("|")
    ends = len(_CELL_END.findall(row))
    return ends if row.endswith("|") and not row.endswith("\\|") else ends + 1


def _opened(text: str, indent: int, *, in_paragraph: bool) -> MarkdownKind | None:
    """The kind of block that a line begins; None for a paragraph, or the one it continues."""
    if indent >= 4:
        return None if in_paragraph else "code"
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
            return "html" if not in_paragraph and _HTML_TAG.match(text) else None
        case _:
            item = _ITEM.match(text)
            if item is None:
                return None
            # Only a list that starts at 1 and says something may interrupt a paragraph: a line
            # that happens to begin with "1986." is text.
            number, content = item[2], item[3]
            may_interrupt = content is not None and (number is None or int(number) == 1)
            return "list" if may_interrupt or not in_paragraph else None
