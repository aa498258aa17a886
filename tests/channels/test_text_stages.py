"""Text machines on streams of chunks: what is no text keeps its place, and answers are kept apart."""

from __future__ import annotations

from lionpride_trio import TextChunk, UsageChunk, sinks, transformer
from lionpride_trio.transformers import buffer, from_iterable
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
