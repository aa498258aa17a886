"""The word after a mark, and how a sentence began.

A word is read no further than the answer needs: that a word is no month is often known from its
first letter.
"""

from __future__ import annotations

import re
from typing import Final

from ._cursor import Cursor
from .tables import Tables

LONGEST_WORD: Final = 24
_FIRST: Final = re.compile(
    r"(?:[-*+>#•⁃–][ \t]+|\(?[0-9]{1,4}[.)]+[ \t]+|(?:[a-z][.)]|[A-Z]\))[ \t]+|<[^<>]*>|\[[ xX]\]|[\"'“‘«„¿¡(\[*_~\s>])*"
)


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


def begins_small(cur: Cursor, i: int) -> bool:
    """Whether the sentence that the mark at *i* may end began with a small letter."""
    head = cur.head(i)
    found = _FIRST.match(head)
    at = 0 if found is None else found.end()
    return head[at : at + 1].islower() and not head[at + 1 : at + 2].isupper()
