"""`tee`: the copy that a sink gets, what the stream does for it, and whose failure is whose."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import LimitExceeded, StreamTruncated, sinks
from lionpride_trio.transformers import tee
from tests.counting import numbers

FAILURE = StreamTruncated("cut")


async def test_tee_gives_the_sink_a_copy_and_waits_for_it():
    copies: list[list[int]] = []

    async def keep(channel) -> None:
        copies.append(await sinks.collect(channel))

    assert await sinks.collect(numbers(3) | tee(keep)) == [0, 1, 2]
    assert copies == [[0, 1, 2]]


async def test_tees_stream_waits_for_a_slow_sink(autojump_clock):
    log: list[object] = []

    async def slow(channel) -> None:
        async for _ in channel:
            await trio.sleep(1)

    async with numbers(50, log=log) | tee(slow, size=2) as channel:
        with trio.move_on_after(10):
            async for _ in channel:
                pass
        assert len(log) <= 14


@pytest.mark.parametrize(("policy", "kept"), [("drop_oldest", [3, 4]), ("drop_newest", [0, 1])])
async def test_tees_dropping_policies_lose_only_the_copy(policy, kept):
    gate = trio.Event()
    copies: list[int] = []

    async def late(channel) -> None:
        await gate.wait()
        copies.extend(await sinks.collect(channel))

    async with numbers(5) | tee(late, size=2, when_full=policy) as channel:
        assert [await channel.receive() for _ in range(5)] == [0, 1, 2, 3, 4]
        gate.set()
        assert [item async for item in channel] == []
    assert copies == kept


async def test_a_detached_sink_learns_it_and_the_stream_goes_on():
    gate = trio.Event()
    learnt: list[object] = []

    async def late(channel) -> None:
        await gate.wait()
        try:
            async for item in channel:
                learnt.append(item)
        except LimitExceeded as error:
            learnt.append(error.limit)
            raise

    async with numbers(5) | tee(late, size=2, when_full="detach") as channel:
        assert [await channel.receive() for _ in range(5)] == [0, 1, 2, 3, 4]
        gate.set()
        assert [item async for item in channel] == []
    assert learnt == [0, 1, "buffer"]


async def test_a_sinks_failure_is_the_streams_after_the_items_before_it():
    async def broken(channel) -> None:
        await channel.receive()
        raise OSError("disk full")

    async with numbers(100) | tee(broken) as channel:
        with pytest.raises(OSError, match="disk full"):
            async for _ in channel:
                pass


async def test_a_sink_that_has_enough_is_detached():
    async def first(channel) -> None:
        await channel.receive()

    assert await sinks.collect(numbers(200) | tee(first, size=1)) == list(range(200))


async def test_a_sink_sees_the_streams_failure():
    seen: list[Exception] = []

    async def watch(channel) -> None:
        try:
            await sinks.drain(channel)
        except StreamTruncated as error:
            seen.append(error)
            raise

    with pytest.raises(StreamTruncated):
        await sinks.drain(numbers(2, then=FAILURE) | tee(watch))
    assert seen == [FAILURE]
