"""Operators about time: what they hold back, and which clocks run when."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import StreamTimeout, sinks, source
from lionpride_trio.transformers import (
    buffer,
    from_iterable,
    idle_timeout,
    keep,
    map_each,
    sentences,
)
from tests.counting import numbers


async def test_timed_buffer_groups_what_comes_together(autojump_clock):
    @source
    async def bursts():
        for pause, word in ((0, "a"), (0.1, "b"), (5, "c"), (0.2, "d")):
            await trio.sleep(pause)
            yield word

    assert await sinks.collect(bursts() | buffer(seconds=1)) == ["ab", "cd"]


async def test_idle_timeout_counts_waiting_only(autojump_clock):
    async with numbers(3, every=1) | idle_timeout(2) as channel:
        await channel.receive()
        await trio.sleep(50)
        assert await channel.receive() == 1
    with pytest.raises(StreamTimeout) as caught:
        await sinks.drain(numbers(1, every=3) | idle_timeout(2))
    assert caught.value.clock == "idle_timeout"


# What comes to nothing


def ticks(*, every, until=40):
    return numbers(until, every=every)


async def test_items_that_are_left_out_do_not_wind_an_idle_clock(autojump_clock):
    began = trio.current_time()
    async with ticks(every=0.5) | keep(lambda number: number > 30) | idle_timeout(1) as channel:
        with pytest.raises(StreamTimeout):
            await channel.receive()
    assert trio.current_time() - began == 1


async def test_text_that_is_held_back_does_not_wind_an_idle_clock(autojump_clock):
    words = ticks(every=1) | map_each(lambda number: f"word{number} ") | sentences()
    began = trio.current_time()
    async with words | idle_timeout(5) as channel:
        with pytest.raises(StreamTimeout):
            await channel.receive()
    assert trio.current_time() - began == 5


async def test_items_that_are_left_out_do_not_begin_a_timed_buffer(autojump_clock):
    async with ticks(every=0.4) | keep(lambda number: number >= 2) | buffer(seconds=1) as channel:
        assert await channel.receive() == [2, 3, 4]  # of 1.2 s to 2.2 s


async def test_items_that_are_left_out_do_not_delay_an_idle_flush(autojump_clock):
    kept = ticks(every=1) | map_each(lambda number: "And" if number == 0 else "") | keep(bool)
    began = trio.current_time()
    async with kept | sentences(idle=2) as channel:
        assert await channel.receive() == "And"
    assert trio.current_time() - began == 3


# Failures inside operators about time


MIXTURES = {
    "idle flush": (sentences(idle=2), ["One. Two. ", "Three. ", 5, "Four."], ["One. ", "Two. "]),
    "timed buffer": (buffer(seconds=1), ["a", 1], []),
}


@pytest.mark.parametrize(("recipe", "given", "expected"), MIXTURES.values(), ids=MIXTURES)
async def test_a_failure_comes_after_what_was_whole_and_again(
    recipe, given, expected, autojump_clock
):
    got = []
    async with from_iterable(given) | recipe as channel:
        for _ in range(2):
            with pytest.raises((TypeError, AttributeError)):
                while True:
                    got.append(await channel.receive())
    assert got == expected
