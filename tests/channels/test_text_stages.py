"""Text machines on streams of chunks: what is no text keeps its place, and answers are kept apart."""

from __future__ import annotations

import pytest

from lionpride_trio import (
    FinishChunk,
    OtherChunk,
    TextChunk,
    ToolCallChunk,
    ToolResultChunk,
    UsageChunk,
    Verdict,
    reassemble,
    sinks,
    transformer,
)
from lionpride_trio.transformers import (
    buffer,
    from_iterable,
    lines,
    markdown_blocks,
    pace,
    paragraphs,
    redact,
    sentences,
    stop_at,
    think_tags,
    words,
)
from tests.channels.words import Shout


async def test_text_stages_leave_other_chunks_in_their_place():
    usage = UsageChunk()
    chunks = [TextChunk("a"), TextChunk("b"), TextChunk("c"), usage, TextChunk("d")]
    assert await sinks.collect(from_iterable(chunks) | buffer(count=2)) == [
        TextChunk("ab"),
        TextChunk("c"),
        usage,
        TextChunk("d"),
    ]
    assert await sinks.collect(from_iterable(chunks) | transformer(Shout, text=True)) == [
        TextChunk("A"),
        TextChunk("B"),
        TextChunk("C"),
        TextChunk("!"),
        usage,
        TextChunk("D"),
        TextChunk("!"),
    ]


async def test_alternative_answers_have_a_machine_each():
    chunks = [
        TextChunk(text, index=index) for text, index in (("a", 0), ("x", 1), ("b", 0), ("y", 1))
    ]
    assert await sinks.collect(from_iterable(chunks) | transformer(Shout, text=True)) == [
        TextChunk("A"),
        TextChunk("X", index=1),
        TextChunk("B"),
        TextChunk("Y", index=1),
        TextChunk("!"),
        TextChunk("!", index=1),
    ]


async def test_buffer_makes_text_of_text_and_lists_of_the_rest():
    assert await sinks.collect(from_iterable("abcde") | buffer(count=2)) == ["ab", "cd", "e"]
    assert await sinks.collect(from_iterable([1, 2, 3]) | buffer(2)) == [[1, 2], [3]]


CONVERSATION = [
    TextChunk("Let me look"),
    ToolCallChunk(slot=0, id="a", name="f", arguments="{}", last=True),
    FinishChunk(verdict=Verdict.TOOL_USE),
    ToolResultChunk(call_id="a", name="f", output="5"),
    TextChunk("It is 5 C. ", turn=1),
    TextChunk("Take a coat.", turn=1),
    FinishChunk(verdict=Verdict.COMPLETE, turn=1),
]
STAGES = [
    sentences(),
    sentences(idle=3),
    words(),
    lines(),
    paragraphs(),
    markdown_blocks(),
    redact("zz"),
    stop_at("zz"),
    think_tags(),
    buffer(count=2),
    buffer(chars=5),
    buffer(seconds=1),
    pace(1000),
]


@pytest.mark.parametrize("stage", STAGES, ids=repr)
async def test_pieces_are_of_the_turn_of_their_text(stage, autojump_clock):
    got = await sinks.collect(from_iterable(CONVERSATION) | stage)
    texts = ["".join(piece.data for piece in got if piece.turn == turn) for turn in range(2)]
    assert texts == ["Let me look", "It is 5 C. Take a coat."]
    assert reassemble(got).text == texts[1]


@pytest.mark.parametrize("stage", STAGES, ids=repr)
async def test_what_a_turn_held_back_is_given_before_the_next(stage, autojump_clock):
    # No chunk stands between the texts of the two turns, such as a finish.
    texts = [TextChunk("zebra z"), TextChunk("ap", turn=1), OtherChunk(kind="x", turn=2)]
    got = await sinks.collect(from_iterable(texts) | stage)
    assert [piece.turn for piece in got] == sorted(piece.turn for piece in got)
    told = ["".join(piece.data for piece in got if piece.turn == turn) for turn in range(3)]
    assert told == ["zebra z", "ap", ""]
    assert got[-1] == texts[-1]


async def test_an_answer_that_has_stopped_says_nothing_in_the_next_turn():
    chunks = [TextChunk("a"), TextChunk("b STOP", index=1), TextChunk("c", index=1, turn=1)]
    got = await sinks.collect(from_iterable(chunks) | stop_at("STOP"))
    assert got == [TextChunk("a"), TextChunk("b ", index=1)]


async def test_a_late_chunk_of_an_earlier_turn_parts_no_text():
    late = OtherChunk(kind="x")
    chunks = [TextChunk("on", turn=1), late, TextChunk("e two", turn=1)]
    got = await sinks.collect(from_iterable(chunks) | words())
    assert got == [late, TextChunk("one ", turn=1), TextChunk("two", turn=1)]
