"""``progress``: how far a stream is."""

from __future__ import annotations

import io

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import StreamTruncated, TextChunk, sinks, source
from lionpride_trio.durable import Mapped
from lionpride_trio.transformers import from_iterable


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def shown(self) -> list[str]:
        """The text on the line after each time it was written over."""
        line = ""
        lines = []
        for state in self.getvalue().removesuffix("\n").split("\r")[1:]:
            line = state + line[len(state) :]
            lines.append(line.rstrip())
        return lines


async def shown(clock, out, items, seconds, **options):
    """Let so many items come, one every so many seconds, and give the sink's result.

    The sink writes in a thread, which a clock that jumps by itself would not wait for.
    """
    results = []
    send, receive = trio.open_memory_channel[str](0)

    async def read():
        results.append(await sinks.progress(stream=out, **options)(receive))

    async with receive, trio.open_nursery() as nursery:
        nursery.start_soon(read)
        await wait_all_tasks_blocked()
        async with send:
            for _ in range(items):
                clock.jump(seconds)
                await send.send("ab")  # which waits until the item before it was shown
                await wait_all_tasks_blocked()
    return results[0]


async def test_the_last_state_is_shown_where_there_is_no_terminal():
    out = io.StringIO()
    assert await sinks.progress(label="x\x1b", stream=out)(from_iterable(["ab", "c"])) == 2
    assert out.getvalue() == "x\\x1b: 2 items, 3 characters\n"


async def test_a_terminal_shows_each_state_on_one_line(mock_clock):
    out = Terminal()
    assert await shown(mock_clock, out, 2, 1) == 2
    assert out.shown() == [
        "1 items, 2 characters",
        "2 items, 4 characters",
        "2 items, 4 characters",
    ]
    assert out.getvalue().endswith("\n")


async def test_a_total_shows_rate_and_time_left(mock_clock):
    out = Terminal()
    assert await shown(mock_clock, out, 4, 20, total=4, label="lines") == 4
    assert out.shown() == [
        "lines: 1 of 4 items, 2 characters, 0.1 items/s, 1:00 left",
        "lines: 2 of 4 items, 4 characters, 0.1 items/s, 0:40 left",
        "lines: 3 of 4 items, 6 characters, 0.1 items/s, 0:20 left",
        "lines: 4 of 4 items, 8 characters, 0.1 items/s, 0:00 left",
        "lines: 4 of 4 items, 8 characters, 0.1 items/s, 0:00 left",
    ]


async def test_a_line_that_gets_shorter_leaves_nothing_of_the_longer_one(mock_clock):
    out = Terminal()
    await shown(mock_clock, out, 2, 3000, total=3)
    assert out.shown()[:2] == [
        "1 of 3 items, 2 characters, 0.0 items/s, 1:40:00 left",
        "2 of 3 items, 4 characters, 0.0 items/s, 50:00 left",
    ]


async def test_more_than_the_total_is_no_time_before_now(mock_clock):
    out = io.StringIO()
    assert await shown(mock_clock, out, 2, 1, total=1) == 2
    assert out.getvalue() == "2 of 1 items, 4 characters, 1.0 items/s, 0:00 left\n"


async def test_nothing_is_told_of_a_rate_before_time_has_passed(mock_clock):
    out = io.StringIO()
    await sinks.progress(total=4, stream=out)(from_iterable(["ab"]))
    assert out.getvalue() == "1 of 4 items, 2 characters\n"


async def test_what_was_there_before_says_nothing_about_the_rate(mock_clock):
    """Nine items of ten came out of a journal at once, and one took a minute."""
    out = io.StringIO()

    @source
    async def results():
        for number in range(10):
            if number == 8:
                mock_clock.jump(60)
            yield Mapped(key=str(number), item=number, result="ab", from_journal=number < 8)

    await sinks.progress(total=12, stream=out)(results())
    assert out.getvalue() == "10 of 12 items, 20 characters, 0.0 items/s, 1:00 left\n"


async def test_all_alternatives_are_counted():
    out = io.StringIO()
    chunks = [TextChunk("Yes"), TextChunk("No", index=1)]
    await sinks.progress(stream=out)(from_iterable(chunks))
    assert out.getvalue() == "2 items, 5 characters\n"


async def test_a_failure_comes_out_as_it_is():
    @source
    async def cut():
        yield "a"
        raise StreamTruncated("cut")

    with pytest.raises(StreamTruncated):
        await sinks.progress(stream=Terminal())(cut())
