"""The word before a dot, and when it asks for the word after it."""

from __future__ import annotations

import re
from typing import Final

from ._cursor import Cursor
from .tables import Tables
from .tables._classes import END, MAYBE, NEVER, TIME, UNIT, WORD

LONGEST_WORD: Final = 24
LOOK_BACK: Final = 40

_LEADING: Final = "•⁃([{“\"'‘’«»„‚‹›*_~`¿¡<>|\u200f\u200e\ufeff"
_JOINERS: Final = re.compile(r"[-–—/'’(\[…|=+>]")
_ROMAN: Final = re.compile(r"[IVXLCDM]+\Z")
_FIRST: Final = re.compile(
    r"(?:[-*+>#•⁃–][ \t]+|\(?[0-9]{1,4}[.)]+[ \t]+|[a-zA-Z][.)][ \t]+|<[^<>]*>|\[[ xX]\]|[\"'“‘«„(\[*_~\s>])*"
)
_LETTERED: Final = frozenset(
    "vitamin vitamins hepatitis option options plan type group grade class part section appendix "
    "exhibit figure table column row step phase schedule point choice answer question item team "
    "version variable letter drive route line block zone level unit room gate plate size score "
    "is equals be was called are generation stage scenario case category factor x y z and or versus "
    "gruppe typ klasse teil anhang punkt plan tipo parte grupo opción groupe partie annexe".split()
)
_NAME_PARTS: Final = frozenset("and or".split())
_IN_NAMES: Final = frozenset(
    "Will May More So An Do Long In On My Van Von Vom Zu Zum Zur De Del Della Des Du Di Da Das Dos "
    "Den Der Die La Le Les Los Las El Al Ben See Ten Ter Te To Hans Kan Li Lo No Y I A E O Em Am "
    "Gli Mein Day You Her His Like Own Go Be Use Put Come Keep Try Look Take Never Every".split()
)
_SHOUTED: Final = frozenset("mr mrs ms dr prof st jr sr inc ltd co corp no nos vs etc".split())
_NEVER_FIRST: Final = frozenset({"Chr"})
_BEFORE_TIME: Final = frozenset(
    "at by around before after from between until till since about past".split()
)
_AFTER_TIME: Final = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun EST EDT "
    "CST CDT MST MDT PST PDT ET CT MT PT GMT UTC CET CEST BST IST JST AEST January February March "
    "April May June July August September October November December Eastern Pacific Central".split()
)


def next_word(text: str, p: int) -> str:
    """The word that begins at *p*, with its apostrophes; nothing if it is longer than words are."""
    q = p
    c = text[q]
    while c.isalpha() or (c in "'’" and q > p):
        q += 1
        if q > p + LONGEST_WORD:
            return ""
        c = text[q]
    return text[p:q]


def month(text: str, p: int, tables: Tables) -> str:
    """The month, or other noun that is counted, at *p*; known to be none as early as possible."""
    q = p + 1
    while text[p:q] in tables.month_prefixes:
        if not text[q].isalpha():
            return text[p:q] if text[p:q] in tables.months else ""
        q += 1
    return ""


def is_starter(text: str, p: int, tables: Tables) -> bool:
    """Whether a word that opens sentences begins at *p*."""
    word = next_word(text, p)
    starters = tables.starters
    if word not in starters:
        if word in tables.weak_starters:
            # Die, La: a particle of a name, unless an ordinary word follows
            q = p + len(word)
            return text[q] == " " and text[q + 1].islower()
        if "'" not in word and "’" not in word:
            return False
        word = word.replace("’", "'")
        if word not in starters and word.split("'", 1)[0] not in starters:
            return False
    # "I." and "A." are initials
    return len(word) > 1 or text[p + 1] != "."


def begins_small(cur: Cursor, i: int) -> bool:
    """Whether the sentence that the mark at *i* may end began with a small letter."""
    head = cur.head(i)
    found = _FIRST.match(head)
    at = 0 if found is None else found.end()
    return head[at : at + 1].islower() and not head[at + 1 : at + 2].isupper()


def dot_ends(cur: Cursor, i: int, k: int, p: int, tables: Tables) -> bool:
    """Whether the single dot at *i* ends a sentence.

    The next sentence would begin at *k*, its first significant character is at *p*, and that is
    no small letter.
    """
    text = cur.text
    low = max(cur.start, i - LOOK_BACK)
    if text[i - 1].isspace():
        return i > low  # "the end ."
    tail = text[low:i].rsplit(None, 2)
    if not tail:
        return False
    word = tail[-1]
    classes = tables.classes
    key = word.lower()
    if len(word) > 1 and word.isalpha():
        kind = classes.get(word)
        if kind is None and key != word:
            kind = classes.get(key)
            if kind is not None and word.isupper() and key not in _SHOUTED:
                kind = None
        if kind is None and not (len(word) < 6 and len(tail) > 1 and word == key):
            return text[p] != "№"
    else:
        word = word.lstrip(_LEADING)
        key = word.lower()
        kind = classes.get(word) or classes.get(key)
        if kind is None and not word.isalnum() and _JOINERS.search(word):
            if word[-1].isalpha() and len(word) > 2 and word[-2] in "+-/=" and word[-3].isalnum():
                return True  # Ctrl+V, I/O
            word = _JOINERS.split(word)[-1].lstrip(_LEADING)
            key = word.lower()
            kind = classes.get(word) or classes.get(key)
    before = tail[-2] if len(tail) > 1 else ""
    if before and before[-1] == "." and len(word) <= 5 and len(before) <= 6:
        # "z. B.", "p. m.", "т. д."
        joined = before.lstrip(_LEADING).lower() + key
        kind = classes.get(joined, kind)
        if joined.count(".") == 1 and len(word) == 1 and len(joined) == 3 and kind is None:
            kind = NEVER if word.islower() else None
        if kind is None and word == key and classes.get(before[:-1].lower()) == NEVER:
            kind = NEVER  # Dr. med., Prof. dr.
    elif kind is None and before and len(key) <= 3:
        kind = classes.get(f"{before.lstrip(_LEADING).lower()}_{key}")
    if not word:
        return True  # `**.`, `).`
    if kind is not None:
        return _class_ends(cur, i, p, word, before, kind, tables)
    if len(word) == 1 and word.isalpha():
        return _letter_ends(cur, i, p, word, tail, tables)
    if word[0].isdecimal() and word.replace(",", "").replace(".", "").isdecimal():
        return _number_ends(cur, i, p, word, before, tables)
    if "." in word and word[0].isalpha():
        parts = word.split(".")
        if all(len(part) == 1 and part.isalpha() for part in parts):
            return not text[p].isdecimal() and is_starter(text, p, tables)
        if len(parts) == 2 and len(parts[0]) <= 2 and len(parts[1]) <= 2 and parts[0].istitle() and parts[1].isalpha() and not parts[1].islower():
            return not text[p].isdecimal() and is_starter(text, p, tables)
    return not (_ROMAN.match(word) and cur.first(i) == i - len(word))


def _class_ends(
    cur: Cursor, i: int, p: int, word: str, before: str, kind: int, tables: Tables
) -> bool:
    """The verdict on a word of a behaviour class."""
    text = cur.text
    if kind == NEVER:
        return False
    if kind == END:
        return True
    x = text[p]
    if kind == UNIT and x.isupper() and before[-1:].isdecimal():
        return True
    if kind in {MAYBE, UNIT}:
        return x.isalpha() and is_starter(text, p, tables)
    if kind == TIME:
        return _time_ends(cur, i, p, tables)
    if x.isdecimal() or x in "§#№":
        return False
    alone = cur.first(i) == i - len(word)
    if x.isupper():
        if kind == WORD and (alone or text[p + 1].islower()):
            return True
        follower = next_word(text, p)
        numeral = len(follower) == 1 or (len(follower) < 6 and _ROMAN.match(follower) is not None)
        if kind == WORD:
            return not numeral or (follower in tables.starters and text[p + 1] != ".")
        if numeral:
            return False
        return is_starter(text, p, tables)
    return kind == WORD


def _time_ends(cur: Cursor, i: int, p: int, tables: Tables) -> bool:
    """``a.m.`` and ``p.m.``: the sentence may go on with a name or a zone."""
    text = cur.text
    if not text[p].isalpha():
        return not text[p].isdecimal()
    follower = next_word(text, p)
    if follower in _AFTER_TIME:
        return False
    opening = cur.head(i).split(None, 5)
    if opening and opening[0].lower() in _BEFORE_TIME and len(opening) <= 5:
        return False
    return is_starter(text, p, tables) or len(opening) > 4


def _letter_ends(
    cur: Cursor, i: int, p: int, word: str, tail: list[str], tables: Tables
) -> bool:
    """A single letter: an initial, a list marker, or the end of "plan B"."""
    text = cur.text
    before = tail[-2] if len(tail) > 1 else ""
    alone = cur.first(i) == i - 1 or text[i - 2] in "([{*_" and cur.first(i) >= i - 3
    if alone or before.endswith((":", ";")):
        return False
    x = text[p]
    last = before.strip("*_\"'(“,").lower()
    if x.isdecimal():
        return last.isdecimal()  # 5 m. 10 people; but: n. 5, S. 12
    if word.islower():
        # z. B.: one more letter with a dot
        if x.isupper() and text[p + 1] == ".":
            return False
        return next_word(text, p) not in _NEVER_FIRST if x.isupper() else not x.isalpha() or x.isdecimal()
    if not word.isupper():
        return False
    if x.isupper() and text[p + 1] == ".":
        return False
    if last.replace(".", "").replace(",", "").isdecimal() and last:
        return True
    if last and not any(c.isalnum() for c in last):
        return last not in {"&", "-", "–", "—"}  # X → Y
    if last in _NAME_PARTS and len(tail) > 2 and tail[0][-1].isupper() and not tail[0][-2:-1].isalnum():
        return True  # A and B
    if before.islower() or last in _LETTERED:
        if last in _LETTERED and last not in _NAME_PARTS:
            return True
        return before.isalpha() and x.isalpha() and is_starter(text, p, tables)
    if before.endswith(".") and len(before) > 2:
        before = before[:-1]  # Gen. Z
    if word == "I" and before in {"and", "or"}:
        return False
    # Malcolm X. He; but not Albert I. Jones, J. Le Carré
    return before.isalpha() and next_word(text, p) not in _IN_NAMES and is_starter(text, p, tables)


def _number_ends(
    cur: Cursor, i: int, p: int, word: str, before: str, tables: Tables
) -> bool:
    """A number: a list marker, an ordinal, part of a date, or the end."""
    text = cur.text
    x = text[p]
    if len(word) <= 3 and word.isdecimal():
        first = cur.first(i)
        if first >= i - len(word) - 3 and not any(text[n].isalnum() for n in range(first, i - len(word))):
            return False
        if before.endswith(":"):
            cur.marker = word + "."
            return False
    if len(word) <= 2 and word.isdecimal():
        if x.isdecimal():
            # 3. 5. 2021
            n = p + 1
            while text[n].isdecimal() and n < p + 3:
                n += 1
            return text[n] != "." or text[n + 1].isalpha()
        if x.isupper():
            follower = month(text, p, tables)
            if follower and (follower != "May" or before.lower() != "in"):
                return False
            if tables.ordinals or before.lower() in tables.before_ordinals:
                return is_starter(text, p, tables)
    return True
