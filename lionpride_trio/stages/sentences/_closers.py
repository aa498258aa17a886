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
    TICKS,
    closes,
    is_emoji,
    is_symbol,
)

MOST_CLOSERS: Final = 24
MOST_OPENERS: Final = 12
EYES: Final = ":;=<"
NOSES: Final = "-'"
MOUTHS: Final = ")(][DPpOoSs/\\|*3"
GESTURES: Final = "x^\\"
"""How ``xD``, ``^^`` and ``\\o/`` begin."""
MOST_EMOJI: Final = 16
LONGEST_NOTE: Final = 24
LONGEST_AUTHOR: Final = 40
_NOTES: Final = frozenset({
    "citation needed",
    "better source needed",
    "sic",
    "when?",
    "who?",
    "why?",
})
_NOTES_BEGIN: Final = frozenset("cbnsw")
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
        elif c in "[【":
            n = citation(text, j) if c == "[" else source(text, j)
            if n == j:
                break
            j = n
        elif c == "^" and text[j + 1] == "[":
            j += 1
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
            n = linked_citation(text, k) if text[k + 1] == "[" else citation(text, k)
        elif x == "【":
            n = source(text, k)
        elif x in EYES:
            n = emoticon(text, k)
        elif x in GESTURES:
            n = gesture(text, k)
        elif x == "(":
            n = note_number(text, k)
        elif x >= FIRST_EMOJI and (closes(x) or x in TICKS):
            n = emoji_end(text, k)
        else:
            return k
        if n > k and text[n] == "," and text[n + 1] == " " and text[n + 2] == "[":
            k = n + 2  # [1], [2]
            continue
        if n == k or text[n] not in SPACES:
            return n if text[n] in LINE_ENDS else k
        if text[n + 1] not in "[【:;":
            return n
        k = n + 1


def emoji_end(text: str, k: int) -> int:
    """The end of the emoji that begin at *k*."""
    n = k + 1
    while n < k + MOST_EMOJI and is_emoji(text[n]):
        n += 1
    return n


def emoticon(text: str, k: int) -> int:
    """The end of ``:)``, ``;-)``, ``:D``, ``<3``, ``:))`` at *k*, before white space; *k* if there is none."""
    n = k + 1
    if text[k] == "<":
        n += text[n] == "3"
    else:
        n += text[n] in NOSES
        mouth = text[n]
        n += mouth in MOUTHS
        while text[n] == mouth and mouth in "()D" and n < k + 8:
            n += 1
    return n if n > k + 1 and text[n - 1] not in NOSES and text[n] in SPACES + LINE_ENDS else k


def gesture(text: str, k: int) -> int:
    r"""The end of ``xD``, ``^^``, ``^_^`` or ``\\o/`` at *k*, before white space; *k* if there is none."""
    n = k + 1
    c = text[n]
    if text[k] == "x":
        while c == "D" and n < k + 8:
            n += 1
            c = text[n]
    elif text[k] == "^":
        n += c == "_"
        n = n + 1 if text[n] == "^" else k
    else:
        n = k + 3 if c == "o" and text[k + 2] == "/" else k
    return n if n > k + 1 and text[n] in SPACES + LINE_ENDS else k


def note_number(text: str, k: int) -> int:
    """The end of ``(1)`` at *k*, the last of its line; *k* if it is none: within a line it counts a list."""
    n = k + 1
    while text[n].isdecimal() and n < k + 4:
        n += 1
    return n + 1 if n > k + 1 and text[n] == ")" and text[n + 1] in LINE_ENDS else k


def citation(text: str, j: int) -> int:
    """The end of ``[1]``, ``[2, 3]``, ``[^1]``, ``[a]``, ``[note 2]``, ``[citation needed]`` or ``[Doe, 2020]`` at *j*.

    *j* if there is none.
    """
    n = j + 1
    c = text[n]
    if c.isdecimal() or c in "^,-–":
        while n < j + 12 and (c.isdecimal() or c in ", -–^"):
            n += 1
            c = text[n]
        return n + 1 if c == "]" else j
    if not c.isalpha():
        return j
    if c.islower():
        most = j + LONGEST_NOTE
        if text[n + 1] != "]" and c not in _NOTES_BEGIN:
            return j
    else:
        # a name, and soon a comma, "et al.", "and", "&" or the year: most brackets are known to be none
        most = j + LONGEST_AUTHOR
        while n < most and c.isalpha():
            n += 1
            c = text[n]
        if c != "," and (c != " " or text[n + 1] not in "ea&12"):
            return j
    while n < most and (c.isalnum() or c in " ,.&-"):
        n += 1
        c = text[n]
    if c != "]":
        return j
    note = text[j + 1 : n]
    if note[-4:].isdecimal():
        return n + 1 if len(note) > 5 else j
    small = note.islower() and (len(note) == 1 or note in _NOTES or note.startswith("note "))
    return n + 1 if small else j


def linked_citation(text: str, j: int) -> int:
    """The end of ``[[1]](address)`` at *j*; *j* if there is none."""
    n = citation(text, j + 1)
    if n == j + 1 or text[n] != "]":
        return j
    n += 1
    if text[n] != "(":
        return n
    most = n + MOST_ADDRESS
    while n < most and text[n] not in ") \n" + END:
        n += 1
    return n + 1 if text[n] == ")" else j


def source(text: str, j: int) -> int:
    """The end of ``【1†source】`` at *j*; *j* if there is none."""
    n = j + 1
    if not text[n].isdecimal():
        return j
    while n < j + LONGEST_AUTHOR and (text[n].isalnum() or text[n] in ":†-, "):
        n += 1
    return n + 1 if text[n] == "】" else j


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
    if run - i == 1:
        return text[i] == "…"
    return all(text[n] in ".…" for n in range(i, run))
