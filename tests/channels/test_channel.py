"""What all channels share: rows, closing, and tasks that get in each other's way."""

from __future__ import annotations

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import source
from lionpride_trio._channels._channel import READY_ITEMS
from lionpride_trio.transformers import Channel, map_each, prefetch


class Gated(Channel[int]):
    """Gives all of its items at one read, when the gate is opened."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.gate = trio.Event()
        self._count = count

    async def _fetch(self) -> list[int]:
        await self.gate.wait()
        self._finish()
        return list(range(self._count))


async def test_items_come_in_their_order_however_they_are_taken():
    count = 5 * READY_ITEMS + 3
    channel = Gated(count)
    channel.gate.set()
    got = [await channel.receive()]
    got += await channel.receive_batch(2)
    got += await channel.receive_batch(READY_ITEMS + 1)
    async for item in channel:
        got.append(item)
        if len(got) % 50 == 0:
            got += await channel.receive_batch(7)
    assert got == list(range(count))
    assert channel.statistics().items == count
    assert channel.statistics().buffered == 0


@pytest.mark.parametrize("piped", [False, True])
async def test_what_was_closed_while_it_was_read_hands_nothing_out(piped):
    channel = Gated(300)
    reader = channel | map_each(abs) if piped else channel
    got: list[int] = []

    async def read() -> None:
        with pytest.raises(trio.ClosedResourceError):
            async for item in reader:
                got.append(item)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        await wait_all_tasks_blocked()
        channel.close_nowait()
        channel.gate.set()
    assert got == []


async def test_a_stage_over_a_channel_that_another_task_reads_is_refused():
    channel = Gated(3)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(channel.receive)
        await wait_all_tasks_blocked()
        async with channel | map_each(abs) as other:
            with pytest.raises(trio.BusyResourceError):
                await other.receive()
        channel.gate.set()


async def test_ready_items_behind_a_stage_are_no_way_around_a_cancellation():
    channel = Gated(3)
    channel.gate.set()
    assert await channel.receive() == 0
    async with channel | map_each(abs) as other:
        with trio.CancelScope() as scope:
            scope.cancel()
            await other.receive()
        assert scope.cancelled_caught
        assert [item async for item in other] == [1, 2]


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
