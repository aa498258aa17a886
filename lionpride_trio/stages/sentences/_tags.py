"""HTML in running text: ``<br>`` and the tags of paragraphs end a piece, as a line break does."""

from __future__ import annotations

from typing import Final

from ._chars import SPACES
from ._cursor import Cursor
from ._emoji import decide_emoticon
from .tables import Tables, words

LONGEST_TAG: Final = 64
MOST_WHITE: Final = 32

_BLOCKS: Final = words(
    "p div li ul ol h1 h2 h3 h4 h5 h6 table tr blockquote pre section article dl dt dd td th"
)
_BREAKS: Final = words("br hr")


def decide_tag(cur: Cursor, i: int, _tables: Tables) -> int:
    """The verdict on ``<``: whether a tag is there that begins or ends a piece."""
    text = cur.text
    if text[i + 1] == "3":
        return decide_emoticon(cur, i)
    closing = text[i + 1] == "/"
    j = i + 1 + closing
    n = j
    while text[n].isalnum() and n < j + 12:
        n += 1
    name = text[j:n].lower()
    if name not in _BLOCKS and name not in _BREAKS:
        return ~(i + 1)
    while text[n] not in "<>\n\0" and n < i + LONGEST_TAG:
        n += 1
    if text[n] != ">":
        return ~(i + 1)
    if name in _BLOCKS and not closing:
        first = cur.first(i)
        within = first < 0 or (
            first < i and (text[first] != "<" or text.find(">", first, i) < i - 1)
        )
        return i if within else ~(n + 1)
    while (
        text[n + 1] == "<"
        and (text[n + 2] == "/" or (text[n + 2] in "bB" and text[n + 3] in "rR"))
        and n < i + 2 * LONGEST_TAG
    ):
        # </li></ul>, <br><br>
        n += 2
        while text[n] not in "<>\n\0" and n < i + 3 * LONGEST_TAG:
            n += 1
        if text[n] != ">":
            return ~n
    k = n + 1
    while text[k] in SPACES and k < n + MOST_WHITE:
        k += 1
    return ~k if text[k] in "\n\0" else k
