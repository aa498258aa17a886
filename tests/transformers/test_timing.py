"""Operators about time: what they hold back, and which clocks run when."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import Session, StreamTimeout, sinks, source
from lionpride_trio.services import Timeouts
from lionpride_trio.testing import Answer, FaultyServer
from lionpride_trio.transformers import (
    buffer,
    from_iterable,
    idle_timeout,
    keep,
    map_each,
    sentences,
    tap,
)
from tests.counting import numbers
from tests.faults.wires import TEXT, WIRES


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


# On a reply, whose own clocks it joins

CHAT = WIRES[0]


@pytest.fixture(params=["in a session", "alone"])
async def around(request):
    if request.param == "alone":
        yield lambda model: model
        return
    async with Session() as session:

        def registered(model):
            session.services.register(model)
            return model

        yield registered


@pytest.mark.parametrize("stages", [0, 1])
async def test_idle_timeout_on_a_reply_is_exact_and_gives_all_before_it(
    autojump_clock, around, stages
):
    """Its wait is the reply's own, with or without stages between."""
    answer = Answer(body=CHAT.unended, then="stall")
    got = []
    async with FaultyServer(answer) as server:
        reply = around(CHAT.model(server, stream=True)).stream("q")
        piped = (reply | tap(lambda _: None) if stages else reply) | idle_timeout(15)
        with pytest.raises(StreamTimeout) as caught:
            async with piped as channel:
                began = trio.current_time()
                async for chunk in channel:
                    got.append(chunk.data)
        assert caught.value.clock == "idle_timeout"
        assert trio.current_time() - began == pytest.approx(15)
    assert "".join(got) == TEXT


async def test_time_that_a_slow_reader_takes_is_nobodys(autojump_clock, around):
    answer = Answer(body=[CHAT.before, *CHAT.pieces, CHAT.after], pause=5)
    async with FaultyServer(answer) as server:
        reply = around(CHAT.model(server, stream=True)).stream("q")
        async with reply | idle_timeout(6) as channel:
            async for _ in channel:
                await trio.sleep(100)


async def test_who_asks_again_each_second_finds_a_silent_server_too(autojump_clock, around):
    timeouts = Timeouts(content_idle=100, byte_idle=30)
    async with FaultyServer(Answer(body=CHAT.unended, then="stall")) as server:
        model = around(CHAT.model(server, stream=True, timeouts=timeouts))
        async with model.stream("q") as reply:
            while (await reply.receive()).data != "you":
                pass
            began = trio.current_time()
            with pytest.raises(StreamTimeout) as caught:
                while True:
                    with trio.move_on_after(1):
                        await reply.receive()
    assert caught.value.clock == "byte_idle"
    assert trio.current_time() - began == pytest.approx(30, abs=1)


async def test_the_clocks_of_a_reply_run_on_beside_an_idle_timeout(autojump_clock, around):
    """The shortest is the one that runs out, and waits that the other ended are counted."""
    timeouts = Timeouts(content_idle=40, byte_idle=50)
    stalled = Answer(body=CHAT.unended, then="stall")
    async with FaultyServer(stalled) as server:
        model = around(CHAT.model(server, stream=True, timeouts=timeouts))
        async with model.stream("q") as reply:
            async for chunk in reply:
                if chunk.data == "you":
                    break
            began = trio.current_time()
            for _ in range(2):
                with pytest.raises(StreamTimeout) as caught:
                    async with reply | idle_timeout(15) as channel:
                        await channel.receive()
                assert caught.value.clock == "idle_timeout"
            assert trio.current_time() - began == pytest.approx(30)
            with pytest.raises(StreamTimeout) as caught:
                await reply.receive()
            assert caught.value.clock == "content_idle"
            assert trio.current_time() - began == pytest.approx(40)


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
