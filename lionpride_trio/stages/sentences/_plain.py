"""Plain cases: marks and line breaks about which their neighbours say all.

The rules would say the same, at three to five times the cost.  Most of the marks of an answer are plain:
without these judgements a text in one piece takes a third longer.  Where it comes in tokens they change
little: there the mark is mostly the last character, and has no neighbour yet.

What is judged here must hold whatever comes after the characters that are looked at; so an expression
may be matched here, since only what it has matched counts, and 0 always means: ask the rules.
"""

from __future__ import annotations

import re
import string
from typing import Final

from ._abbreviations import CAPITALS, SHUT, is_ordinary_word, is_title
from ._block_lines import is_whole
from ._chars import QUOTE_ENDS, SPACES
from ._closers import MOUTHS, NOSES
from ._cursor import Cursor
from .tables import Tables
from .tables._classes import MAYBE, NEVER, NUMBER, TIME, UNIT

BEHIND: Final = frozenset(" )\"”’'*_`")
"""Characters behind a mark that may be attached to it, and the space."""
ITEMS: Final = frozenset("-*123456789")
"""Characters that items of a list begin with."""
_FACE: Final = frozenset(NOSES + MOUTHS)
"""After a colon and white space, these may make it an emoticon."""
_TAGS: Final = frozenset("/3abdhloprstuABDHLOPRSTU")
"""After an angle bracket, these may make it a tag or an emoticon."""
_SMALL: Final = frozenset(string.ascii_lowercase)
_DIGITS: Final = frozenset(string.digits)
_QUOTES: Final = frozenset('"(“')
"""Characters before the capital of a sentence."""
_NUMERALS: Final = frozenset("ivx")
_BRANDS_END: Final = frozenset("oytmOYTM")
"""How *Yahoo!*, *Jeopardy!*, *Kahoot!* and *Yum!* end."""
_FORMS_BEGIN: Final = frozenset("ILC")
"""How *Inc.*, *Ltd.*, *Corp.* and *LLC* begin."""
_HELD: Final = frozenset({NEVER, NUMBER, MAYBE, TIME, UNIT})
"""Classes of words that end no sentence before a small letter, in a text with capitals."""

begins_item: Final = re.compile(r"\n(?:[-*]|[1-9]\.) [A-Za-z0-9*`\"]").match
"""Whether an item of a list stands behind the line break here."""
_ATTACHED: Final = re.compile(
    r"[.!?]([)\"”’'*_`]{0,4} )[\"“(*]{0,2}[ABCDEFGHIKLMNOPQRSTUVWXYZ][a-z ]"
).match
"""A mark, what is attached to it, a space, and the beginning of a sentence.  Without J: *av. J.-C.*"""


def judge_dot(cur: Cursor, at: int, tables: Tables, fence: str) -> int:
    """Where the sentence ends, its space included, whose full stop the dot at *at* plainly is.

    A space and another character are behind the dot.  -1 if it is that of an abbreviation within a
    sentence; 0 if it is neither, plainly.
    """
    text = cur.text
    q = text.rfind(" ", cur.start, at)
    if q < 0:
        return 0  # the first word of its sentence
    word = text[q + 1 : at]
    after = text[at + 2]
    if after in _SMALL:
        first = cur.first(at)
        if first < 0 or not text[first].isupper() or not text[first + 1].isalpha():
            return 0  # where a sentence began small, the next may do so, too
        if tables.classes.get(word.lower()) in _HELD:
            return -1
        return -1 if word[-2:-1] == "." and word[-1].isalpha() else 0
    opened = after in _QUOTES and at + 3 < len(text)
    if opened:
        after = text[at + 3]
    if after not in CAPITALS:
        return -1 if after in _DIGITS and _is_counted(cur, q, word) else 0
    before = text[at - 1]
    if before in SHUT:
        if at == cur.start:
            return 0
    elif word in tables.special:
        title = q > cur.start and not opened and is_title(text, cur.start, q, at, tables)
        return -1 if title else 0
    elif text[q - 1] == "." or before in _NUMERALS or not word[1:].islower() or not word.isalpha():
        return 0
    return at + 2 if _may_cut(cur, at, fence) else 0


def _is_counted(cur: Cursor, q: int, word: str) -> bool:
    """Whether *word*, with a space at *q* before it, is a number behind a digit with a dot, and no marker.

    Before another number, it is part of a date.
    """
    text = cur.text
    expected = cur.expected
    return (
        expected is not None
        and not expected[1].endswith(word[-1:])
        and len(word) <= 2
        and word.isdecimal()
        and q - 3 >= cur.start
        and text[q - 1] == "."
        and text[q - 2] in _DIGITS
        and text[q - 3] == " "
    )


def judge_attached(cur: Cursor, at: int, tables: Tables, fence: str) -> int:
    """Where the sentence ends, its space included, that plainly ends with the mark at *at*; or 0.

    Quotes, brackets and emphasis may be attached to the mark, which is behind an ordinary word or a
    bracket.
    """
    text = cur.text
    found = _ATTACHED(text, at)
    if found is None:
        return 0
    k: int = found.end(1)
    before = text[at - 1]
    if text[at] == ".":
        if before in SHUT:
            if at == cur.start:
                return 0
        elif not is_ordinary_word(text, cur.start, at, tables):
            return 0
    elif (
        text[k - 2] in QUOTE_ENDS
        or before in _BRANDS_END
        or not before.isalnum()
        or text[found.end() - 2] in _FORMS_BEGIN
    ):
        return 0
    return k if "`" not in found[1] and _may_cut(cur, at, fence) else 0


def _may_cut(cur: Cursor, at: int, fence: str) -> bool:
    """Whether the mark at *at* is in no code, heading, table or indented line."""
    if fence or cur.in_code(at):
        return False
    if cur.line_starts_plain():
        return True
    head = cur.line_head(at)
    return not is_whole(head) and not cur.is_indented(head)


def is_nothing(cur: Cursor, at: int, *, by_clause: bool) -> bool:
    """Whether the colon, semicolon or bracket at *at* is plainly no candidate, by its neighbours."""
    text = cur.text
    c = text[at]
    before = text[at - 1]
    y = text[at + 1]
    if c in ":;":
        if "\u0370" <= before <= "\u1fff" or (before in SPACES and y in _FACE):
            return False
        return not by_clause
    if c == "<":
        return y not in _TAGS
    if not before.isalnum():
        return before != "="
    if "а" <= before <= "ї":
        return y not in " )"
    return at - 2 >= cur.start and text[at - 2].isalpha() and before not in _NUMERALS


def is_open(text: str, at: int, tables: Tables) -> bool:
    """Whether the dot at *at* is behind a single small letter: with one capital behind it nothing is known.

    "v. C" may become "v. Chr.", and "z. B" is "z. B.".
    """
    letter = text[at - 1]
    return (
        letter in _SMALL
        and text[at + 2] in CAPITALS
        and text[at - 2] in " `"
        and letter not in tables.classes
    )


def is_initial(cur: Cursor, at: int) -> bool:
    """Whether the dot at *at*, behind a capital, is plainly that of one of several initials."""
    text = cur.text
    if text[at + 3] != "." or not "A" <= text[at + 2] <= "Z" or cur.marker:
        return False
    if at - cur.start < 6 or not "A" <= text[at - 4] <= "Z":
        return False
    head = cur.head(at)
    # but "A. One. B. Two." is a list
    if len(head) < 6 or not head[0].isalpha():
        return False
    return head[1] not in ".)" or ord(text[at - 1]) != ord(head[0]) + 1
