"""Rules of all channels: rows, closing, and tasks that get in each other's way."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import Chunk, StreamTruncated, source
from lionpride_trio._channels._channel import READ_ITEMS
from lionpride_trio._channels._ready import READY_ITEMS
from lionpride_trio.transformers import Channel, buffer, from_iterable, keep, map_each, merge
from tests.channels.words import words


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


class Instant(Channel[int]):
    """Has *count* items, *step* at each read, that need no wait while the gate is open."""

    _can_poll = True

    def __init__(self, count: int, step: int) -> None:
        super().__init__()
        self.gate = trio.Event()
        self.gate.set()
        self._numbers = iter(range(count))
        self._step = step

    async def _fetch(self) -> list[int]:
        await self.gate.wait()
        return self._fetch_nowait() or []

    def _fetch_nowait(self) -> list[int] | None:
        if not self.gate.is_set():
            return None
        items = list(islice(self._numbers, self._step))
        if not items:
            self._finish()
        return items


class Steps(trio.abc.Instrument):
    """Counts the turns of all tasks."""

    count = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.count += 1


@pytest.mark.parametrize("step", [1, 7, 50, 64, 65, 200])
@pytest.mark.parametrize("piped", [False, True])
async def test_items_that_need_no_wait_let_others_in_now_and_then(step, piped):
    count = 7 * READY_ITEMS + 5
    channel = Instant(count, step)
    steps = Steps()
    trio.lowlevel.add_instrument(steps)
    seen = [(item, steps.count) async for item in (channel | map_each(abs) if piped else channel)]
    assert [item for item, _ in seen] == list(range(count))
    in_a_turn = Counter(turn for _, turn in seen)
    assert max(in_a_turn.values()) <= READY_ITEMS
    if step < READ_ITEMS:
        assert max(in_a_turn.values()) >= 7 * step  # and no more often than needed


async def test_batches_that_need_no_wait_let_others_in_now_and_then():
    channel = Instant(20 * READY_ITEMS, 10)
    steps = Steps()
    trio.lowlevel.add_instrument(steps)
    seen = [steps.count async for batch in channel.batches() for _ in batch]
    assert len(seen) == 20 * READY_ITEMS
    assert READY_ITEMS // 2 < max(Counter(seen).values()) <= READY_ITEMS


@pytest.mark.parametrize("size", [1, 2, 64])
async def test_what_waiting_writers_put_lets_others_in_now_and_then(size):
    """The reader takes it from them, so nothing but its own rule makes it stop."""
    sources = [from_iterable(list(range(200))) for _ in range(50)]
    steps = Steps()
    async with merge(*sources, size=size) as channel:
        trio.lowlevel.add_instrument(steps)
        seen = [steps.count async for _ in channel]
    assert len(seen) == 50 * 200
    assert max(Counter(seen).values()) <= READY_ITEMS


async def test_batches_are_given_before_more_is_read():
    channel = Instant(100, 3)
    taken = 0
    async for batch in channel.batches(1):
        taken += len(batch)
        assert channel.statistics().buffered < 3
    assert taken == 100
    assert channel.statistics().peak == 3


async def test_receiving_what_needs_no_wait_is_a_checkpoint():
    channel = Instant(9, 1)
    async with channel | map_each(abs) as piped:
        for take in (channel.receive, channel.receive_batch, piped.receive, piped.receive_batch):
            for _ in range(2):
                with trio.testing.assert_checkpoints():
                    await take()


async def test_a_second_reader_of_what_needs_no_wait_is_refused():
    channel = Instant(3, 1)
    channel.gate = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(channel.receive)
        await wait_all_tasks_blocked()
        channel.gate.set()
        with pytest.raises(trio.BusyResourceError):
            await anext(channel)
    assert [item async for item in channel] == [1, 2]


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


async def test_a_failure_comes_after_all_that_came_before_it():
    failure = StreamTruncated("cut")
    async with words("a", "b", "c", then=failure) | buffer(count=2) as channel:
        assert [await channel.receive(), await channel.receive()] == ["ab", "c"]
        for _ in range(2):
            with pytest.raises(StreamTruncated) as caught:
                await channel.receive()
            assert caught.value is failure


async def test_cancelling_a_receive_loses_nothing():
    async with words("a", "b", "c") | keep(bool) as channel:
        got = []
        for _ in range(3):
            with trio.CancelScope() as scope:
                scope.cancel()
                await channel.receive()
            got.append(await channel.receive())
        assert got == ["a", "b", "c"]


async def test_two_tasks_in_one_channel_are_refused():
    @source
    async def never():
        await trio.sleep_forever()
        yield ""

    async with never() | keep(bool) as channel, trio.open_nursery() as nursery:
        nursery.start_soon(channel.receive)
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(trio.BusyResourceError):
            await channel.receive()
        nursery.cancel_scope.cancel()


async def test_a_closed_channel_says_so():
    async with words("a") | keep(bool) as channel:
        await channel.aclose()
        await channel.aclose()
        with pytest.raises(trio.ClosedResourceError):
            await channel.receive()
        with pytest.raises(trio.ClosedResourceError):
            async for _ in channel:
                pass


async def test_iterating_lets_others_run_although_items_are_ready():
    """A deadline fires over a source that is never empty."""
    count = 0
    async with from_iterable(iter(int, 1)) | map_each(lambda n: n) as channel:
        with trio.move_on_after(0):
            async for _ in channel:
                count += 1
    assert count <= 64


async def test_receiving_is_always_a_checkpoint():
    async with from_iterable(["a", "b", "c"]) as channel:
        for _ in range(3):
            with trio.testing.assert_checkpoints():
                await channel.receive()
        for _ in range(2):
            with trio.testing.assert_checkpoints(), pytest.raises(trio.EndOfChannel):
                await channel.receive()
    async with from_iterable(["a", "b", "c"]) as channel:
        with trio.testing.assert_checkpoints():
            await channel.receive_batch(1)
        with trio.testing.assert_checkpoints():
            await channel.receive_batch()


async def test_statistics_count_items_and_characters():
    async with from_iterable(["ab", "c", "def"]) | buffer(count=2) as channel:
        assert await channel.receive() == "abc"
        await channel.receive()
        stats = channel.statistics()
        assert (stats.items, stats.characters, stats.buffered, stats.waiting) == (2, 6, 0, False)


async def test_batches_give_what_is_ready():
    async with from_iterable([Chunk("a")]) as channel:
        assert [batch async for batch in channel.batches()] == [[Chunk("a")]]
