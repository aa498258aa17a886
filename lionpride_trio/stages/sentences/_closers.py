"""Characters around a mark, which belong to it or to the sentence after it."""

from __future__ import annotations

from typing import Final

from ._chars import (
    CLOSERS,
    CURRENCY,
    DASHES,
    END,
    FIRST_EMOJI,
    LINE_ENDS,
    OPENERS,
    SPACES,
    STARTING_SIGNS,
    is_emoji,
    is_symbol,
)

MOST_CLOSERS: Final = 24
MOST_OPENERS: Final = 12
EYES: Final = ":;<"
NOSES: Final = "-'"
MOUTHS: Final = ")(DPp/|*3"
MOST_EMOJI: Final = 16
MOST_ADDRESS: Final = 64
"""How long the address of a Markdown link may be that belongs to the sentence before it."""


def closers(text: str, j: int) -> int:
    """The end of the closers at *j*: quotes, brackets, emphasis, ``[1]``, ``](address)``, ``</b>``."""
    most = j + MOST_CLOSERS
    while j < most:
        c = text[j]
        if c == "]" and text[j + 1] == "(":
            n = j + 2
            while n < j + MOST_ADDRESS and text[n] not in ") \n" + END:
                n += 1
            j = n + 1 if text[n] == ")" else j + 1
        elif c in CLOSERS:
            j += 1
        elif c == "[":
            n = citation(text, j)
            if n == j:
                break
            j = n
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


def beside(text: str, k: int) -> int:
    """The end of what stands at *k* with white space before it and belongs to the mark behind it.

    ``It works. [1] [2]``, ``It works. :)`` and ``It works. 🎉`` are whole; *k* if there is nothing.
    """
    while True:
        x = text[k]
        if x == "[":
            n = citation(text, k)
        elif x in EYES:
            n = emoticon(text, k)
        elif x >= FIRST_EMOJI and is_emoji(x):
            n = k + 1
            while n < k + MOST_EMOJI and is_emoji(text[n]):
                n += 1
        else:
            return k
        if n == k or text[n] not in SPACES:
            return n if text[n] in LINE_ENDS else k
        if text[n + 1] not in "[:;":
            return n
        k = n + 1


def emoticon(text: str, k: int) -> int:
    """The end of ``:)``, ``;-)``, ``:D``, ``<3`` at *k*, before white space; *k* if there is none."""
    n = k + 1
    if text[k] == "<":
        n += text[n] == "3"
    else:
        n += text[n] in NOSES
        n += text[n] in MOUTHS
    return n if n > k + 1 and text[n - 1] not in NOSES and text[n] in SPACES + LINE_ENDS else k


def citation(text: str, j: int) -> int:
    """The end of ``[1]`` or ``[2, 3]`` at *j*; *j* if there is none."""
    n = j + 1
    while n < j + 12 and (text[n].isdecimal() or text[n] in ", -–^"):
        n += 1
    return n + 1 if text[n] == "]" and n > j + 1 else j


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
