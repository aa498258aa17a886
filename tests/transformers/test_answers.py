"""Several answers in one stream: no stage mixes them, and each ends on its own."""

from __future__ import annotations

import pytest
import trio
from hypothesis import given, strategies as st

from lionpride_trio import (
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    UsageChunk,
    reassemble,
    sinks,
    source,
)
from lionpride_trio.transformers import (
    buffer,
    from_iterable,
    json_values,
    lines,
    markdown_blocks,
    paragraphs,
    partial_json,
    redact,
    sentences,
    stop_at,
    tap,
    think_tags,
    transformer,
    word_count,
    words,
)

CITATION = OtherChunk(kind="citation")
PLAIN = "One. <think>Two</think> END\n\n# three\n```\nfour. [1] "
RECIPES = {
    "sentences": sentences(),
    "lines": lines(),
    "words": words(),
    "paragraphs": paragraphs(),
    "markdown_blocks": markdown_blocks(),
    "buffer": buffer(chars=4),
    "think_tags": think_tags(),
    "redact": redact(r"[a-z]+"),
    "stop_at": stop_at("END", "ENDING"),
}


def of_answer(chunks, index):
    """The texts of one answer, joined, and what else it has."""
    return [
        ("".join(chunk.data for chunk in chunks if chunk.index == index)),
        ("".join(c.text for c in chunks if isinstance(c, ReasoningChunk) and c.index == index)),
    ]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
@given(cuts=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), max_size=30))
async def test_each_answer_is_what_it_is_alone(recipe, cuts):
    rest = dict.fromkeys(range(3), PLAIN)
    stream = [TextChunk("", index=index) for index in range(3)]  # all have begun
    for index, size in cuts:
        stream.append(TextChunk(rest[index][:size], index=index))
        rest[index] = rest[index][size:]
    out = await sinks.collect(from_iterable(stream) | recipe)
    for index in range(3):
        alone = [chunk for chunk in stream if chunk.index == index]
        expected = await sinks.collect(from_iterable(alone) | recipe)
        assert of_answer(out, index) == of_answer(expected, index)


async def test_a_stop_is_kept_at_a_chunk_without_text():
    stream = [TextChunk("a END"), CITATION, TextChunk(" more")]
    for include, expected in ((False, ["a "]), (True, ["a ", "END"])):
        out = from_iterable(stream) | stop_at("END", "ENDING", include=include)
        assert [str(chunk) for chunk in await sinks.collect(out)] == expected


async def test_what_comes_after_a_stop_is_not_read():
    seen = []
    stream = iter([TextChunk("a END"), CITATION, TextChunk("b"), TextChunk("c")])
    await sinks.collect(from_iterable(stream) | tap(seen.append) | stop_at("END", "ENDING"))
    assert seen == [TextChunk("a END"), CITATION]


async def test_each_answer_ends_at_its_own_stop_and_the_stream_with_the_last():
    stream = iter([
        TextChunk("a END x"),
        TextChunk("b ", index=1),
        FinishChunk(index=0),
        TextChunk("y"),
        CITATION,
        FinishChunk(index=2),
        TextChunk("c END z", index=1),
        TextChunk("never read"),
    ])
    seen = []
    # The second answer begins before the first has come to its stop.
    begin = [TextChunk("", index=1)]
    out = await sinks.collect(from_iterable([*begin, *stream]) | tap(seen.append) | stop_at("END"))
    assert out == [
        TextChunk("a "),
        TextChunk("b ", index=1),
        FinishChunk(index=2),
        TextChunk("c ", index=1),
    ]
    assert seen[-1] == TextChunk("c END z", index=1)


async def test_an_answer_that_has_enough_is_fed_no_more():
    class Two:
        def __init__(self):
            self.left, self.done = 2, False

        def feed(self, text):
            assert not self.done
            self.left -= 1
            self.done = self.left == 0
            return [text]

        def flush(self):
            return []

    order = {"a": 0, "b": 1, "c": 0, "d": 0, "e": 0, "f": 1, "g": 1}
    stream = [TextChunk(text, index=index) for text, index in order.items()]
    out = await sinks.collect(from_iterable(stream) | transformer(Two, text=True))
    assert [chunk.data for chunk in out] == ["a", "b", "c", "f"]


async def test_an_answer_other_than_the_first_may_be_the_only_one():
    seen = []
    stream = iter([TextChunk("a END", index=1), TextChunk("b", index=1), TextChunk("c", index=1)])
    out = await sinks.collect(from_iterable(stream) | tap(seen.append) | stop_at("END"))
    assert (out, len(seen)) == ([TextChunk("a ", index=1)], 1)


async def test_think_tags_keep_reasoning_with_its_answer():
    stream = [
        TextChunk("<think>r0</think>a0"),
        TextChunk("<think>r1</think>a1", index=1),
        TextChunk("<thi", index=2),
        UsageChunk(index=2),
    ]
    out = await sinks.collect(from_iterable(stream) | think_tags())
    assert out == [
        ReasoningChunk(text="r0"),
        TextChunk("a0"),
        ReasoningChunk(text="r1", index=1),
        TextChunk("a1", index=1),
        TextChunk("<thi", index=2),
        UsageChunk(index=2),
    ]
    assert reassemble(out).text == "a0"


async def test_a_machine_of_ones_own_that_makes_chunks_need_not_know_of_answers():
    class Thoughts:
        def feed(self, text):
            return [ReasoningChunk(text=text)]

        def flush(self):
            return [OtherChunk(kind="end")]

    stream = [TextChunk("a"), TextChunk("b", index=3)]
    out = await sinks.collect(from_iterable(stream) | transformer(Thoughts, text=True))
    assert out == [
        ReasoningChunk(text="a"),
        ReasoningChunk(text="b", index=3),
        OtherChunk(kind="end"),
        OtherChunk(kind="end", index=3),
    ]


@pytest.mark.parametrize("recipe", [json_values(), partial_json(), word_count()])
async def test_what_reads_one_text_reads_the_first_answer(recipe):
    first = [TextChunk('["a'), TextChunk(' b"]')]
    other = TextChunk('{"x y z', index=1)
    mixed = from_iterable([other, first[0], other, first[1], other]) | recipe
    assert await sinks.collect(mixed) == await sinks.collect(from_iterable(first) | recipe)


async def test_a_silence_gives_what_each_answer_holds(autojump_clock):
    @source
    async def halting():
        yield TextChunk("a")
        yield TextChunk("b", index=1)
        await trio.sleep(5)
        yield TextChunk("c")

    out = await sinks.collect(halting() | sentences(idle=1))
    assert out == [TextChunk("a"), TextChunk("b", index=1), TextChunk("c")]


async def test_a_group_has_text_of_one_answer():
    stream = [TextChunk("a"), TextChunk("b"), TextChunk("x", index=1), TextChunk("c")]
    assert await sinks.collect(from_iterable(stream) | buffer(4)) == [
        TextChunk("ab"),
        TextChunk("x", index=1),
        TextChunk("c"),
    ]
