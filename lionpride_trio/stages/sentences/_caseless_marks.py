"""Full stops of scripts without capitals: 。 ！ ？ । ۔  They need nothing after them.

One character decides, unless a quotation closed on the mark: then what follows may carry the
sentence on, as と does in Japanese and 他说 in Chinese.
"""

from __future__ import annotations

import re
from typing import Final

from ._chars import BRACKETS, CLOSERS, FIRST_EMOJI, FULL, LINE_ENDS, OPENERS, RUN, SPACES
from ._closers import MOST_CLOSERS, beside, citation, emoji_end, first_letter
from ._cursor import Cursor
from ._end_marks import MOST_MARKS, MOST_WHITE, takes_emoji
from ._reporting_verbs import is_said, is_said_there, takes_up
from .tables import Tables

MOST_BRACKETED: Final = 80
"""How far back a bracket that is still open is looked for."""

_OPENING: Final = re.compile(f"[{''.join(opening for opening, _ in BRACKETS)}]")
_GOING_ON: Final = frozenset(",;:，、；：") | FULL | RUN
"""Before these nothing ends, whatever the brackets around it."""
_SPACED: Final = "۔"
"""A full stop of a script that sets its words apart: a letter attached to it is of an abbreviation."""
_NOT_CLOSING: Final = "“«"
"""Quotes that open where these marks are used."""


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
    while j < most:
        if c == "[":
            n = citation(text, j)
            if n == j:
                break
            j = n
        elif c in CLOSERS and (c not in _NOT_CLOSING or (text[i] == "۔" and text[j + 1] in SPACES)):
            j += 1
        else:
            break
        c = text[j]
    if c in LINE_ENDS or c in _GOING_ON:
        return ~j
    if text[i] in "。！？｡" and _inside_brackets(text, cur.start, i, run, j):
        return ~j
    if j > run and (text[i - 1] in OPENERS or text[j - 1] in "》〉"):
        return ~j  # the mark itself in quotes, or the title of something
    if j > run and text[j - 1] not in "）]":
        whole = cur.head(i)[:1] in OPENERS  # the sentence began with the quotation
        if takes_up(text, j) or is_said_there(text, j, anyone=whole):
            return ~j
    if c >= FIRST_EMOJI and takes_emoji(cur, i, j):
        j = run = emoji_end(text, j)
        c = text[j]
        if c in LINE_ENDS:
            return ~j
    if c not in SPACES:
        return ~j if text[i] in _SPACED and c.isalpha() else j
    k = j + 1
    x = text[k]
    while x in SPACES and k < j + MOST_WHITE:
        k += 1
        x = text[k]
    if x >= FIRST_EMOJI and takes_emoji(cur, i, k) and (n := beside(text, k)) > k:
        k = n
        x = text[k]
        while x in SPACES and k < n + MOST_WHITE:
            k += 1
            x = text[k]
    if x in LINE_ENDS:
        return ~k
    if j > run and (text[first_letter(text, k)].islower() or is_said(text, k)):
        return ~j
    return k


def _inside_brackets(text: str, start: int, i: int, run: int, j: int) -> bool:
    """Whether the mark stands inside 「」, 《》 or （） that were opened not long before."""
    low = max(start, i - MOST_BRACKETED)
    if _OPENING.search(text, low, i) is None:
        return False
    for opening, closing in BRACKETS:
        at = text.rfind(opening, low, i)
        if at >= 0 and text.find(closing, at, i) < 0 and closing not in text[run:j]:
            return True
    return False
