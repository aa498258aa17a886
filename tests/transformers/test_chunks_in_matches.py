"""A stop string or a tag that a chunk without text cuts in two is found all the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from lionpride_trio import (
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    reassemble,
    sinks,
)
from lionpride_trio.transformers import from_iterable, stop_at, think_tags
from tests.stages.cutting import made_of


def mark(number):
    return OtherChunk(kind="mark", value=number)


def said_of(chunk):
    return chunk.text if isinstance(chunk, ReasoningChunk) else chunk.data


def outline(chunks):
    """The text, and the marks with how much of it stands before them."""
    text, marks = "", []
    for chunk in chunks:
        if isinstance(chunk, OtherChunk):
            marks.append((chunk.value, len(text)))
        else:
            text += said_of(chunk)
    return text, marks


def streams(*parts):
    pieces = st.lists(made_of(*parts, max_size=3) | st.none(), max_size=12)
    return pieces.map(
        lambda pieces: [
            mark(number) if piece is None else TextChunk(piece)
            for number, piece in enumerate(pieces)
        ]
    )


@pytest.mark.parametrize("include", [False, True])
@given(stream=streams("a", "b", "c"))
@settings(max_examples=100)
async def test_the_text_ends_at_its_stop_whatever_stands_in_it(include, stream):
    whole, marks = outline(stream)
    begin = min([at for at in (whole.find("abc"), whole.find("bb")) if at >= 0], default=None)
    given = outline(
        await sinks.collect(from_iterable(stream) | stop_at("abc", "bb", include=include))
    )
    if begin is None:
        assert given == (whole, marks)
        return
    end = begin + (0 if not include else 3 if whole.startswith("abc", begin) else 2)
    kept = [(value, at) for value, at in marks if (at < end if include else at <= begin)]
    assert given == (whole[:end], kept)


@given(stream=streams("<", "<t", "t>", "</t>", "<t>", "a"))
@settings(max_examples=200)
async def test_tags_are_tags_whatever_stands_in_them(stream):
    whole, marks = outline(stream)
    kinds: list[str] = []  # of each character: answer, thought, or tag
    tags = ["<t>", "</t>"]
    while len(kinds) < len(whole):
        if whole.startswith(tags[0], len(kinds)):
            kinds += ["tag"] * len(tags[0])
            tags.reverse()
        else:
            kinds.append("answer" if tags[0] == "<t>" else "thought")
    given = await sinks.collect(from_iterable(stream) | think_tags("<t>", "</t>"))
    text, places = outline(given)
    assert text == "".join(char for char, kind in zip(whole, kinds, strict=True) if kind != "tag")
    told = [
        "thought" if isinstance(chunk, ReasoningChunk) else "answer"
        for chunk in given
        for _ in said_of(chunk)
    ]
    assert told == [kind for kind in kinds if kind != "tag"]
    kept = [(value, sum(kind != "tag" for kind in kinds[:at])) for value, at in marks]
    assert places == kept


async def test_white_space_that_waits_for_a_tag_stands_before_what_comes_behind_it():
    stream = [TextChunk("a "), mark(1), TextChunk("<think> b"), mark(2), TextChunk(" </think>c")]
    given = await sinks.collect(from_iterable(stream) | think_tags(strip=True))
    assert [said_of(chunk) or chunk.value for chunk in given if chunk != TextChunk("")] == [
        "a",
        " ",
        1,
        "b",
        2,
        "c",
    ]


async def test_an_answer_that_has_said_no_text_does_not_keep_the_stream_open():
    stream = iter([OtherChunk(kind="x", index=1), TextChunk("a END"), TextChunk("never read")])
    given = await sinks.collect(from_iterable(stream) | stop_at("END"))
    assert given == [OtherChunk(kind="x", index=1), TextChunk("a ")]
    assert next(stream) == TextChunk("never read")


def thought(text, block, **more):
    return ReasoningChunk(text=text, block=block, **more)


@pytest.mark.parametrize(
    "stream",
    [
        [thought("native", 0, signature="S"), TextChunk("<think>x</think>a")],
        [TextChunk("<think>x</think>a"), thought("native", 0, signature="S")],
        [TextChunk("<think>x"), thought("native", 0, signature="S"), TextChunk("</think>a")],
        [thought("nat", 0), TextChunk("<think>x</think>a"), thought("ive", 0, signature="S")],
        [TextChunk("<think>x</think>a <"), thought("native", 0, signature="S")],
    ],
    ids=["before", "behind", "inside", "around", "in a tag"],
)
async def test_a_signed_thought_and_a_block_between_tags_are_two(stream):
    given = await sinks.collect(from_iterable(stream) | think_tags())
    blocks = reassemble(given).reasoning_blocks
    assert sorted((block.text, block.signature) for block in blocks) == [
        ("native", "S"),
        ("x", None),
    ]
