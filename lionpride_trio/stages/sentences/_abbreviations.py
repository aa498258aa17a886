"""The word before a dot, and when it asks for the word after it."""

from __future__ import annotations

import re
from typing import Final

from ._behaviour import class_ends
from ._chars import CURRENCY
from ._cursor import Cursor
from ._following_word import is_roman, is_starter, opens
from ._initials_and_numbers import letter_ends, number_ends
from .tables import Tables, words
from .tables._classes import CONSONANTS, END, NEVER, NUMBER, WORD

LOOK_BACK: Final = 40

_SOUNDS: Final = words(
    "hm hmm hmmm mm mmm mhm sh shh shhh psst pst brr brrr grr grrr pfft pff tsk zzz nth tv pc cd dvd "
    "dj fm hd pm xd xx fc smrt smrť prst prsť krk vlk trh čtvrť štvrť čtvrt srst krb hrb krv trn drn vrch chrt hrst tvrz "
    "blb brb btw tbh thx pls plz http https html css sql php pdf www"
)
"""Words that are written without vowels, and end sentences."""
_LEADING: Final = "•⁃([{“\"'‘’«»„‚‹›*_~`¿¡<>|\u200f\u200e\ufeff"
_JOINERS: Final = re.compile(r"[-–—/'’(\[…|=+>]")
CAPITALS: Final = frozenset("ABCDEFGHIKLMNOPQRSTUVWXYZ")
"""Without J, since *44 av. J.-C.* goes on."""
_VOWELS: Final = frozenset("aeouy")
"""A word that ends in one is no *hst.* and no *Hauptstr.* before a number."""
_DEGREES: Final = words("dr drs prof mag dipl")
_SHOUTED: Final = words("mr mrs ms dr prof st jr sr inc ltd co corp no nos vs etc")
_BEFORE_NO: Final = words(
    "said say says saying or means answered replied oh simply of to him her me us you"
)
SHUT: Final = frozenset(')]"”’»%*_`')
"""What closes a word: no abbreviation is before the dot."""
_OKAY: Final = words("ok ок")
"""Abbreviations in Polish and Russian, but not at the beginning."""
_STREETS: Final = words("av bd bld blvd boul")
_TOWNS: Final = (
    "borg",
    "berg",
    "burg",
    "bjerg",
    "ing",
    "ung",
    "ång",
    "dag",
    "lag",
    "väg",
    "vej",
    "vang",
)


def dot_ends(cur: Cursor, i: int, p: int, tables: Tables) -> bool:
    """Whether the single dot at *i* ends a sentence.

    The next sentence would have its first significant character at *p*, and that is no small
    letter.
    """
    text = cur.text
    x = text[p]
    telling = x in CAPITALS or (x.isdecimal() and text[i - 1] in _VOWELS)
    if telling and is_ordinary_word(text, cur.start, i, tables):
        return True
    if x in CAPITALS and text[i - 1] in SHUT and i > cur.start:
        return True  # (called so), 3.25 %
    low = max(cur.start, i - LOOK_BACK)
    classes = tables.classes
    if text[i - 1].isalpha():
        q = text.rfind(" ", low, i)
        if q > low and is_title(text, low, q, i, tables):
            return False  # Dr. and e.g., most often
    if text[i - 1].isspace():
        return i > low  # "the end ."
    tail = text[low:i].rsplit(None, 2)
    if not tail:
        return False
    word = tail[-1]
    before = tail[-2] if len(tail) > 1 else ""
    if x.isalpha() and not x.isupper() and _is_initials(word):
        return False  # पी.एच.डी. की, 途中出場のJ. オコナー
    if word.isdecimal():
        return number_ends(cur, i, p, word, before, tables)
    if (x.isdecimal() or x in CURRENCY) and word[0] in "([" and len(word) <= 6:
        return False  # (est. 1912), (max. 40 dB)
    key = word.lower()
    if len(word) > 1 and word.isalpha():
        kind = classes.get(word)
        if kind is None and key != word:
            kind = classes.get(key)
            if kind is not None and word.isupper() and key not in _SHOUTED:
                kind = None
        if kind is None and not (
            len(word) < 6 and (word == key or word.istitle() or is_roman(word))
        ):
            if x.isdecimal() and (key.endswith("nr") or _is_street(word, tables)):
                return False  # ordernr. 3, Hauptstr. 5
            return x != "№" and (x != "§" or len(word) > 3)
    else:
        word = word.lstrip(_LEADING)
        key = word.lower()
        kind = classes.get(word) or classes.get(key)
        if kind is None and not word.isalnum() and _JOINERS.search(word):
            if word[-1].isalpha() and len(word) > 2 and word[-2] in "+-/=" and word[-3].isalnum():
                return True  # Ctrl+V, I/O
            whole, word = word, _JOINERS.split(word)[-1].lstrip(_LEADING)
            key = word.lower()
            if len(word) == 1 and whole[-2] in "'’":
                return True  # don't, cont'd
            kind = classes.get(word) or classes.get(key)
    if x.isdecimal():
        if kind is None and (_is_vowelless(word) or key.endswith("nr")):
            return before[-1:].isdecimal()  # hst. 2; but: 5 ms. 3 of them
        if _is_street(word, tables):
            return False  # Hauptstr. 5, Kungsg. 12
        if (key == "no" and before.lower() in _BEFORE_NO) or (key == "ok" and not before):
            return True  # He said no. 3 people left.
        if key == "pop" and before[-1:] == ",":
            return False  # a town, pop. 300
    if before and before[-1] == "." and len(word) <= 5 and len(before) <= 6:
        # "z. B.", "p. m.", "т. д."
        joined = before.lstrip(_LEADING).lower() + key
        kind = classes.get(joined, kind)
        if joined.count(".") == 1 and len(word) == 1 and len(joined) == 3 and kind is None:
            kind = NEVER if word.islower() else None
        if kind is None and word == key and before[:-1].lower() in _DEGREES:
            kind = NEVER  # Dr. med., Prof. dr.
    elif kind in {None, WORD, NUMBER} and before and len(key) <= 4:
        kind = classes.get(f"{before.lstrip(_LEADING).lower()}_{key}", kind)
    if not word:
        return True  # `**.`, `).`
    if x == "J" and text[p + 1] == "." and text[p + 2] == "-":
        return False  # 44 av. J.-C.
    if before[-1:] == "," and before[:-1].isdecimal() and word.islower() and kind in {NEVER, None}:
        return False  # au 5, av. Foch
    if key in _STREETS and before.isdecimal():
        return False  # au 14 av. Foch
    if key in _OKAY and not before:
        return x.isalpha()  # Ok. Let's go.
    if kind is not None and len(word) == 1:
        if "\u0600" <= word <= "\u06ff" and before[-1:].isdecimal():
            return x.isalpha()  # 10 in the morning, 5 metres
        listed = cur.first(i) == i - 1 or before.endswith((":", ";"))
        if word.isascii() and (listed or (kind == END and word.isupper())):
            kind = None  # a marker or an initial, also where the letter is a word: a in French
    if kind is not None:
        return class_ends(cur, i, p, word, before, kind, tables)
    if len(word) == 1 and word.isalpha():
        return letter_ends(cur, i, p, word, tail, tables)
    if word[0].isdecimal() and word.replace(",", "").replace(".", "").isdecimal():
        return number_ends(cur, i, p, word, before, tables)
    if "." in word and word[0].isalpha():
        parts = word.split(".")
        if all(len(part) == 1 and part.isalpha() for part in parts) or _is_degree(parts):
            return not x.isdecimal() and (
                is_starter(text, p, tables) or opens(text, p, firm=word.islower())
            )
    if text[p] == "§" and len(word) <= 3:
        return False  # gem. § 5
    first = cur.first(i)
    if first == i - len(word) and _is_label(word):
        return False
    if is_roman(word):
        if before[:1].isupper() and len(word) > 1 and is_starter(text, p, tables):
            return True  # Thutmosis III. Die
        return not tables.ordinals and first != i - len(word)
    if len(word) > 1 and not word.strip("ivx"):
        return before[-1:].isalnum()  # ii. Pour the water
    return True


def is_ordinary_word(text: str, start: int, i: int, tables: Tables) -> bool:
    """Whether the word before *i* is in no table and looks like no abbreviation.

    Most words are so.  What else `dot_ends` asks would say so, too, at five times the cost.
    """
    q = text.rfind(" ", start, i) + 1
    if q == 0:
        return False  # the first word of its sentence
    word = text[q:i]
    return (
        word.isalpha()
        and word[1:].islower()
        and word not in tables.special
        and text[q - 2] != "."
        and word[-1] not in "ivx"  # a numeral
    )


def is_title(text: str, low: int, q: int, i: int, tables: Tables) -> bool:
    """Whether the dot at *i* plainly ends no sentence, whatever follows: that of Mr. and e.g.

    A space is at *q*, before the word.  With an abbreviation before it, it may be part of another one.
    """
    word = text[q + 1 : i]
    if word not in tables.never:
        return False
    if text[q - 1] != ".":
        return True
    before = text[text.rfind(" ", low, q) + 1 : q]
    return before[:-1].isalpha() and before.lower() + word.lower() not in tables.classes


def _is_label(word: str) -> bool:
    """Whether *word* counts something, as Q1 and 제1장 do."""
    if word[0] == "제":
        return word[-1] in "장절조항편부" and word[1:-1].isdecimal()
    return len(word) < 4 and word[0].isupper() and word[1:].isdecimal()


def _is_degree(parts: list[str]) -> bool:
    """Whether this is like Ph.D, B.Sc, M.Ed."""
    return (
        len(parts) == 2
        and max(map(len, parts)) <= 2
        and all(part.isalpha() and part[0].isupper() for part in parts)
    )


def _is_initials(word: str) -> bool:
    """Whether *word* is letters with dots, or ends in a capital, in a script without capitals."""
    if "." in word:
        return all(0 < len(part) < 5 and not part.isdecimal() for part in word.split("."))
    return len(word) > 1 and word[-1].isupper() and word[-2] > "\u02ff"


def _is_vowelless(word: str) -> bool:
    """Whether *word* can be no word: zw, hst, szt, Dl; but not TV or mm."""
    small = word.lower()
    return (
        1 < len(word) < 6
        and not word[1:].isupper()
        and CONSONANTS.issuperset(small)
        and small not in _SOUNDS
    )


def _is_street(word: str, tables: Tables) -> bool:
    """Whether *word* is the name of a street cut short: Hauptstr, Kungsg; but not Göteborg."""
    return (
        word[:1].isupper()
        and word.endswith(tables.street_ends)
        and (word[-1] != "g" or (len(word) > 4 and not word.endswith(_TOWNS)))
    )
