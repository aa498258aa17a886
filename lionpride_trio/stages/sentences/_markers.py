"""Lists within a line: ``1. First 2. Second``, ``a) this b) that``, ``• one • two``.

A marker opens a new piece only if the piece before it began with the marker before it.
"""

from __future__ import annotations

import re
from typing import Final

from ._chars import SPACES, STARTING_SIGNS
from ._cursor import Cursor
from .tables import Tables

_MARKER: Final = re.compile(r"(?:[-*+•⁃][ \t]*)?\(?([0-9]{1,3}|[a-zA-Z])(\.\)|[.)])(?=\s)")


def decide_marker(cur: Cursor, i: int, _tables: Tables) -> int:
    """The verdict on ``)`` or ``.``: whether it ends the marker after the sentence's own."""
    text = cur.text
    q = i
    while q > cur.start and q > i - 3 and text[q - 1].isalnum():
        q -= 1
    if q == i or text[q - 1] not in SPACES:
        return ~(i + 1)
    found = _MARKER.match(cur.marker + " " if cur.marker else cur.head(q))
    if found is None:
        return ~(i + 1)
    label, style = found[1], found[2]
    following = str(int(label) + 1) if label.isdecimal() else chr(ord(label) + 1)
    n = i + len(style)
    if text[q:i] != following or text[i:n] != style:
        return ~(i + 1)
    k = n
    x = text[k]
    while x in SPACES and k < n + 8:
        k += 1
        x = text[k]
    if k == n or not (x.isupper() or x.isdecimal() or x in STARTING_SIGNS or x in "*\"“'"):
        return ~(i + 1)
    return q


def decide_bullet(cur: Cursor, i: int, _tables: Tables) -> int:
    """The verdict on a bullet: it opens a piece if the one before began with a bullet."""
    if cur.text[i - 1] in SPACES and cur.head(i).startswith(cur.text[i]):
        return i
    return ~(i + 1)
