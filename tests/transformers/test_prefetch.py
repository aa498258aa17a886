"""`prefetch`: how far the producer runs ahead, and what the consumer gets then."""

from __future__ import annotations

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import source, transformer
from lionpride_trio.transformers import from_iterable, prefetch, tap


async def test_prefetch_runs_n_ahead_and_no_further():
    log: list[object] = []
    async with from_iterable(range(100)) | tap(log.append) | prefetch(5) as channel:
        await wait_all_tasks_blocked()
        assert log == [0, 1, 2, 3, 4]
        assert await channel.receive() == 0
        assert [item async for item in channel] == list(range(1, 100))


async def test_prefetch_takes_no_more_from_a_buffer_than_it_has_room_for():
    made = 0

    @source(ahead=50)
    async def counting():
        nonlocal made
        for made in range(1, 1000):
            yield made

    async with counting() | prefetch(2) as channel:
        await wait_all_tasks_blocked()
        assert made <= 50 + 2 + 1
        assert await channel.receive() == 1


async def test_prefetch_of_one_long_read_keeps_its_order():
    async with from_iterable(["x" * 1000]) | transformer(Letters) | prefetch(3) as channel:
        first = await channel.receive_batch()
        assert len(first) == 3
        assert len([letter async for letter in channel]) == 997


class Letters:
    def feed(self, item: str) -> list[str]:
        return list(item)

    def flush(self) -> list[str]:
        return []


@pytest.mark.parametrize("size", [1, 2, 8])
async def test_a_producer_runs_ahead_while_its_consumer_is_busy(size, autojump_clock):
    @source
    async def slow():
        for number in range(6):
            await trio.sleep(1)
            yield number

    began = trio.current_time()
    async with slow() | prefetch(size) as channel:
        async for _ in channel:
            await trio.sleep(1)
    assert trio.current_time() - began == pytest.approx(7)
