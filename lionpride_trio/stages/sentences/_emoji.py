"""Emoji and emoticons instead of a full stop, as in "Great job 🎉 Go on"."""

from __future__ import annotations

from typing import Final

from ._block_lines import ITEM
from ._chars import LINE_ENDS, SPACES
from ._closers import emoticon
from ._cursor import KEPT, Cursor
from ._following_word import begins_small, is_starter, next_word
from ._lowercase_starts import CHAT_OPENERS
from ._markers import decide_marker
from .tables import Tables

FIRST: Final = "\U0001f300"
LAST: Final = "\U0001faff"
_HEARTS: Final = ("\U0001f493", "\U0001f49f")  # I 💙 The Beatles
_FACES: Final = (
    ("\U0001f600", "\U0001f64f"),
    ("\U0001f90d", "\U0001f92f"),
    ("\U0001f970", "\U0001f97a"),
)
MOST_WHITE: Final = 8
_JOINED: Final = "\u200d\ufe0f"
MOST_EMOJI: Final = 16
LONGEST_MARKER: Final = 8


def decide_emoji(cur: Cursor, i: int, tables: Tables) -> int:
    """The verdict on the emoji at *i*: it ends a sentence before a word that opens sentences."""
    text = cur.text
    j = i + 1
    c = text[j]
    while (FIRST <= c <= LAST or c in _JOINED) and j < i + MOST_EMOJI:
        j += 1
        c = text[j]
    if c not in SPACES or _is_first(cur, i) or _HEARTS[0] <= text[i] <= _HEARTS[1]:
        return ~j
    if text[i - 1] not in SPACES and not text[i - 1].isalnum():
        return ~j
    k = j + 1
    while text[k] in SPACES and k < j + 8:
        k += 1
    x = text[k]
    face = any(first <= text[i] <= last for first, last in _FACES)
    if x.islower():
        # "i love pizza 🍕 and beer": what is no face may stand within a sentence
        ends = begins_small(cur, i) and (face or next_word(text, k) in CHAT_OPENERS)
    elif x.isupper():
        ends = is_starter(text, k, tables)
    else:
        ends = face and (x.isalpha() or x in "¿¡")
    return k if ends else ~j


def _is_first(cur: Cursor, i: int) -> bool:
    """Whether nothing but the marker of an item is before *i* in its sentence."""
    first = cur.first(i)
    if first < 0 or i - first > LONGEST_MARKER:
        return False
    found = ITEM.match(cur.text, first)
    return first == i or (found is not None and found.end() == i)


def decide_bracket(cur: Cursor, i: int, tables: Tables) -> int:
    """The verdict on ``)``: the mouth of ``=)``, a smile without eyes as Russians write it, or a marker's."""
    text = cur.text
    before = text[i - 1]
    if before == "=":
        verdict = decide_emoticon(cur, i - 1)
        return verdict if verdict > i else ~(i + 1)
    if not "а" <= before <= "ї":
        return decide_marker(cur, i, tables)
    j = i + 1
    while text[j] == ")" and j < i + MOST_EMOJI:
        j += 1
    if text[j] != " " or cur.first(i) >= i - 1:
        return decide_marker(cur, i, tables)
    opened = text.rfind("(", max(cur.start, i - KEPT + MOST_EMOJI), i) >= 0
    return ~j if opened or not text[j + 1].isupper() else j + 1


def decide_emoticon(cur: Cursor, i: int) -> int:
    """The verdict on ``:)`` and ``<3`` behind a word: it ends a sentence, as a full stop does."""
    text = cur.text
    j = emoticon(text, i)
    if j == i or text[j] in LINE_ENDS or cur.first(i) >= i - 1:
        return ~max(j, i + 1)
    if text[i - 1] not in SPACES or not text[i - 2].isalnum():
        return ~j
    k = j + 1
    while text[k] in SPACES and k < j + MOST_WHITE:
        k += 1
    x = text[k]
    return k if x.isupper() or (x.islower() and begins_small(cur, i)) else ~j
