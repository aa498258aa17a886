"""Text in a bounded room, by the width that terminals and fonts give its characters."""

from __future__ import annotations

import unicodedata

from .._safe_text import escape_controls, replace_lone_surrogates


def plain(text: str) -> str:
    """*text* in one line, without what would command a terminal or break a document."""
    return " ".join(escape_controls(replace_lone_surrogates(text)).split())


def width_of(text: str) -> int:
    """Columns that *text* takes: two for wide characters, none for marks that stand on others."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shortened(text: str, room: float) -> str:
    """*text*, or its start and an ellipsis, in at most *room* columns."""
    if width_of(text) <= room:
        return text
    kept, used = "", 1
    for character in text:
        used += _columns(character)
        if used > room:
            break
        kept += character
    return f"{kept.rstrip()}…"


def padded(text: str, room: int) -> str:
    """*text* in exactly *room* columns."""
    short = shortened(text, room)
    return short + " " * (room - width_of(short))
