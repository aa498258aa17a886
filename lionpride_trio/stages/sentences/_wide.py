"""Full stops of scripts without capitals: 。 ！ ？ । ۔  They need nothing after them.

One character decides, unless a quotation closed on the mark: then what follows may carry the
sentence on, as と does in Japanese and 他说 in Chinese.
"""

from __future__ import annotations

import re
from typing import Final

from ._chars import (
    AFTER_JAPANESE_QUOTE,
    BRACKETS,
    CLOSERS,
    FULL,
    LINE_ENDS,
    RUN,
    SPACES,
)
from ._cursor import Cursor
from ._stops import MOST_CLOSERS, MOST_MARKS, MOST_WHITE, first_letter
from .tables import Tables

MOST_BRACKETED: Final = 80
"""How far back a bracket that is still open is looked for."""

_PRONOUNS: Final = "他她它我你"
_CHINESE_SAYING: Final = re.compile(r".们?.{0,2}[说說问問道喊叫答](?![：:])")


def decide_full(cur: Cursor, i: int, _tables: Tables) -> int:
    """The verdict on a full stop that needs nothing after it, such as 。 and ।."""
    text = cur.text
    j = i + 1
    c = text[j]
    if text[i] in "．｡" and text[i - 1].isalnum() and c.isdecimal():
        return ~j
    while (c in FULL or c in RUN) and j < i + MOST_MARKS:
        j += 1
        c = text[j]
    run = j
    most = j + MOST_CLOSERS
    while c in CLOSERS and c not in "“«" and j < most:
        j += 1
        c = text[j]
    if text[i] in "。！？｡" and _inside_brackets(text, cur.start, i, run, j):
        return ~j
    if c in LINE_ENDS:
        return ~j
    if j > run and (c in AFTER_JAPANESE_QUOTE and text[j - 1] != "）"):
        return ~j
    if j > run and c in _PRONOUNS and text[j + 5] and _CHINESE_SAYING.match(text[j : j + 6]):
        return ~j
    if c in ",;:，、；：" or c in FULL or c in RUN:
        return ~j
    if c not in SPACES:
        return j
    k = j + 1
    x = text[k]
    while x in SPACES and k < j + MOST_WHITE:
        k += 1
        x = text[k]
    if x in LINE_ENDS:
        return ~k
    if j > run and text[first_letter(text, k)].islower():
        return ~j
    return k


def _inside_brackets(text: str, start: int, i: int, run: int, j: int) -> bool:
    """Whether the mark stands inside 「」, 《》 or （） that were opened not long before."""
    low = max(start, i - MOST_BRACKETED)
    for opening, closing in BRACKETS:
        at = text.rfind(opening, low, i)
        if at >= 0 and text.find(closing, at, i) < 0 and closing not in text[run:j]:
            return True
    return False
