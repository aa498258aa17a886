"""Marks that may end a sentence: what goes with them, and what has to follow.

The order of reading: the run of marks (``?!``, ``...``), the closers attached to it (``."**``,
``[1]``), white space, openers, and the first significant character.  That character decides, but
for a single dot, where the word before it may ask for the word after it (`_abbreviations`).
"""

from __future__ import annotations

from typing import Final

from ._abbreviations import dot_ends
from ._chars import (
    CJK_QUOTE_ENDS,
    CLOSERS,
    FIRST_EMOJI,
    LINE_ENDS,
    QUOTE_ENDS,
    RUN,
    SPACES,
    TICKS,
    closes,
    is_cjk,
    is_symbol,
)
from ._closers import all_dots, begins, beside, closers, first_letter
from ._cursor import Cursor
from ._following_word import is_starter, next_word
from ._lowercase_starts import small_begins
from ._reporting_verbs import STYLES, TITLES, is_particle, is_said
from .tables import Tables, words

MOST_MARKS: Final = 32
MOST_WHITE: Final = 32

_BRANDS: Final = words("yahoo jeopardy kahoot yum")
_FORMS: Final = words("Inc Ltd Corp LLC")
_FORMS_BEGIN: Final = "ILC"


def decide_mark(cur: Cursor, i: int, tables: Tables) -> int:
    """The verdict on the mark at *i*: one of . ! ? … and their like."""
    text = cur.text
    run = j = i + 1
    c = text[j]
    if c == " " and text[j + 1].isalpha() and text[j + 1] != "x":
        # most often: nothing is attached, and a word follows
        return _word_follows(cur, i, run, j, j + 1, j + 1, tables)
    while c in RUN and j < i + MOST_MARKS:
        j += 1
        c = text[j]
    run = j
    if c in CLOSERS or c in "[【<^":
        j = closers(text, j)
        c = text[j]
    if c >= FIRST_EMOJI and c not in SPACES:
        n = beside(text, j)
        if n > j:
            j = n
            c = text[j]
    if c not in SPACES:
        if c in LINE_ENDS:
            return ~j
        return _unspaced(cur, i, run, j, tables)
    k = j + 1
    x = text[k]
    if x in "»”" and (text[k + 1] in SPACES or text[k + 1] in "\n.,;)\0"):
        # French: « Oui. » Puis; but not German: Ja. »Nein
        j = k + 1
        c = text[j]
        if c not in SPACES:
            return ~j
        k = j + 1
        x = text[k]
    while x in SPACES and k < j + MOST_WHITE:
        k += 1
        x = text[k]
    if x in "[【:;=<(x^\\" or (x >= FIRST_EMOJI and takes_emoji(cur, i, k)):
        n = beside(text, k)
        if n > k:
            # "It works." [4] Later
            j = k = n
            x = text[k]
            while x in SPACES and k < n + MOST_WHITE:
                k += 1
                x = text[k]
    if x in LINE_ENDS:
        return ~k  # the line break decides
    if x == "." and run == i + 1 and text[i] == ".":
        return _spaced_dots(cur, i, k, tables)
    if x == "…" and text[run - 1] == x:
        return ~j
    p = first_letter(text, k)
    x = text[p]
    if x in LINE_ENDS:
        return ~j
    single = run == i + 1 and text[i] == "."
    if x.isalpha():
        return _word_follows(cur, i, run, j, k, p, tables)
    if x in ".…":
        # "he left. ...and then": an ellipsis opens a sentence
        if single and (x == "…" or (text[p + 1] == "." and text[p + 2] == ".")):
            return k if dot_ends(cur, i, p, tables) else ~j
        if text[run - 1] in "!?" and text[p + 1] == "." and text[p + 2] == ".":
            return k
        return ~j
    if not begins(x) or (x == "&" and text[p + 1] == " ") or (x == "\\" and text[p + 1] in ")]"):
        return ~j
    return _sentence_follows(cur, i, run, j, k, p, tables)


def takes_emoji(cur: Cursor, i: int, k: int) -> bool:
    """Whether an emoji stands at *k* that belongs to the sentence which the mark at *i* ends.

    So does a tick behind the result of a calculation.
    Behind a full stop it does not where the sentence began with one: then they mark what comes after them.
    """
    text = cur.text
    if not closes(text[k]) and not (text[k] in TICKS and text[i - 1].isdecimal()):
        return False
    first = cur.first(i)
    return text[i] in "!?！？" or first < 0 or not is_symbol(text[first])


def _word_follows(cur: Cursor, i: int, run: int, j: int, k: int, p: int, tables: Tables) -> int:
    """The verdict on the mark at *i* whose closers end at *j*, before the letter at *p*."""
    text = cur.text
    x = text[p]
    if x.islower() and not (text[p - 1] in "'’" and text[p + 1] == " " and text[p + 2].isupper()):
        # but for 's Avonds and 't Is in Dutch
        return k if small_begins(cur, i, run, j, p, tables) else ~j
    if not x.isupper():
        quoted = j > run and text[j - 1] in QUOTE_ENDS
        if is_particle(text, p) or (quoted and is_said(text, p)):
            return ~j
    return _sentence_follows(cur, i, run, j, k, p, tables)


def _sentence_follows(cur: Cursor, i: int, run: int, j: int, k: int, p: int, tables: Tables) -> int:
    """The verdict on the mark at *i* before *p*, which may begin a sentence."""
    text = cur.text
    if run == i + 1 and text[i] == ".":
        return k if dot_ends(cur, i, p, tables) else ~j
    if all_dots(text, i, run) and run - i <= 3 and (run - i != 2 or text[i] == "…"):
        return k if _ellipsis_ends(cur, i, run, p) else ~j
    if text[run - 1] == ".":
        return k
    return k if _strong_ends(cur, i, j, p, tables) else ~j


def _unspaced(cur: Cursor, i: int, run: int, j: int, tables: Tables) -> int:
    """No white space follows: ``world.Today is``, ``好吗?好``; and most often nothing at all."""
    text = cur.text
    c = text[j]
    if c.islower():
        return ~j
    before = text[i - 1]
    if is_cjk(c) or (c.isdecimal() and is_cjk(before)):
        if text[i] in "?!" and (is_cjk(before) or before in CJK_QUOTE_ENDS):
            return j
        return ~j
    if is_symbol(c) and text[run - 1] != "." and not all_dots(text, i, run):
        return j
    if c == "<" and text[j + 1].isalpha() and before.isalpha() and text[run - 1] != ".":
        return j
    if not c.isupper() or (j > i + 1 and text[j - 1] in "'’"):
        return ~j
    if all_dots(text, i, run) or j != run:
        return ~j
    q = i
    while q > cur.start and q > i - 24 and text[q - 1].isalnum():
        q -= 1
    word = text[q:i]
    if len(word) < 2 or text[q - 1] in "./@:=\\_#-&?(`":
        return ~j
    number = word.isdecimal()
    if not number and not (word.isalpha() and word[1:].islower()):
        return ~j
    found = next_word(text, j)
    after = text[j + len(found)]
    if after == "." and text[j + len(found) + 1] in SPACES:
        return j if found in TITLES else ~j
    if not found or after not in SPACES:
        return ~j
    if text[i] != ".":
        return j
    if len(found) <= 2 and word[0].isupper():
        return ~j
    return j if is_starter(text, j, tables) else ~j


def _spaced_dots(cur: Cursor, i: int, k: int, tables: Tables) -> int:
    """A dot, white space, and a dot: ``. . .``, one token of three dots or four."""
    text = cur.text
    n = k
    dots = 1
    while text[n] == "." and dots < 8:
        dots += 1
        n += 1
        if text[n] != " ":
            break
        n += 1
    if dots == 2 and text[n] == "." and text[n + 1] == "." and text[n + 2].isalpha():
        # "he left. ...and then"
        return k if dot_ends(cur, i, n + 2, tables) else ~(n + 2)
    if text[n - 1] == ".":
        # the last dot is attached to what follows: `. . . .”`, or `. .NET`
        if dots == 2 and text[n].isalnum():
            return k if text[i - 1].isalnum() else ~k
        return ~closers(text, n)
    x = text[first_letter(text, n)]
    attached = text[i - 1] not in SPACES and text[i - 1] != "\n" and cur.first(i) != i
    if not (x.isupper() or x.isdecimal() or (x.isalpha() and not x.islower())):
        return ~n
    if dots >= 4:
        return k if attached else n
    if dots == 3 and x == "I" and text[first_letter(text, n) + 1] in " '’":
        return ~n
    return n if dots >= 3 and cur.first(i) != i else ~n


def _ellipsis_ends(cur: Cursor, i: int, run: int, p: int) -> bool:
    """Whether three dots end a sentence before *p*, which is no small letter."""
    text = cur.text
    x = text[p]
    if x.isdecimal() or (text[i - 1] in SPACES and not x.isupper()):
        return False
    if text[i - 1] in "[(" and text[run] in "])":
        return False
    if cur.first(i) == i or (text[i - 1] == "و" and text[i - 2] in SPACES):
        return False  # and so on, in Persian
    return not (x == "I" and (text[p + 1] in SPACES or text[p + 1] in "'’"))


def _strong_ends(cur: Cursor, i: int, j: int, p: int, tables: Tables) -> bool:
    """Whether ``!`` or ``?`` ends a sentence before *p*, which is no small letter."""
    text = cur.text
    x = text[p]
    if j > i + 1 and text[p - 1] == "(" and text[p + 4] == ")" and text[p : p + 4].isdecimal():
        return False  # the year of something whose title ends so
    if not x.isupper() and not x.isalpha():
        return text[i - 1] not in SPACES or x not in "=&"
    if not x.isupper():
        return True
    quoted = j > i + 1 and text[j - 1] in QUOTE_ENDS
    if x in _FORMS_BEGIN and next_word(text, p) in _FORMS:
        return False  # Guess? Inc.
    q = i
    while q > cur.start and q > i - 12 and text[q - 1].isalpha():
        q -= 1
    if i - q >= 3 and text[q:i].lower() in _BRANDS:
        return next_word(text, p) in tables.starters
    if not quoted:
        return True
    follower = next_word(text, p)
    return not ((follower not in tables.starters or follower in STYLES) and is_said(text, p))
