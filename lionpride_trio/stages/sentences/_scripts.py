"""Marks that end sentences in one script only: the Greek question mark, the Armenian full stop."""

from __future__ import annotations

from ._chars import SPACES
from ._cursor import Cursor
from ._emoji import decide_emoticon
from ._end_marks import decide_mark
from .tables import Tables


def ends_in_script(text: str, i: int) -> bool:
    """Whether the mark at *i* ends a sentence in the script of the letter before it."""
    before = text[i - 1]
    if text[i] == ";":
        return "\u0370" <= before <= "\u03ff" or "\u1f00" <= before <= "\u1fff"
    return "\u0531" <= before <= "\u0587"


def decide_scripted(cur: Cursor, i: int, tables: Tables) -> int:
    """The verdict on ``;``, ``:`` and ``։``."""
    if cur.text[i] == "։" or ends_in_script(cur.text, i):
        return decide_mark(cur, i, tables)
    if cur.text[i - 1] in SPACES:
        return decide_emoticon(cur, i)
    return ~(i + 1)
