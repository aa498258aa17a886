"""`map_concurrent`: order, the limit, and a call that fails."""

from __future__ import annotations

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import sinks
from lionpride_trio.transformers import map_concurrent
from tests.counting import numbers


async def double(number: int) -> int:
    await trio.sleep(0.1 * (5 - number % 5))
    return number * 2


async def test_results_come_in_order_or_as_they_come(autojump_clock):
    assert await sinks.collect(numbers(5) | map_concurrent(double, 5)) == [0, 2, 4, 6, 8]
    results = await sinks.collect(numbers(5) | map_concurrent(double, 5, ordered=False))
    assert results == [8, 6, 4, 2, 0]


async def test_no_more_than_the_limit_are_in_work(autojump_clock):
    running = peak = 0

    async def work(number: int) -> int:
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        await trio.sleep(1)
        running -= 1
        return number

    start = trio.current_time()
    assert len(await sinks.collect(numbers(9) | map_concurrent(work, 3))) == 9
    assert peak == 3
    assert trio.current_time() - start == 3


async def test_a_slow_consumer_stops_the_calls():
    log: list[object] = []

    async def work(number: int) -> int:
        await trio.lowlevel.checkpoint()
        return number

    async with numbers(100, log=log) | map_concurrent(work, 3) as channel:
        await channel.receive()
        await wait_all_tasks_blocked()
        assert len(log) <= 6


async def test_a_failed_call_comes_in_its_turn_and_cancels_the_rest(autojump_clock):
    cancelled: list[int] = []

    async def work(number: int) -> int:
        try:
            await trio.sleep(1 if number < 2 else 100)
        except trio.Cancelled:
            cancelled.append(number)
            raise
        if number == 1:
            raise KeyError(number)
        return number

    async with numbers(9) | map_concurrent(work, 4) as channel:
        assert await channel.receive() == 0
        with pytest.raises(KeyError):
            await channel.receive()
        await wait_all_tasks_blocked()
        assert {2, 3} <= set(cancelled) <= {2, 3, 4}
