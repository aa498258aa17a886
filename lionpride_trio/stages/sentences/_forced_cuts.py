"""Where to cut when no sentence has ended: at ``max_chars``, and at the first clause."""

from __future__ import annotations

import unicodedata
from typing import Final

from ._chars import LINE_ENDS, SPACES
from ._cursor import Cursor

LOOK_BACK: Final = 96
"""How far before ``max_chars`` a good place is looked for."""

FEWEST_WORDS: Final = 4
FEWEST_SIGNS: Final = 8

_PAUSES: Final = ";:—–,；：，、،؛"
CLAUSE_MARKS: Final = ",;:—–，、；：،؛"
_WIDE_MARKS: Final = "，、；："
_JOINER: Final = "\u200d"


def cut_within(cur: Cursor, limit: int) -> int:
    """The best place for a cut at *limit* or shortly before it."""
    text = cur.text
    low = max(cur.start + 1, limit - LOOK_BACK)
    at = text.rfind("\n", low - 1, limit)
    if at >= 0:
        return at + 1
    for k in range(limit, low, -1):
        if text[k - 1].isspace() and text[k - 2] in _PAUSES and k - 2 >= cur.start:
            return k
    for k in range(limit, low - 1, -1):
        if text[k - 1].isspace() or text[k - 1] in _WIDE_MARKS:
            return k
    for k in range(limit, max(low - 1, limit - 16), -1):
        if not _joined(text, k):
            return k
    return limit


def _joined(text: str, k: int) -> bool:
    """Whether the characters on both sides of *k* are one for a reader."""
    after, before = text[k], text[k - 1]
    if _JOINER in {before, after} or (before == "\r" and after == "\n"):
        return True
    if "\U0001f1e6" <= after <= "\U0001f1ff" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return before >= "\U0001f1e6"
    return unicodedata.category(after).startswith("M")


def decide_clause(cur: Cursor, i: int) -> int:
    """The verdict on a comma, a colon, a dash, for the first piece only."""
    text = cur.text
    k = i + 1
    x = text[k]
    if text[i] in _WIDE_MARKS:
        if x in LINE_ENDS or len(cur.head(i)) < FEWEST_SIGNS:
            return ~k
        return k
    if x not in SPACES:
        return ~k
    if len(cur.head(i).split(None, FEWEST_WORDS)) < FEWEST_WORDS:
        return ~k
    while x in SPACES and k < i + 64:
        k += 1
        x = text[k]
    return ~(i + 1) if x in LINE_ENDS else k
