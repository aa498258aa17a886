"""The word after a mark, and how a sentence began.

A word is read no further than the answer needs: that a word is no month is often known from its
first letter.
"""

from __future__ import annotations

import re
from typing import Final

from ._chars import SPACES
from ._cursor import Cursor
from .tables import Tables, words

LONGEST_WORD: Final = 24
_FIRST: Final = re.compile(
    r"(?:[-*+>#•⁃–][ \t]+|\(?[0-9]{1,4}[.)]+[ \t]+|(?:[a-z][.)]|[A-Z]\))[ \t]+|<[^<>]*>|\[[ xX]\]|[\"'“‘«„¿¡(\[*_~\s>\u200d\ufe0f☀-➿\U0001f300-\U0001faff])*"
)


_IN_NAMES: Final = words("""
    Holdings Industries Motors Airlines Airways Systems Services Partners Brothers Enterprises
    Resources Securities Technologies Laboratories Communications Properties Foods Stores Marines
    Forces Representatives Senators States Rangers Attorneys Affairs Sports News Texas Illinois
    Arkansas Kansas Charles James Thomas Peters Johns Williams Davis Jones Edwards Andrews Rogers
    Family Assembly Supply Sicily Weekly Monthly Quarterly Beverly Kimberly
    """)
"""Plurals, and words like adverbs, that go on with a name."""
_BETWEEN: Final = words("at of in on and or for by to from with the a who said says")
"""Small words that follow a name as well as a plural."""
_VERBS: Final = words("""
    is are was were has have had will would can could may might must should does did isn't aren't
    wasn't weren't hasn't doesn't didn't won't can't
    """)


def is_roman(word: str) -> bool:
    """Whether *word* may be a Roman numeral."""
    return not word.strip("IVXLCDM")


def next_word(text: str, p: int) -> str:
    """The word that begins at *p*, with its apostrophes; nothing if it is longer than words are."""
    q = p
    c = text[q]
    while c.isalpha() or (c in "'’" and q > p):
        q += 1
        if q > p + LONGEST_WORD:
            return ""
        c = text[q]
    return text[p:q]


def month(text: str, p: int, tables: Tables) -> str:
    """The month, or other noun that is counted, at *p*; known to be none as early as possible."""
    q = p + 1
    while text[p:q] in tables.month_prefixes:
        if not text[q].isalpha():
            return text[p:q] if text[p:q] in tables.months else ""
        q += 1
    return ""


def is_starter(text: str, p: int, tables: Tables) -> bool:
    """Whether a word that opens sentences begins at *p*."""
    word = next_word(text, p)
    starters = tables.starters
    if word not in starters:
        if word in tables.weak_starters:
            # Die, La: a particle of a name, unless an ordinary word follows
            q = p + len(word)
            return text[q] == " " and text[q + 1].islower()
        if "'" not in word and "’" not in word:
            return False
        word = word.replace("’", "'")
        if word not in starters and word.split("'", 1)[0] not in starters:
            return False
    # "I." and "A." are initials
    return len(word) > 1 or text[p + 1] != "."


def opens(text: str, p: int, *, firm: bool) -> bool:
    """Whether the capitalised word at *p*, which may be part of a name, rather opens a sentence.

    A plural or an adverb before a small word does: "Inc. Investors were".  After what ends a name,
    *firm*, any word does that has a verb behind it: "Inc. Parking is free".
    """
    word = next_word(text, p)
    size = len(word)
    if size < 4 or not word[1:].islower() or word in _IN_NAMES:
        return False
    q = p + size
    if text[q] == ":":
        return text[q + 1] in SPACES  # "Main St. Phone: 555"
    if word.endswith("ly") and size > 5:
        return text[q] == "," or text[q + 1].islower()
    if text[q] != " " or not text[q + 1].islower():
        return False
    second = next_word(text, q + 1)
    if word[-1] == "s" and word[-2] not in "sui'’":
        return second not in _BETWEEN
    return firm and second in _VERBS


def begins_small(cur: Cursor, i: int) -> bool:
    """Whether the sentence that the mark at *i* may end began with a small letter."""
    head = cur.head(i)
    if head[:1].isalpha() and head[1:2].isalpha():
        return head[0].islower() and not head[1].isupper()
    found = _FIRST.match(head)
    at = 0 if found is None else found.end()
    return head[at : at + 1].islower() and not head[at + 1 : at + 2].isupper()
