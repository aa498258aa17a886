"""Lists within a line: ``1. First 2. Second``, ``a) this b) that``, ``• one • two``.

A marker opens a new piece only if the piece before it began with the marker before it.
"""

from __future__ import annotations

import itertools
import re
from typing import Final

from ._chars import SPACES, STARTING_SIGNS
from ._cursor import Cursor
from .tables import Tables

_BEHIND: Final = frozenset(".)ivx")
"""Characters one of which stands behind the first letter of a marker."""
_NUMERALS: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_ROMAN: Final = dict(itertools.pairwise(_NUMERALS))
_MARKER: Final = re.compile(
    r"(?:[-*+•⁃][ \t]*)?\(?([0-9]{1,3}|[ivx]{2,4}|[a-zA-Z])(\.\)|[.)])(?=\s)"
)


def _following(label: str) -> str:
    """The label after *label*: 2 after 1, b after a, ii after i."""
    if label.isdecimal():
        return str(int(label) + 1)
    if label in _ROMAN:
        return _ROMAN[label]
    return chr(ord(label) + 1) if len(label) == 1 else ""


def decide_marker(cur: Cursor, i: int, _tables: Tables) -> int:
    """The verdict on ``)`` or ``.``: whether it ends the marker after the sentence's own."""
    text = cur.text
    expected = cur.expected
    if expected is not None:
        if not expected[1].endswith(text[i - 1]):
            return ~(i + 1)
    elif not cur.marker:
        head = cur.head(i)
        if head[:1].isalpha() and head[1:2] not in _BEHIND:
            return ~(i + 1)  # the sentence began with no marker
    q = i
    while q > cur.start and q > i - 5 and text[q - 1].isalnum():
        q -= 1
    if q == i or text[q - 1] not in SPACES:
        return ~(i + 1)
    if expected is None:
        found = _MARKER.match(cur.marker + " " if cur.marker else cur.head(q))
        if found is None:
            return ~(i + 1)
        label, style = found[1], found[2]
        following = _following(label)
        cur.expected = (label, following, style)
    else:
        label, following, style = expected
    n = i + len(style)
    if text[q:i] != following or text[i:n] != style:
        return ~(i + 1)
    k = n
    x = text[k]
    while x in SPACES and k < n + 8:
        k += 1
        x = text[k]
    if label.isupper() and q - cur.first(q) < 6:
        return ~(i + 1)  # J. K. Rowling
    if k == n or not (x.isupper() or x.isdecimal() or x in STARTING_SIGNS or x in "*\"“'"):
        return ~(i + 1)
    return q


def decide_bullet(cur: Cursor, i: int, _tables: Tables) -> int:
    """The verdict on a bullet: it opens a piece if the one before began with a bullet, and has more than that."""
    text = cur.text
    if text[i - 1] not in SPACES or text[i - 2] == text[i]:
        return ~(i + 1)
    first = cur.first(i)
    opening = text[first] if first >= 0 else cur.head(i)[0]
    return i if first < i and opening == text[i] else ~(i + 1)
