"""Every way of cutting a text or a body, the nasty ways first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

T = TypeVar("T", str, bytes)

# Each pattern matches nothing but a place.
_IN_TEXT: Final = re.compile(
    r"(?<=\r)(?=\n)"
    r"|(?<=[\r\n])"
    # inside what a reader sees as one character
    r"|(?=[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff])"
    r"|(?<=\u200d)"
    r"|(?<=[\U0001f1e6-\U0001f1ff])(?=[\U0001f1e6-\U0001f1ff])"
    # inside an escape of JSON
    r"|(?<=\\)|(?<=\\u)|(?<=\\u[0-9a-fA-F]{2})|(?<=\\u[0-9a-fA-F]{4})"
    # after what may end a sentence, or be an abbreviation, a number, an ellipsis
    r"|(?<=[.!?\u2026\u3002\uff01\uff1f\u0964\u061f])|(?<=[.!?] )|(?<=\d)(?=[.,:]\d)|(?<=\d[.,])"
    # inside markup, quotes, addresses
    r"|(?<=[`*_<>\[\](){}\"'\u201c\u201d\u2018\u2019\u00ab\u00bb\u201e|#~$&-])"
    r"|(?<=://)|(?<=</)|(?<=<[a-z])"
)
_IN_BYTES: Final = re.compile(
    rb"(?<=\r)(?=\n)"
    rb"|(?<=[\r\n])"
    rb"|(?=[\x80-\xbf])"  # inside a character of UTF-8
    rb"|(?<=[\r\n])(?=[a-z:])"
    rb"|(?<=\nda)(?=ta)|(?<=\ndata)(?=:)|(?<=\ndata:)|(?<=\nev)(?=ent)|(?<=\nevent)(?=:)"
    rb"|(?<=\ni)(?=d)|(?<=\nid)(?=:)|(?<=\nret)(?=ry)|(?<=\n:)"
    rb"|(?<=\\)|(?<=\\u)|(?<=\\u[0-9a-fA-F]{2})|(?<=\\u[0-9a-fA-F]{4})"
    rb"|(?<=[{}\[\]\",:])"
    rb"|(?<=\[DO)(?=NE\])"
)
MOST_PLACES: Final = 6
ONE_BY_ONE: Final = 4096
"""Longest input that is also cut into its single characters or bytes."""


def cuts(text: str | st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    r"""Any way of cutting *text*: lists of pieces that joined are the text again.

    Biased to the places where mistakes are made: between ``\r`` and ``\n``, inside grapheme
    clusters, escapes, numbers, markup, and after what may be the end of a sentence.  Empty pieces
    come too, as do single characters.  Shrinks to few cuts; the simplest is none.  With a strategy
    for *text*, each example has a text of its own.
    """
    if isinstance(text, str):
        return _cut(text, _IN_TEXT.finditer(text))
    return text.flatmap(cuts)


def byte_cuts(data: bytes | st.SearchStrategy[bytes]) -> st.SearchStrategy[list[bytes]]:
    r"""Any way of cutting *data*, as the network does.

    Biased to places inside UTF-8 characters, between ``\r`` and ``\n``, inside and around the field
    names of server-sent events, and inside escapes of JSON.  As `cuts` otherwise.
    """
    if isinstance(data, bytes):
        return _cut(data, _IN_BYTES.finditer(data))
    return data.flatmap(byte_cuts)


def _cut(whole: T, matches: Iterable[re.Match[Any]]) -> st.SearchStrategy[list[T]]:
    size = len(whole)
    if not size:
        return st.sampled_from([[whole], [whole, whole]])
    anywhere = st.integers(0, size)
    nasty = sorted({match.start() for match in matches} - {0, size})
    place = st.one_of(st.sampled_from(nasty), anywhere) if nasty else anywhere
    ways: list[st.SearchStrategy[list[T]]] = [
        st.lists(place, max_size=MOST_PLACES).map(lambda places: cut_at(whole, places))
    ]
    if len(nasty) > 1:
        ways.append(_dear(cut_at(whole, nasty[:ONE_BY_ONE])))
    if size <= ONE_BY_ONE:
        ways.append(_dear(one_by_one(whole)))
    return st.one_of(ways)


def _dear(way: list[T]) -> st.SearchStrategy[list[T]]:
    """*way*, at the cost of many choices: hypothesis takes few choices for simple."""
    return st.tuples(*[st.booleans()] * 4 * MOST_PLACES).map(lambda _: way)


def cut_at(whole: T, places: Iterable[int]) -> list[T]:
    """*whole* cut at *places*."""
    ends: list[int] = sorted(places)
    return [whole[a:b] for a, b in zip([0, *ends], [*ends, len(whole)], strict=True)]


def one_by_one(whole: T) -> list[T]:
    """*whole* in its single characters or bytes."""
    return [whole[n : n + 1] for n in range(len(whole))]
