r"""Line breaks and the Markdown blocks that they separate.

A line break ends a piece if a block begins or ends there, or if the line ends like a sentence.
Only the next line's first few characters are looked at, so a break is decided 1 to 6 characters
after it as a rule.

Verdicts, here and in the other rules, are one `int`: ``k >= 0`` means *cut before k*, and ``~k``
means *no boundary; go on looking at k*.
"""

from __future__ import annotations

import re
from typing import Final

from ._abbreviations import dot_ends
from ._block_lines import ITEM, begins_block, is_alone
from ._chars import CLOSERS, DASHES, END, FULL, OPENERS, RUN, SPACES, STRONG, is_cjk, is_emoji
from ._closers import EYES, MOUTHS, NOSES, citation
from ._cursor import Cursor
from ._following_word import begins_small
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

_BOLD: Final = re.compile(r"(\*\*|__)[^*_]+\1:?[ \t]*\r?\Z")
_UNFINISHED: Final = re.compile(
    r"[ (](?:the|an?|of|to|and|or|with|by|had|has|have|is|are|was|were|that|which|who|from|as|but|be|than"
    r"|their|his|its|our|your|my|at|der|die|das|den|dem|des|und|oder|von|einen|einer|im|zum|zur|vom|beim"
    r"|rund|le|la|les|de|du|des|et|ou|un|une|aux|que|qui|dans|el|los|las|del|y|una|con|por|il|lo|gli"
    r"|di|della|dei|delle|e|che|per|os|do|da|dos|das|um|uma|em|het|een|en|van|met|и|в|на|с|по|от|для|что)\Z"
)
"""A word that ends no line but one that was wrapped."""

_AMBIGUOUS: Final = frozenset("-+*–_(~=>|•⁃◦▪‣")
"""Characters that may open a block, or a word."""

_OF_BLOCKS: Final = frozenset("|#`~$\\-*_=")
"""First characters of lines that may be pieces by themselves: a heading, a table, a fence, a rule."""


def letters_after(text: str) -> bool:
    """Whether *text* is words and nothing else."""
    return all(word.strip(",").isalpha() for word in text.split())


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
    if bare[:1] in _OF_BLOCKS and is_alone(bare):
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
    width = i - cur.line
    if width < LONG_LINE and text[i - 2 : i] == "  ":
        return True  # Markdown's own line break, as in verse
    if last == ";" and ends_in_script(text, f - 1):
        return not x.islower()
    if last in RUN or last in STRONG or last in FULL:
        if last in FULL:
            return True
        if x.islower():
            if last in "?!" and f == e and width < LONG_LINE:
                return True
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
    if x.isalpha() and not x.isupper():
        # scripts without capitals
        if last and last in "のはがをにでとも、，的和与及或":
            return False
        return width < LONG_LINE and not (is_cjk(x) and width >= LONG_LINE // 2)
    if ITEM.match(bare):
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
