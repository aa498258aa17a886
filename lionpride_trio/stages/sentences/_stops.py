"""Marks that may end a sentence: what goes with them, and what has to follow.

The order of reading: the run of marks (``?!``, ``...``), the closers attached to it (``."**``,
``[1]``), white space, openers, and the first significant character.  That character decides, but
for a single dot, where the word before it may ask for the word after it (`_words`).
"""

from __future__ import annotations

from typing import Final

from ._chars import (
    CJK_QUOTE_ENDS,
    CLOSERS,
    CURRENCY,
    DASHES,
    LINE_ENDS,
    OPENERS,
    RUN,
    SPACES,
    STARTING_SIGNS,
    is_cjk,
    is_symbol,
)
from ._cursor import Cursor
from ._next import begins_small, next_word
from ._words import dot_ends
from .tables import Tables, words
from .tables._classes import END, UNIT, WORD

MOST_MARKS: Final = 64
MOST_CLOSERS: Final = 24
MOST_WHITE: Final = 64
MOST_OPENERS: Final = 12

_QUOTE_ENDS: Final = frozenset("\"'”’»“«")
_CHAT_STARTERS: Final = words(
    "i i'm i've i'll i'd im you you're we we're they they're there there's it it's its he she this "
    "these what what's how why but"
)
_BRANDS: Final = words("yahoo jeopardy kahoot yum")
_TITLES: Final = words("Mr Mrs Ms Dr Prof Hr Fr Sr Sra Sig Mme")
_SAYING: Final = words(
    "said says asked asks replied replies shouted shouts cried cries whispered exclaimed answered "
    "yelled added called screamed murmured muttered told wondered repeated laughed sagte fragte "
    "rief antwortete schrie meinte"
)


def letters_after(text: str) -> bool:
    """Whether *text* is words and nothing else."""
    return all(word.strip(",").isalpha() for word in text.split())


def decide_mark(cur: Cursor, i: int, tables: Tables) -> int:
    """The verdict on the mark at *i*: one of . ! ? … and their like."""
    text = cur.text
    j = i + 1
    c = text[j]
    while c in RUN and j < i + MOST_MARKS:
        j += 1
        c = text[j]
    run = j
    if c in CLOSERS or c in "[<":
        j = closers(text, j)
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
    if x in LINE_ENDS:
        return ~k  # the line break decides
    if x == "." and run == i + 1 and text[i] == ".":
        return _spaced_dots(cur, i, k, tables)
    p = first_letter(text, k)
    x = text[p]
    if x in LINE_ENDS:
        return ~j
    single = run == i + 1 and text[i] == "."
    if x.islower():
        return k if _small_begins(cur, i, run, j, p, tables) else ~j
    if x in ".…":
        # "he left. ...and then": an ellipsis opens a sentence
        if single and (x == "…" or (text[p + 1] == "." and text[p + 2] == ".")):
            return k if dot_ends(cur, i, p, tables) else ~j
        if text[run - 1] in "!?" and text[p + 1] == "." and text[p + 2] == ".":
            return k
        return ~j
    if not begins(x):
        return ~j
    if single:
        return k if dot_ends(cur, i, p, tables) else ~j
    if all_dots(text, i, run) and run - i <= 3:
        return k if _ellipsis_ends(cur, i, run, p) else ~j
    if text[run - 1] == ".":
        return k
    return k if _strong_ends(cur, i, j, p, tables) else ~j


def closers(text: str, j: int) -> int:
    """The end of the closers at *j*: quotes, brackets, emphasis, ``[1]``, ``</b>``."""
    most = j + MOST_CLOSERS
    while j < most:
        c = text[j]
        if c in CLOSERS:
            j += 1
        elif c == "[":
            n = j + 1
            while n < j + 12 and (text[n].isdecimal() or text[n] in ", -–^"):
                n += 1
            if text[n] != "]" or n == j + 1:
                break
            j = n + 1
        elif c == "<" and text[j + 1] == "/":
            n = j + 2
            while n < j + 16 and text[n].isalnum():
                n += 1
            if text[n] != ">":
                break
            j = n + 1
        else:
            break
    return j


def first_letter(text: str, k: int) -> int:
    """Where the next sentence has its first significant character, after openers and a dash."""
    p = k
    x = text[p]
    while x in OPENERS and p < k + MOST_OPENERS:
        p += 1
        x = text[p]
    if x in DASHES:
        p += 1
        x = text[p]
        while x in DASHES and p < k + MOST_OPENERS:
            p += 1
            x = text[p]
    if x in SPACES and p > k:
        p += 1
    return p


def begins(x: str) -> bool:
    """Whether a sentence can begin with *x*, which is no small letter."""
    return x.isalnum() or x in STARTING_SIGNS or x in CURRENCY or x in "•⁃" or is_symbol(x)


def all_dots(text: str, i: int, run: int) -> bool:
    """Whether the run of marks is an ellipsis or dots only."""
    return all(text[n] in ".…" for n in range(i, run)) and (run - i > 1 or text[i] == "…")


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
        return j if found in _TITLES else ~j
    if not found or after not in SPACES:
        return ~j
    if text[i] != ".":
        return j
    return j if found in tables.starters and (len(found) > 2 or not word[0].isupper()) else ~j


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


def _small_begins(cur: Cursor, i: int, run: int, j: int, p: int, tables: Tables) -> bool:
    """Whether a sentence begins at the small letter at *p*."""
    text = cur.text
    if all_dots(text, i, run) or any(
        text[n] in _QUOTE_ENDS or text[n] == ")" for n in range(run, j)
    ):
        return False
    if begins_small(cur, i):
        return text[i] != "." or _is_plain(text, cur.start, i, tables)
    if text[p + 1].isupper() or text[p + 1].isdecimal():
        # iPhone, eBay, v2; after a word that is no abbreviation
        return text[i] != "." or text[max(cur.start, i - 4) : i].isalpha()
    # chat: "Any time tomorrow? there will be some"
    if text[i] == "." and not _is_ordinary(text, cur.start, i, tables):
        return False
    return next_word(text, p) in _CHAT_STARTERS


def _is_ordinary(text: str, start: int, i: int, tables: Tables) -> bool:
    """Whether a word of four small letters or more, which is no abbreviation, ends at *i*."""
    q = i
    while q > start and q > i - 24 and text[q - 1].islower():
        q -= 1
    return i - q >= 4 and text[q - 1] == " " and text[q:i] not in tables.classes


def _is_plain(text: str, start: int, i: int, tables: Tables) -> bool:
    """Whether a word of two letters or more, which is no abbreviation, ends at *i*; or a closer."""
    q = i
    while q > start and q > i - 24 and text[q - 1].islower():
        q -= 1
    if tables.classes.get(text[q:i], END) not in {END, UNIT, WORD}:
        return False
    q = max(start, i - 2)
    return text[q:i].isalnum() or text[i - 1].isdecimal() or text[i - 1] in CLOSERS


def _ellipsis_ends(cur: Cursor, i: int, run: int, p: int) -> bool:
    """Whether three dots end a sentence before *p*, which is no small letter."""
    text = cur.text
    x = text[p]
    if x.isdecimal():
        return False
    if text[i - 1] in "[(" and text[run] in "])":
        return False
    if cur.first(i) == i:
        return False
    return not (x == "I" and (text[p + 1] in SPACES or text[p + 1] in "'’"))


def _strong_ends(cur: Cursor, i: int, j: int, p: int, tables: Tables) -> bool:
    """Whether ``!`` or ``?`` ends a sentence before *p*, which is no small letter."""
    text = cur.text
    if not text[p].isupper():
        return text[i - 1] not in SPACES or text[p] not in "=&"
    q = i
    while q > cur.start and q > i - 12 and text[q - 1].isalpha():
        q -= 1
    if i - q >= 3 and text[q:i].lower() in _BRANDS:
        return next_word(text, p) in tables.starters
    if text[j - 1] in _QUOTE_ENDS and j > i + 1:
        # "Stop!" Anna shouted.
        name = next_word(text, p)
        if name and name not in tables.starters and text[p + len(name)] == " ":
            return next_word(text, p + len(name) + 1) not in _SAYING
    return True
