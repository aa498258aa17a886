"""What ends sentences in one script only: Greek and Armenian marks, Korean laughter."""

from __future__ import annotations

from typing import Final

from ._chars import LINE_ENDS, SPACES
from ._closers import MOST_CLOSERS, begins, first_letter
from ._cursor import Cursor
from ._emoji import decide_emoticon
from ._end_marks import MOST_WHITE, decide_mark
from .tables import Tables

LAUGHTER: Final = "ㅋㅎㅠㅜ"
"""Laughing and weeping, as Koreans write it instead of a mark."""
_VERBS_END: Final = frozenset("요다어아지네죠까야니해래게군걸워와져려라자봐돼데임음함됨")
"""How the last word of a Korean sentence ends."""


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


def decide_laughter(cur: Cursor, i: int, _tables: Tables) -> int:
    """The verdict on ``ㅋㅋ`` and ``ㅠㅠ`` behind a verb: they end a sentence, as a full stop does."""
    text = cur.text
    j = i + 1
    while text[j] in LAUGHTER and j < i + MOST_CLOSERS:
        j += 1
    if j == i + 1 or text[j] not in SPACES:
        return ~j
    before = text[i - 2] if text[i - 1] == " " else text[i - 1]
    if before not in _VERBS_END or cur.first(i) >= i - 1:
        return ~j
    k = j + 1
    while text[k] in SPACES and k < j + MOST_WHITE:
        k += 1
    if text[k] in LINE_ENDS:
        return ~k
    return k if begins(text[first_letter(text, k)]) else ~j
