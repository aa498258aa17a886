"""The recipes over the stages: strings and chunks, order, fresh state, bad options."""

from __future__ import annotations

from itertools import pairwise

import pytest
import trio
from hypothesis import given, strategies as st

from lionpride_trio import (
    ConfigurationError,
    DecodeError,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    UsageChunk,
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
    text,
    think_tags,
    word_count,
    words,
)

TEXT = (
    "# Whales\n\nMr. Ahab saw 3.5 whales. “Thar she blows!” he cried.\r\n"
    "- one\n- two\n\n```py\nx = 1. y\n```\nThe end; or not?"
)

SPLITTERS = {
    "lines": lines,
    "words": words,
    "sentences": sentences,
    "paragraphs": paragraphs,
    "markdown_blocks": markdown_blocks,
    "buffer": lambda: buffer(chars=7),
}


def cut(whole: str, marks: list[int]) -> list[str]:
    edges = [0, *sorted(mark % (len(whole) + 1) for mark in marks), len(whole)]
    return [whole[a:b] for a, b in pairwise(edges)]


@pytest.mark.parametrize("make", SPLITTERS.values(), ids=SPLITTERS)
@given(marks=st.lists(st.integers(0, 200), max_size=8))
async def test_splitters_are_lossless_and_do_not_see_the_cuts(make, marks):
    recipe = make()
    whole = await sinks.collect(from_iterable([TEXT]) | recipe)
    assert "".join(whole) == TEXT
    assert await sinks.collect(from_iterable(cut(TEXT, marks)) | recipe) == whole
    chunks = [TextChunk(piece) for piece in cut(TEXT, marks)]
    assert [chunk.data for chunk in await sinks.collect(from_iterable(chunks) | recipe)] == whole


@pytest.mark.parametrize("make", SPLITTERS.values(), ids=SPLITTERS)
@given(
    marks=st.lists(st.integers(0, 200), max_size=8),
    others=st.lists(st.integers(0, 8), max_size=4),
)
async def test_other_chunks_stay_where_they_were(make, marks, others):
    stream: list[object] = [TextChunk(piece) for piece in cut(TEXT, marks)]
    for number, place in enumerate(others):
        stream.insert(place, OtherChunk(kind="mark", value=number))
    out = await sinks.collect(from_iterable(stream) | make())

    def outline(chunks):
        """The text between the other chunks."""
        parts: list[object] = [""]
        for chunk in chunks:
            if isinstance(chunk, OtherChunk):
                parts += [chunk.value, ""]
            else:
                parts[-1] += chunk.data
        return parts

    assert outline(out) == outline(stream)


async def test_a_sentence_keeps_what_it_knows_in_a_chunk():
    out = await sinks.collect(from_iterable([TextChunk("# Title\nIt is so. ")]) | sentences())
    assert [chunk.data.kind for chunk in out] == ["heading", "prose"]


async def test_think_tags_tell_reasoning_from_the_answer():
    usage = UsageChunk()
    pieces = [TextChunk("<thi"), TextChunk("nk>hm"), usage, TextChunk(" so</think>Yes")]
    out = await sinks.collect(from_iterable(pieces) | think_tags())
    assert "".join(chunk.text for chunk in out if isinstance(chunk, ReasoningChunk)) == "hm so"
    assert "".join(chunk.data for chunk in out) == "Yes"
    before = out[: out.index(usage)]
    assert "".join(chunk.text for chunk in before if isinstance(chunk, ReasoningChunk)) == "hm"


async def test_stop_at_ends_the_stream_and_reads_no_further():
    seen = []

    story = from_iterable(iter(["one ST", "OP two", "three"])) | tap(seen.append)
    assert await sinks.join(story | stop_at("STOP", "END")) == "one "
    assert "three" not in seen
    assert await sinks.join(from_iterable(["a END b"]) | stop_at(["STOP", "END"])) == "a "
    kept = from_iterable([TextChunk("a END b"), UsageChunk()]) | stop_at("END", include=True)
    assert await sinks.join(kept) == "a END"


async def test_redact_sees_matches_over_cuts():
    pieces = [TextChunk("my key sk-1234"), TextChunk("5678, yours?")]
    out = from_iterable(pieces) | redact(r"sk-\d{8}")
    assert await sinks.join(out) == "my key [redacted], yours?"


async def test_json_values_and_partial_json_read_the_text_of_chunks():
    pieces = [
        TextChunk('{"a": [1'),
        ReasoningChunk(text="{"),
        TextChunk("2, tru"),
        TextChunk("e]}"),
    ]
    assert await sinks.collect(from_iterable(pieces) | json_values()) == [{"a": [12, True]}]
    events = await sinks.collect(from_iterable(pieces) | partial_json())
    assert [(event.path, event.value) for event in events if event.kind == "value"] == [
        (("a", 0), 12),
        (("a", 1), True),
    ]


async def test_a_cut_document_is_an_error_after_the_events_before_it():
    async with from_iterable(['[1, 2, "thr']) | partial_json() as channel:
        kinds = []
        with pytest.raises(DecodeError):
            async for event in channel:
                kinds.append(event.kind)
    assert kinds.count("value") == 2


async def test_word_count_gives_the_running_number():
    assert await sinks.collect(from_iterable(["one t", "wo th", "ree"]) | word_count()) == [1, 2, 3]
    assert await sinks.last(from_iterable([TextChunk("a b"), TextChunk(" c")]) | word_count()) == 3


async def test_text_picks_one_alternative():
    chunks = [TextChunk("a"), TextChunk("b", index=1), UsageChunk(), TextChunk("c")]
    assert await sinks.join(from_iterable(chunks) | text()) == "ac"
    assert await sinks.join(from_iterable(chunks) | text(index=1)) == "b"


async def test_sentences_with_idle_give_what_waits(autojump_clock):
    @source
    async def halting():
        yield "First. Second is"
        await trio.sleep(5)
        yield " not done"

    got = await sinks.collect(halting() | sentences(idle=1))
    assert got == ["First. ", "Second is", " not done"]


async def test_a_recipe_used_twice_starts_afresh():
    recipe = sentences() | words()
    async with from_iterable(["half a sen"]) | recipe as channel:
        await channel.receive()
    assert await sinks.collect(from_iterable(["a b"]) | recipe) == ["a ", "b"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: sentences(max_chars=0),
        lambda: sentences(idle=-1),
        lambda: buffer(chars=0),
        lambda: redact("("),
        lambda: think_tags("", "x"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_opened(wrong):
    with pytest.raises(ConfigurationError):
        wrong()
