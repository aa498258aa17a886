"""Secrets in a stream of chunks: what stands between two pieces of text parts no match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings, strategies as st

from lionpride_trio import LimitExceeded, LocalProtocolError, OtherChunk, TextChunk, sinks
from lionpride_trio.stages import Redact
from lionpride_trio.transformers import from_iterable, redact
from tests.stages.cutting import made_of
from tests.stages.test_redact import PARTS


def mark(number):
    return OtherChunk(kind="mark", value=number)


def outline(chunks):
    """The text, and the other chunks with how much of it stands before them."""
    text, marks = "", []
    for chunk in chunks:
        if isinstance(chunk, TextChunk):
            text += chunk.data
        else:
            marks.append((chunk.value, len(text)))
    return text, marks


@pytest.mark.parametrize("pattern", [*PARTS, "strings"])
@given(st.data())
@settings(max_examples=60)
async def test_as_re_sub_of_the_whole_text_whatever_stands_in_it(pattern, data):
    strings = ["ab", "abba", "bb"]
    parts = ["a", "b", "c"] if pattern == "strings" else PARTS[pattern]
    pieces = data.draw(st.lists(made_of(*parts, max_size=3) | st.none(), max_size=12))
    stream = [
        mark(number) if piece is None else TextChunk(piece) for number, piece in enumerate(pieces)
    ]
    whole = "".join(piece for piece in pieces if piece)
    given = await sinks.collect(
        from_iterable(stream) | redact(strings if pattern == "strings" else pattern, "<>")
    )
    text, marks = outline(given)
    found = re.compile("abba|ab|bb" if pattern == "strings" else pattern)
    assert text == found.sub("<>", whole)
    # Each mark stands where it stood; one inside a match, behind its replacement.
    expected = []
    for number, before in outline(stream)[1]:
        place, shift = before, 0
        for match in found.finditer(whole):
            if match.start() < before:
                place = max(place, match.end())
                shift += 2 - len(match[0])
        expected.append((number, place + shift))
    assert marks == expected


@given(st.lists(st.sampled_from(["s", "k", "-", "12", "3", " ", None]), max_size=14))
async def test_at_no_moment_is_a_secret_shown(pieces):
    stream = [TextChunk(piece) if piece else mark(0) for piece in pieces]
    whole = "".join(filter(None, pieces))
    expected = re.sub(r"sk-\d{3}", "***", whole)
    shown = ""
    async with from_iterable(stream) | redact(r"sk-\d{3}", "***") as channel:
        async for chunk in channel:
            shown += chunk.data
            assert expected.startswith(shown)
    assert shown == expected


async def test_a_chunk_in_a_secret_comes_behind_it():
    stream = [TextChunk("key sk-12"), mark(1), TextChunk("3456"), mark(2), TextChunk(" ok")]
    assert await sinks.collect(from_iterable(stream) | redact(r"sk-\d{6}")) == [
        TextChunk("key "),
        TextChunk("[redacted]"),
        mark(1),
        mark(2),
        TextChunk(" ok"),
    ]


async def test_a_chunk_where_nothing_may_match_is_given_at_once():
    machine = Redact(r"sk-\d{6}")
    assert list(machine.feed("key ")) == ["key "]
    assert list(machine.let_past(1)) == [1]
    assert list(machine.feed("s")) == []
    assert list(machine.let_past(2)) == []
    assert list(machine.feed("o")) == ["s", 2, "o"]
    assert list(machine.flush()) == []
    with pytest.raises(LocalProtocolError):
        machine.let_past(3)


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        (r"^b", ["a", None, "b"]),
        (r"\bcat", ["con", None, "cat"]),
        (r"(?<=Bearer )\w+", ["Bearer ", None, "abc"]),
        (r"(?<!x)y", ["x", None, "y"]),
    ],
)
async def test_the_text_before_a_chunk_is_still_seen(pattern, pieces):
    stream = [TextChunk(piece) if piece else mark(0) for piece in pieces]
    text, _ = outline(await sinks.collect(from_iterable(stream) | redact(pattern, "<>")))
    assert text == re.sub(pattern, "<>", "".join(filter(None, pieces)))


async def test_of_many_chunks_the_first_go_ahead_and_the_secret_stays():
    marks = [mark(number) for number in range(200)]
    stream = [TextChunk("a s"), *marks, TextChunk("k-123456 b")]
    given = await sinks.collect(from_iterable(stream) | redact(r"sk-\d{6}"))
    assert [chunk for chunk in given if chunk.data == ""] == marks
    assert given[:2] == [TextChunk("a "), mark(0)]
    assert [chunk.data for chunk in given if chunk.data] == ["a ", "[redacted]", " b"]
    assert given.index(TextChunk("[redacted]")) == 1 + 200 - 64


async def test_chunks_are_not_lost_with_a_match_that_is_too_long():
    stream = [TextChunk("x a"), mark(1), TextChunk("a" * 20)]
    given = []
    async with from_iterable(stream) | redact("a+b", max_match=5) as channel:
        with pytest.raises(LimitExceeded):
            async for chunk in channel:
                given.append(chunk)
    assert given == [TextChunk("x "), mark(1)]


async def test_answers_hold_back_for_themselves_alone():
    stream = [
        TextChunk("sk-1"),
        TextChunk("sk-9", index=1),
        OtherChunk(kind="b", index=1),
        OtherChunk(kind="c", index=2),
        TextChunk("23 "),
        TextChunk("x", index=1),
    ]
    assert await sinks.collect(from_iterable(stream) | redact(r"sk-\d{3}", "***")) == [
        OtherChunk(kind="c", index=2),
        TextChunk("*** "),
        TextChunk("sk-9", index=1),
        OtherChunk(kind="b", index=1),
        TextChunk("x", index=1),
    ]
