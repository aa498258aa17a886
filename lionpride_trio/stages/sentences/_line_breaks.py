r"""Line breaks and the Markdown blocks that they separate.

A line break ends a piece if a block begins or ends there, or if the line ends like a sentence.
Only the next line's first few characters are looked at, so a break is decided 1 to 6 characters
after it as a rule.

Verdicts, here and in the other rules, are one `int`: ``k >= 0`` means *cut before k*, and ``~k``
means *no boundary; go on looking at k*.
"""

from __future__ import annotations

import re
import string
from typing import Final

from ._abbreviations import dot_ends
from ._chars import CLOSERS, DASHES, END, FULL, OPENERS, RUN, SPACES, STRONG, is_cjk, is_emoji
from ._closers import EYES, MOUTHS, NOSES, citation
from ._cursor import Cursor
from ._following_word import begins_small
from ._pieces import Kind
from ._scripts import ends_in_script
from .tables import Tables

LONG_LINE: Final = 56
"""A line of prose of this length that does not end like a sentence was wrapped by hand …"""

LONGEST_LINE: Final = 112
"""… unless it is longer than anybody wraps."""

MOST_ATTACHED: Final = 32
SHORT_LINE: Final = 24

MOST_WHITE: Final = 64
MOST_TRAILING: Final = 128

_HEADING: Final = re.compile(r"#{1,6}[ \t]")
_ITEM: Final = re.compile(
    r"(?:[-*+–][ \t]+|[•⁃◦▪‣][ \t]*|\(?[0-9]{1,4}(?:\.\)|[.)])[ \t]+|\(?[a-zA-Z]\)[ \t]+|[a-z]\.[ \t]+)(?=[^ \t])"
)
_RULE: Final = re.compile(r"(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,}[ \t]*)\r?\Z")
_FENCE: Final = re.compile(r"(`{3,}(?=[^`]*\Z)|~{3,})")
_MATH: Final = re.compile(r"(?:\$\$[^$]*|\\\[(?:(?!\\\]).)*)\Z", re.DOTALL)
_BOLD: Final = re.compile(r"(\*\*|__)[^*_]+\1:?[ \t]*\r?\Z")
_QUOTE: Final = re.compile(r"(?:>[ \t]?)+")

_UNFINISHED: Final = re.compile(
    r"[ (](?:the|an?|of|to|and|or|with|by|had|has|have|is|are|was|were|that|which|who|from|as|but|be|than"
    r"|their|his|its|our|your|my|at|der|die|das|den|dem|des|und|oder|von|einen|einer|im|zum|zur|vom|beim"
    r"|rund|le|la|les|de|du|des|et|ou|un|une|aux|que|qui|dans|el|los|las|del|y|una|con|por|il|lo|gli"
    r"|di|della|dei|delle|e|che|per|os|do|da|dos|das|um|uma|em|het|een|en|van|met|и|в|на|с|по|от|для|что)\Z"
)
"""A word that ends no line but one that was wrapped."""

_AMBIGUOUS: Final = frozenset("-+*–_(~=>|•⁃◦▪‣")
"""Characters that may open a block, or a word."""

_DIGITS: Final = frozenset(string.digits)
_OF_BLOCKS: Final = frozenset("|#`~$\\-*_=")
"""First characters of lines that may be pieces by themselves: a heading, a table, a fence, a rule."""
_OF_NO_BLOCK: Final = frozenset("\"'“”„‘’«»¡¿[{@%&/.,;:!?…€£<")
"""First characters of lines that begin no block."""
_OF_FENCES: Final = frozenset("`~$\\")
_WHOLE: Final = ("|", "#", "```", "~~~", "$$", "\\[")


def letters_after(text: str) -> bool:
    """Whether *text* is words and nothing else."""
    return all(word.strip(",").isalpha() for word in text.split())


def is_whole(head: str) -> bool:
    """Whether the line that begins with *head* is never cut: headings, tables, fences."""
    bare = head.lstrip(SPACES)
    if not bare.startswith(_WHOLE):
        return False
    return bare[0] != "#" or _HEADING.match(bare) is not None


def _is_alone(bare: str) -> bool:
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
        return "item" if _ITEM.match(text) else "prose"
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
    if _ITEM.match(bare) and (first not in "-*_" or not _RULE.match(bare.split("\n", 1)[0])):
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


def decide_break(cur: Cursor, i: int, tables: Tables, *, closed: bool) -> int:
    """The verdict on the line break at *i*; *closed*: its line closed a fence."""
    if cur.first(i) == i:
        return ~(i + 1)  # nothing to cut off
    text = cur.text
    k = i + 1
    x = text[k]
    while x in SPACES and k < i + MOST_WHITE:
        k += 1
        x = text[k]
    if x == "\n":
        return k + 1
    if x == END:
        return ~(i + 1)
    if closed:
        return i + 1
    bare = cur.line_head(i).lstrip(SPACES)
    if bare[:1] in _OF_BLOCKS and _is_alone(bare):
        return i + 1
    if x == "=" and text[k + 1] == x and text[k + 2] == x:
        cur.underlined = cur.has_line() and bare[:1].isalnum()
        return i + 1
    quoted = x == ">" and bare[:1] == ">"
    if quoted:
        # both lines are quoted: what matters is behind the mark
        while x in SPACES or x == ">":
            k += 1
            x = text[k]
            if k > i + MOST_WHITE:
                break
        if x == "\n":
            return i + 1
    # Whichever is likely to need less of the next line is asked first.
    if x in _AMBIGUOUS:
        ends = begins_block(text, k) or _line_ends(cur, i, k, bare, tables, quoted=quoted)
    else:
        ends = _line_ends(cur, i, k, bare, tables, quoted=quoted) or begins_block(text, k)
    return i + 1 if ends else ~(i + 1)


def _line_ends(cur: Cursor, i: int, k: int, bare: str, tables: Tables, *, quoted: bool) -> bool:
    """Whether the line before *i* and the line that begins at *k* are two pieces of text."""
    text = cur.text
    line = max(cur.line, cur.start)
    e = i
    while e > line and e > i - MOST_TRAILING and text[e - 1] in SPACES:
        e -= 1
    f = _mark_before(text, line, e)
    last = text[f - 1] if f > line else ""
    p = k
    while text[p] in OPENERS and p < k + 12:
        p += 1
    x = text[p]
    if e > line and text[e - 1] in ":：":
        return True
    if last == ";" and ends_in_script(text, f - 1):
        return not x.islower()
    if last in RUN or last in STRONG or last in FULL:
        if last in FULL:
            return True
        if x.islower():
            return last != "…" and begins_small(cur, f - 1)
        if last == ".":
            if text[f - 2] == ".":
                return True
            return dot_ends(cur, f - 1, p, tables)
        return True
    indented = k > i + 1
    if x.islower():
        return _is_short_small(cur, i, bare)
    if not x.isalnum() and not text[k].isalnum() and x in ",;:.…)" + DASHES:
        return False
    if _UNFINISHED.search(text[max(line, e - 8) : e]):
        return False  # "the", "und": wrapped by hand
    width = i - cur.line
    if x.isalpha() and not x.isupper():
        # scripts without capitals
        if last and last in "のはがをにでとも、，的和与及或":
            return False
        return width < LONG_LINE and not (is_cjk(x) and width >= LONG_LINE // 2)
    if _ITEM.match(bare):
        return not indented or width < LONG_LINE
    if LONG_LINE <= width <= LONGEST_LINE and not _BOLD.match(bare):
        return False
    return not (quoted and width >= LONG_LINE)


def _mark_before(text: str, line: int, e: int) -> int:
    """The end of what stands before *e* without what belongs to a mark: quotes, ``[1]``, emoji."""
    if text[e - 1] in RUN:
        return e
    low = max(line, e - MOST_ATTACHED)
    f = e
    while f > low and text[f - 1] in CLOSERS:
        f -= 1
    end = f
    while f > low:
        c = text[f - 1]
        if c in SPACES or c in CLOSERS or is_emoji(c):
            f -= 1
        elif (c.isalnum() and text[f] == "]") or (c in MOUTHS and text[f - 2] in EYES + NOSES):
            at = max(text.rfind(sign, low, f) for sign in "[:;=")
            if at < 0 or (text[at] == "[" and citation(text, at) == at):
                break
            f = at
        else:
            return f if c in RUN or c in FULL or c in STRONG else end
    return end


def _is_short_small(cur: Cursor, i: int, bare: str) -> bool:
    """Whether a line is an entry of a list without markers, all in small letters."""
    return (
        i - cur.line <= SHORT_LINE
        and cur.first(i) >= cur.line
        and bare[:1].islower()
        and bare.count(" ") <= 2
        and letters_after(bare)
    )
