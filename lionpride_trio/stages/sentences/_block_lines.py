"""Lines that are blocks of Markdown or begin one: headings, items, tables, rules, fences."""

from __future__ import annotations

import re
import string
from typing import Final

from ._chars import SPACES
from ._pieces import Kind

ITEM: Final = re.compile(
    r"(?:[-*+–][ \t]+|[•⁃◦▪‣][ \t]*|\(?[0-9]{1,4}(?:\.\)|[.)])[ \t]+|\(?[a-zA-Z]\)[ \t]+|[a-z]\.[ \t]+)(?=[^ \t])"
)
_HEADING: Final = re.compile(r"#{1,6}[ \t]")
_RULE: Final = re.compile(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,}[ \t]*)\r?\Z")
_FENCE: Final = re.compile(r"(`{3,}(?=[^`]*\Z)|~{3,})")
_MATH: Final = re.compile(r"(?:\$\$[^$]*|\\\[(?:(?!\\\]).)*)\Z", re.DOTALL)
_QUOTE: Final = re.compile(r"(?:>[ \t]?)+")

_DIGITS: Final = frozenset(string.digits)
_OF_NO_BLOCK: Final = frozenset("\"'“”„‘’«»¡¿[{@%&/.,;:!?…€£<")
"""First characters of lines that begin no block."""
_OF_FENCES: Final = frozenset("`~$\\")
_WHOLE: Final = ("|", "#", "```", "~~~", "$$", "\\[")


def is_whole(head: str) -> bool:
    """Whether the line that begins with *head* is never cut: headings, tables, fences."""
    bare = head.lstrip(SPACES)
    if not bare.startswith(_WHOLE):
        return False
    return bare[0] != "#" or _HEADING.match(bare) is not None


def is_alone(bare: str) -> bool:
    """Whether the line *bare* is a piece by itself: never cut, or a rule."""
    if bare[0] in "-*_=":
        return not bare[1:3].strip("-*_= \t\r") and _RULE.match(bare) is not None
    return is_whole(bare)


def kind_of(text: str) -> Kind:
    """The kind of a piece that begins a line."""
    if text[0].isalpha() and text[1:2] not in {".", ")"}:
        return "prose"
    first = text[0]
    if first in _DIGITS:
        return "item" if ITEM.match(text) else "prose"
    if first in _OF_NO_BLOCK or (first in "*`_" and text[1:2] == first and text[2:3].isalnum()):
        return "prose"
    if first == "`":
        return "code" if text.startswith("```") else "prose"
    bare = text.lstrip()
    if bare.startswith(">"):
        quoted = _QUOTE.match(bare)
        bare = bare[quoted.end() :] if quoted is not None else bare
    first = bare[:1]
    if first.isalpha() and bare[1:2] not in {".", ")"}:
        return "prose"
    if first == "-" and bare[1:2] == " " and bare[2:3].isalnum():
        return "item"
    if first == "#" and _HEADING.match(bare):
        return "heading"
    if first == "|":
        return "table"
    if bare.startswith(("```", "~~~", "$$", "\\[")):
        return "code"
    if ITEM.match(bare) and (first not in "-*_" or not _RULE.match(bare.split("\n", 1)[0])):
        return "item"
    return "prose"


def opens_fence(line: str, length: int) -> str:
    """The mark that closes the code that this line opens; empty if it opens none.

    *line* is its head.  A line of which that is not all opens no formula: it may also close it.
    """
    bare = line.lstrip(SPACES)
    if bare[:1] not in _OF_FENCES:
        return ""
    found = _FENCE.match(bare)
    if found is not None:
        return found[1]
    if length > len(line):
        return ""
    if _MATH.match(bare.rstrip()) and bare.startswith(("$$", "\\[")):
        return "$$" if bare.startswith("$$") else "\\]"
    return ""


def closes_fence(head: str, tail: str, fence: str) -> bool:
    """Whether the line of *head* and *tail* closes the code that *fence* is to close.

    A formula ends at a blank line, too: it cannot have one.
    """
    bare = head.strip()
    if fence[0] in "`~":
        return bare[:1] == fence[0] and len(bare) >= len(fence) and not bare.strip(fence[0])
    return not bare or tail.rstrip().endswith(fence)


def begins_block(text: str, k: int) -> bool:
    """Whether a block begins at *k*, the first character of a line that is no white space."""
    x = text[k]
    if x.isalpha():
        # "a. " and "b) ", but "A. Smith" is a name
        y = text[k + 1]
        return (y == ")" or (y == "." and x.islower())) and text[k + 2] in SPACES
    if x in ">|•⁃◦▪‣":
        return True
    if x in "-+*–":
        y = text[k + 1]
        return y in SPACES or y == "\n" or (y == x != "+" and text[k + 2] == x)
    if x == "#":
        n = k + 1
        while text[n] == "#" and n < k + 6:
            n += 1
        return text[n] in SPACES
    if x == "[":
        # a footnote: [1]: or [^1]:
        n = k + 1
        while n < k + 8 and (text[n].isalnum() or text[n] == "^"):
            n += 1
        return text[n] == "]" and text[n + 1] == ":"
    if x in "`~_=":
        return text[k + 1] == x and text[k + 2] == x
    if x == "$":
        return text[k + 1] == "$"
    if x == "\\":
        return text[k + 1] == "["
    if x == "(":
        k += 1
        x = text[k]
        if x.isalpha():
            return text[k + 1] == ")"
    if x.isdecimal():
        n = k + 1
        while n < k + 4 and text[n].isdecimal():
            n += 1
        if text[n] not in ".)":
            return False
        if text[n] == "." and text[n + 1] == ")":
            n += 1
        return text[n + 1] in SPACES
    return False
