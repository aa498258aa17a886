"""A word of a behaviour class before a dot, and what has to follow for the sentence to end there."""

from __future__ import annotations

from typing import Final

from ._chars import CURRENCY, DASHES, SPACES
from ._cursor import Cursor
from ._following_word import is_roman, is_starter, next_word, opens
from .tables import Tables, words
from .tables._classes import END, MAYBE, NEVER, NUMBER, TIME, UNIT, WORD

_SCALES: Final = words(
    "sq. cu. кв. куб. mio. mrd. mil. mill. mln. mld. tis. tys. тыс. тис. млн. млрд. Mio. Mrd."
)
_PER: Final = words("per pro par por je")
_FIRMS: Final = words("inc ltd co corp llc plc llp bros jr sr")
_STREETS: Final = words("St Ave Rd Blvd Dr Ln Ct Sq Hwy Pkwy Terr")
"""Words that may also begin a name: "St. Petersburg is", but "Main St. Parking is free"."""
_BEFORE_TIME: Final = words("at by around before after from between until till since about past")
_MONTHS: Final = words(
    "jan feb mar apr jun jul aug sep sept oct nov dec mär okt dez janv févr avr juil déc abr ago dic "
    "giu lug ott fev mrt"
)
_AFTER_TIME: Final = words(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun EST EDT "
    "CST CDT MST MDT PST PDT ET CT MT PT GMT UTC CET CEST BST IST JST AEST January February March "
    "April May June July August September October November December Eastern Pacific Central"
)


def _is_zone(text: str, q: int) -> bool:
    """Whether the word before *q* is a zone, as in London time."""
    return text[q] == " " and text[q + 1] == "t" and next_word(text, q + 1) == "time"


def class_ends(
    cur: Cursor, i: int, p: int, word: str, before: str, kind: int, tables: Tables
) -> bool:
    """The verdict on a word of a behaviour class."""
    text = cur.text
    if kind == NEVER:
        return False
    x = text[p]
    if kind != END and text[p - 1] in SPACES and text[p - 2] in DASHES:
        return False  # 4 p.m. – Take the tram
    if x.isdecimal() and text[p - 1] == "(":
        return False  # et al. (2019)
    if (
        kind == UNIT
        and x.isupper()
        and (before[-1:].isdecimal() or before in _SCALES or before in _PER)
    ):
        return True
    if kind == END:
        return True
    if kind in {MAYBE, UNIT}:
        if not x.isalpha():
            return False
        if is_starter(text, p, tables):
            return True
        street = (before.isalpha() and before[0].isupper()) or before[:1].isdecimal()
        firm = word.lower() in _FIRMS or (word in _STREETS and street)
        if word in _STREETS and not firm:
            return False  # St. Helens
        return opens(text, p, firm=firm)
    if kind == TIME:
        return _time_ends(cur, i, p, word, before, tables)
    if x.isdecimal() or x in "§#№" or (kind == NUMBER and x in CURRENCY):
        return False
    alone = cur.first(i) == i - len(word)
    if x.isupper():
        if word.lower() in _MONTHS:
            return _opens_after_month(text, p)
        if kind == WORD and (alone or text[p + 1].islower()):
            return True
        follower = next_word(text, p)
        numeral = len(follower) == 1 or (len(follower) < 6 and is_roman(follower))
        if kind == WORD:
            return not numeral or (follower in tables.starters and text[p + 1] in SPACES)
        if numeral:
            return False
        return is_starter(text, p, tables)
    return kind == WORD


def _opens_after_month(text: str, p: int) -> bool:
    """Whether the capitalised word at *p* opens a sentence: any but another month and initials."""
    follower = next_word(text, p)
    if len(follower) < 2:
        return False
    return follower.lower() not in _MONTHS or text[p + len(follower)] != "."


def _time_ends(cur: Cursor, i: int, p: int, word: str, before: str, tables: Tables) -> bool:
    """``p.m.`` and "1990 г.": the sentence may go on with a name or a zone."""
    text = cur.text
    if not text[p].isalpha():
        return not text[p].isdecimal()
    if "." not in word and not before[-1:].isdecimal() and not is_roman(before):
        return is_starter(text, p, tables)  # г. Москва
    follower = next_word(text, p)
    if follower in _AFTER_TIME:
        return False
    opening = cur.head(i).split(None, 5)
    if opening and opening[0].lower() in _BEFORE_TIME and len(opening) <= 5:
        return False
    if is_starter(text, p, tables):
        return True
    end = p + len(follower)
    if text[end] == ":" and text[end + 1] in SPACES:
        return True  # 6:45 p.m. Gate: B12
    return len(opening) > 4 and not _is_zone(text, end)
