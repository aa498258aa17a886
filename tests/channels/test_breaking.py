"""A stream that fails: whole items come first, then what was held back, then the failure."""

from __future__ import annotations

import pytest
import trio
from hypothesis import settings, strategies as st

from lionpride_trio import (
    LimitExceeded,
    OtherChunk,
    ReasoningChunk,
    StreamTruncated,
    TextChunk,
    sinks,
    source,
)
from lionpride_trio.stages import MarkdownBlockSplitter, SentenceSplitter
from lionpride_trio.testing import check_broken_off
from lionpride_trio.transformers import (
    buffer,
    from_iterable,
    json_values,
    keep,
    lines,
    map_each,
    markdown_blocks,
    paragraphs,
    partial_json,
    prefetch,
    redact,
    sentences,
    stop_at,
    take,
    tap,
    text,
    think_tags,
    transformer,
    word_count,
    words,
)

FEW = settings(max_examples=30)
LOSSLESS = {
    "lines": lines(),
    "words": words(),
    "sentences": sentences(),
    "sentences at once": sentences(first="clause", max_chars=9),
    "sentences with a clock": sentences(idle=100),
    "paragraphs": paragraphs(),
    "markdown_blocks": markdown_blocks(),
    "buffer of characters": buffer(chars=7),
    "buffer of items": buffer(3),
    "stop_at": stop_at("@@@"),
    "take": take(1000),
    "tap": tap(str),
    "text": text(),
    "several": words() | buffer(2) | prefetch(2) | sentences() | lines(),
}
LOSSY = {
    "think_tags": think_tags("*", "_"),
    "redact": redact(r"[a-z]+ "),
    "stop_at that stops": stop_at("e", ". "),
    "take that takes enough": take(2),
    "json_values": json_values(skip_prose=True),
    "strict json_values": json_values(),
    "partial_json": partial_json(),
    "word_count": word_count(),
    "map_each": map_each(str),
    "keep": keep(str),
}


@pytest.mark.parametrize("recipe", LOSSLESS.values(), ids=LOSSLESS)
def test_no_text_is_lost(recipe):
    check_broken_off(recipe, lossless=True, settings=FEW)


@pytest.mark.parametrize("recipe", [LOSSY[name] for name in LOSSY if "json" not in name])
def test_what_is_whole_comes_first(recipe):
    check_broken_off(recipe, settings=FEW)


JSON = st.lists(st.sampled_from(['{"a": ', "1", "}", "[", "]", " ", ", ", '"', "x", "12", "\\"]))


@pytest.mark.parametrize("recipe", [LOSSY[name] for name in LOSSY if "json" in name])
def test_json_that_broke_off(recipe):
    check_broken_off(recipe, JSON, settings=FEW)


FAILURE = StreamTruncated("cut")


@source
async def failing(*items, error=FAILURE):
    for item in items:
        yield item
    raise error


async def come(stream):
    """The items of *stream*, and its failure."""
    got = []
    try:
        async with stream as channel:
            async for item in channel:
                got.append(item)
    except Exception as error:
        return got, error
    return got, None


EXPECTED = {
    "sentences": (sentences(), ["One. Tw", "o. Thr"], ["One. ", "Two. ", "Thr"]),
    "sentences that look whole": (sentences(), ["One. Two."], ["One. ", "Two."]),
    "lines": (lines(), ["one\ntw"], ["one\n", "tw"]),
    "half a line end": (lines(), ["one\r"], ["one\r"]),
    "words": (words(), ["one tw"], ["one ", "tw"]),
    "paragraphs": (paragraphs(), ["one\n\ntwo\n\n"], ["one\n\n", "two\n\n"]),
    "markdown_blocks": (markdown_blocks(), ["# a\n```\nx"], ["# a\n", "```\nx"]),
    "buffer of items": (buffer(2), ["a", "b", "c"], ["ab", "c"]),
    "buffer of numbers": (buffer(2), [1, 2, 3], [[1, 2], [3]]),
    "buffer of characters": (buffer(chars=2), ["abc"], ["ab", "c"]),
    "stop_at": (stop_at("END"), ["a EN"], ["a ", "EN"]),
    "think_tags": (think_tags(), ["a <thi"], [TextChunk("a "), TextChunk("<thi")]),
    "think_tags, inside": (
        think_tags(),
        ["<think>a</th"],
        [ReasoningChunk(text="a"), ReasoningChunk(text="</th")],
    ),
    "redact": (redact(r"sk-\d{6}"), ["my key: sk-12"], ["my key: ", "[redacted]"]),
    "redact strings": (redact(["secret"], "***"), ["the secr"], ["the ", "***"]),
    "redact, nothing held": (redact(["secret"]), ["the secret", "?"], ["the [redacted]", "?"]),
    "take": (take(3), ["a"], ["a"]),
    "json_values": (json_values(), ["[1] {"], [[1]]),
    "json_values, half a number": (json_values(), ["1 23"], [1]),
    "json_values in prose": (json_values(skip_prose=True), ["[1] and [2, [3]"], [[1]]),
    "word_count": (word_count(), ["one two"], [1, 2]),
    "stages in a row": (lines() | words(), ["a b\nc", " d"], ["a ", "b\n", "c ", "d"]),
    "a channel between": (words() | prefetch(1) | buffer(2), ["a b c"], ["a b ", "c"]),
}


@pytest.mark.parametrize(("recipe", "given", "expected"), EXPECTED.values(), ids=EXPECTED)
async def test_what_comes_before_a_failure(recipe, given, expected):
    got, error = await come(failing(*given) | recipe)
    assert ([*map(str, got)], got) == ([*map(str, expected)], expected)
    assert error is FAILURE
    assert not hasattr(error, "__notes__")


async def test_the_events_of_a_document_that_broke_off():
    got, error = await come(failing('{"a": [12, "b\\u00') | partial_json())
    assert [(event.kind, event.value) for event in got][-2:] == [("start", ""), ("append", "b")]
    assert error is FAILURE


async def test_pieces_say_that_they_are_incomplete():
    got, _ = await come(failing("One. Two.") | sentences())
    assert [(piece, piece.complete) for piece in got] == [("One. ", True), ("Two.", False)]
    got, _ = await come(failing(TextChunk("# a\nb\n")) | markdown_blocks())
    assert [(chunk.data, chunk.data.complete) for chunk in got] == [("# a\n", True), ("b\n", False)]
    for splitter in (SentenceSplitter(code="block"), MarkdownBlockSplitter()):
        pieces = [*splitter.feed("```\nnever closed\n"), *splitter.flush()]
        assert [piece.complete for piece in pieces] == [False]


async def test_chunks_keep_their_place_and_their_answer():
    usage = OtherChunk(kind="usage")
    given = [
        TextChunk("a. b"),
        TextChunk("c", index=1),
        usage,
        TextChunk("d"),
        TextChunk(" e", index=1),
    ]
    got, error = await come(failing(*given) | sentences())
    assert got == [
        TextChunk("a. b"),
        usage,
        TextChunk("d"),
        TextChunk("c e", index=1),
    ]
    assert error is FAILURE


# A stage that fails


class Holds:
    """Holds all back, and says how it ended."""

    def __init__(self, log, fails=()):
        self.log, self.fails, self.held = log, fails, []

    def feed(self, item):
        if item in self.fails:
            raise KeyError(item)
        self.held.append(item)
        return []

    def flush(self):
        self.log.append("flush")
        return self.held


class Breaks(Holds):
    def break_off(self):
        self.log.append("break_off")
        return [*self.held, "…"]


holds, breaks = transformer(Holds), transformer(Breaks)


async def test_break_off_is_asked_instead_of_flush_where_there_is_one():
    log = []
    got, _ = await come(failing("a") | breaks(log) | holds(log))
    assert (got, log) == (["a", "…"], ["break_off", "flush"])
    log.clear()
    assert await sinks.collect(from_iterable("a") | breaks(log)) == ["a"]
    assert log == ["flush"]


@pytest.mark.parametrize("before", [map_each(str), text(), lines() | text(), keep(str)])
async def test_where_a_stage_fails_those_behind_it_give_what_they_hold(before):
    log = []
    failing_stage = (
        before | map_each(lambda item: item.rstrip("\n")) | holds(log, ["c"]) | holds(log)
    )
    got, error = await come(from_iterable(["a\n", "b\n", "c\n", "d\n"]) | failing_stage)
    assert (got, log) == ([], ["flush"])
    assert isinstance(error, KeyError)
    got, error = await come(
        from_iterable(["a", "b", "c"]) | map_each({"a": "a b", "b": "b c"}.__getitem__) | words()
    )
    assert (got, repr(error)) == (["a ", "bb ", "c"], "KeyError('c')")


@pytest.mark.parametrize("wrong", [5, b"x", ["a"]])
async def test_text_that_is_none_is_the_failure_of_the_stage_that_reads_it(wrong):
    got, error = await come(from_iterable(["One. Tw", wrong, "o"]) | text() | sentences())
    assert (got, type(error)) == (["One. ", "Tw"], TypeError)


async def test_a_stage_in_bulk_that_fails_is_not_flushed():
    class Bulk(Holds):
        def feed_all(self, items):
            return [given for item in items for given in self.feed(item)]

    log = []
    got, error = await come(
        from_iterable(["a", "b", "c"]) | holds([]) | transformer(Bulk)(log, ["b"]) | holds(log)
    )
    assert (got, log) == ([], ["flush"])
    assert isinstance(error, KeyError)


class FailsAtTheEnd(Holds):
    def flush(self):
        yield from self.held
        raise ValueError("mine")


fails_at_the_end = transformer(FailsAtTheEnd)


async def test_the_first_failure_is_the_one_that_is_raised():
    error = StreamTruncated("cut")
    got, caught = await come(
        failing("a", "b", error=error) | fails_at_the_end(()) | lines() | holds([])
    )
    assert got == ["ab"]
    assert caught is error
    assert error.__notes__ == ["What was held back then could not be given out: ValueError('mine')"]


async def test_a_failure_at_the_end_is_one_of_its_stage_and_those_behind_give_what_they_hold():
    got, error = await come(from_iterable("ab") | fails_at_the_end(()) | lines() | buffer(3))
    assert (got, repr(error)) == (["ab"], "ValueError('mine')")


async def test_a_bound_that_was_passed_does_not_hide_why_the_stream_ended():
    error = StreamTruncated("cut")
    got, caught = await come(failing("ab\n" + "x" * 9, error=error) | lines(max_hold=4))
    assert (got, caught) == (["ab\n"], error)
    assert "longer than max_hold=4" in error.__notes__[0]


async def test_enough_is_enough_but_what_broke_off_is_not_whole():
    assert await come(failing("a\nb\nc") | lines() | take(2)) == (["a\n", "b\n"], None)
    got, error = await come(failing("a\nb") | lines() | take(2))
    assert (got, error) == (["a\n", "b"], FAILURE)


async def test_nothing_is_flushed_for_a_reader_that_went_away(autojump_clock):
    @source
    async def endless():
        yield "a"
        await trio.sleep_forever()

    log = []
    async with endless() | breaks(log) as channel:
        with trio.move_on_after(1):
            await channel.receive()
    with trio.move_on_after(1):
        await sinks.collect(endless() | breaks(log))
    async with endless() | breaks(log) as channel:
        await channel.aclose()
        with pytest.raises(trio.ClosedResourceError):
            await channel.receive()
    assert log == []


async def test_nothing_is_flushed_into_a_channel_that_was_closed(autojump_clock):
    @source
    async def late_end():
        await trio.sleep(5)
        if False:
            yield

    async def read(channel):
        with pytest.raises(trio.ClosedResourceError):
            await channel.receive()

    log = []
    async with late_end() | breaks(log) as channel, trio.open_nursery() as nursery:
        nursery.start_soon(read, channel)
        await trio.sleep(1)
        await channel.aclose()
    assert log == []


async def test_a_failing_settle_is_the_end(autojump_clock):
    @source
    async def halting():
        yield "Yes. " + "B" * 9
        await trio.sleep(50)

    async with halting() | sentences(idle=1, max_hold=8) as channel:
        assert await channel.receive() == "Yes. "
        for _ in range(2):
            with pytest.raises(LimitExceeded):
                await channel.receive()
        assert trio.current_time() < 50
