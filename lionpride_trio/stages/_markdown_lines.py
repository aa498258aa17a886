r"""The meaning of one line of Markdown by itself, by the rules of CommonMark and of GitHub's tables.

Goal: a judgement costs what the line costs, and most lines are text: so the first character decides
which pattern is tried, if any.

What must hold: no pattern here can go back over the same characters again and again.  A model writes
what it likes, and one line of 100,000 marks would stop the program for minutes.  So each repeated part of
a pattern begins with a character that cannot end the part before it.

Where a line stands, in columns, is told apart from what it says: a tab is as wide as the column wants.
"""

from __future__ import annotations

import re
from typing import Literal

MarkdownKind = Literal[
    "paragraph", "heading", "list", "code", "quote", "table", "rule", "html", "blank"
]

FENCE = re.compile(r"(?:(`{3,})[^`]*|(~{3,}).*)\Z", re.DOTALL)
_HEADING = re.compile(r"#{1,6}(?:[ \t]|\Z)")
RULE = re.compile(r"(?:-[ \t]*){3,}\Z|(?:_[ \t]*){3,}\Z|(?:\*[ \t]*){3,}\Z")
ITEM = re.compile(r"([-*+]|([0-9]{1,9})[.)])(?:[ \t]+(\S)|\Z)")
SETEXT = re.compile(r"(?:=+|-+)\Z")
DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\Z")
_CELL_END = re.compile(r"(?<!\\)(?:\\\\)*\|")
HTML_TYPES = (
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


def indent_of(line: str) -> int:
    """The column at which the text of *line* stands."""
    return width(line[: len(line) - len(line.lstrip(" \t"))], 0)


def width(white: str, column: int) -> int:
    """The columns that the blanks and tabs of *white* take, from *column* on."""
    if "\t" not in white:
        return len(white)
    at = column
    for char in white:
        at = at // 4 * 4 + 4 if char == "\t" else at + 1
    return at - column


def cells(row: str) -> int:
    """The number of cells in the *row* of a table."""
    row = row.removeprefix("|")
    ends = len(_CELL_END.findall(row))
    return ends if row.endswith("|") and not row.endswith("\\|") else ends + 1


def opened(
    text: str, indent: int, after: Literal["paragraph", "lazy"] | None = None
) -> MarkdownKind | None:
    """The kind of block that a line begins; None for a paragraph, or the one that it continues.

    *after* says what is open: a ``paragraph``, which fewer kinds may interrupt, or a paragraph in a quote
    or list whose marks the line does not have (``lazy``, in CommonMark's word).
    """
    if indent >= 4:
        return None if after else "code"
    match text[0]:
        case "`" | "~" if FENCE.match(text):
            return "code"
        case "#" if _HEADING.match(text):
            return "heading"
        case ">":
            return "quote"
        case "-" | "_" | "*" if RULE.match(text):
            return "rule"
        case "<":
            if any(start.match(text) for start, _ in HTML_TYPES) or _HTML_BLOCK.match(text):
                return "html"
            return "html" if after is None and _HTML_TAG.match(text) else None
        case _:
            item = ITEM.match(text)
            if item is None:
                return None
            # Only a list that starts at 1 and says something may interrupt a paragraph: a line
            # that happens to begin with "1986." is text.
            number, content = item[2], item[3]
            may_interrupt = content is not None and (number is None or int(number) == 1)
            return "list" if may_interrupt or after != "paragraph" else None
