"""Sentences that begin with a small letter.

Before a small letter a mark ends nothing, as a rule.  It does where the sentence before began with
one too; before a name that is written so (iPhone, macOS, npm, foo.bar); and in chat.
"""

from __future__ import annotations

from typing import Final

from ._chars import CLOSERS, DASHES, QUOTE_ENDS, SPACES
from ._closers import all_dots
from ._cursor import Cursor
from ._following_word import begins_small, next_word
from ._initials_and_numbers import VOWELS
from .tables import Tables, words
from .tables._classes import END, MAYBE, TIME, UNIT, WORD

LONGEST_PREFIX: Final = 4
LONGEST_NAME: Final = 24

_CHAT_STARTERS: Final = words(
    "i i'm i've i'll i'd im you you're we we're they they're there there's it it's its he she this "
    "these what what's how why where but please thanks"
)
CHAT_OPENERS: Final = _CHAT_STARTERS | words(
    "don't do did can can't could let's please where when who you'll i'd that's ok"
)
"""Words that begin a sentence after p.m. in a text without capitals."""
_GOING_ON: Final = words(
    "is was won has in on of for at to by from with said asked says asks and or as he she"
)
"""Small words after a question that is a name, a quotation, or one of several: who? or why?"""
_AFTER_DOTS: Final = words(
    "i i'm i've i'll i'd im what why how where when who thx thanks ty pls please ok okay lol"
)
"""Words that begin a sentence after an ellipsis in a text without capitals."""
_JOINING: Final = words("and or und oder et ou incl excl plus")
"""Small words that go on after an abbreviation or a price."""
_ORDINAL_ENDS: Final = words("st nd rd th")
_SMALL_NAMES: Final = words(
    "apt awk bash brew cargo cmake conda curl docker emacs ffmpeg gcc git grep kubectl make "
    "matplotlib mypy nginx node npm numpy pandas pip pytest rsync ruff rustc scipy sed sqlite ssh "
    "sudo systemd tmux vim yarn zsh"
)


def small_begins(cur: Cursor, i: int, run: int, j: int, p: int, tables: Tables) -> bool:
    """Whether a sentence begins at the small letter at *p*, after the mark at *i*."""
    text = cur.text
    if j > run and any(text[n] in QUOTE_ENDS or text[n] == ")" for n in range(run, j)):
        return False
    if all_dots(text, i, run):
        return text[p] in "iwhtplo" and begins_small(cur, i) and next_word(text, p) in _AFTER_DOTS
    dot = text[i] == "."
    if dot and text[i - 1].isdecimal() and text[p + 1] == "." and text[p + 2] in SPACES:
        return False  # vom 3. d. M.
    if begins_small(cur, i):
        if not dot:
            return True
        if _is_plain(cur, i, tables):
            q = _word(text, cur.start, i)
            short = text[q - 1] == "/" or text[q:i] in tables.classes
            return not short or next_word(text, p) not in _JOINING
        return _is_dotted(text, cur.start, i, tables) and next_word(text, p) in CHAT_OPENERS
    if text[run - 1] == "?" and text[i - 1].isalnum():
        # in dialogue, a dash opens speech, and who spoke follows it
        dashes = cur.head(i)[:1] in DASHES or text[p - 1] in DASHES or text[p - 2] in DASHES
        return not dashes and next_word(text, p) not in _GOING_ON
    if dot and not _is_ordinary(cur, i, tables):
        return False
    if _is_name(text, p):
        return True
    ending = text[max(cur.start, i - 4) : i]
    if dot and ending != ending.lower() and not text[_word(text, cur.start, i) : i].isupper():
        return False
    return next_word(text, p) in _CHAT_STARTERS  # "Any time tomorrow? there will be some"


def _is_name(text: str, p: int) -> bool:
    """Whether a name that is written small begins at *p*: iPhone, macOS, v2, foo.bar, npm."""
    n = p + 1
    while text[n].islower() and n < p + LONGEST_PREFIX:
        n += 1
    if text[n].isupper() or text[n].isdecimal():
        return True
    while (text[n].isalnum() and text[n].isascii()) and n < p + LONGEST_NAME:
        n += 1
    if text[n] in "._":
        return n - p > 1 and text[n + 1].isalnum()
    if text[n] == ":":
        if text[n + 1] in ":/":
            return text[n + 2] == "/" or text[n + 1] == ":"
        return text[n + 1].islower()  # node:fs, std::vector
    if text[n] == "(":
        return text[n + 1] == ")"
    return text[p:n] in _SMALL_NAMES


def _is_dotted(text: str, start: int, i: int, tables: Tables) -> bool:
    """Whether p.m., u.s. and the like end at *i*, which may end a sentence."""
    q = i
    while q > start and q > i - LONGEST_PREFIX and (text[q - 1].isalpha() or text[q - 1] == "."):
        q -= 1
    return "." in text[q:i] and tables.classes.get(text[q:i]) in {MAYBE, TIME}


def _is_ordinary(cur: Cursor, i: int, tables: Tables) -> bool:
    """Whether a word of two letters or more, which is no abbreviation, ends at *i*; or a number."""
    text = cur.text
    if text[i - 1].isdecimal():
        n = i - 1
        while n > cur.start and (text[n - 1].isdecimal() or text[n - 1] in ".,"):
            n -= 1
        return cur.first(i) < n  # not the marker of a list
    q = _word(text, cur.start, i)
    word = text[q:i]
    whole = tables.classes.get(word.lower(), END) in {END, WORD}
    return whole and i - q >= 2 and text[q - 1] in ' (*_`"“'


def _is_plain(cur: Cursor, i: int, tables: Tables) -> bool:
    """Whether a word of two letters or more, which is no abbreviation, ends at *i*; or a closer."""
    text, start = cur.text, cur.start
    q = _word(text, start, i)
    if text[q - 1].isdecimal() and text[q:i] in _ORDINAL_ENDS:
        return True  # by the 31st
    if not _is_whole(text[q:i], tables):
        return False
    if text[i - 1] in VOWELS:
        return True
    if cur.first(i) == i - 1:
        return False  # a. one of a list
    if tables.classes.get(text[i - 1]) == END:
        return True
    q = max(start, i - 2)
    return text[q:i].isalnum() or text[i - 1].isdecimal() or text[i - 1] in CLOSERS


def _is_whole(word: str, tables: Tables) -> bool:
    """Whether *word* is no abbreviation, or one after which a sentence may end."""
    return tables.classes.get(word.lower(), END) in {END, UNIT, WORD}


def _word(text: str, start: int, i: int) -> int:
    """Where the word before *i* begins."""
    q = i
    while q > start and q > i - LONGEST_NAME and (text[q - 1].isalpha() or text[q - 1] in "'’"):
        q -= 1
    return q
