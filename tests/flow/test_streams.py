"""Chunks between operations, and out of the flow."""

from __future__ import annotations

from contextlib import contextmanager

import attrs
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import sinks
from lionpride_trio.flow import flow_source, fork, run_flow

from .making import echo, numbers, op

# Streams


async def test_a_reader_gets_chunks_while_they_come(autojump_clock):
    seen = []

    async def read(context):
        async for item in context.channel:
            seen.append((item, trio.current_time() - began))
        return len(seen)

    began = trio.current_time()
    slow = op(numbers(3, every=1))
    assert (await run_flow([slow, reader := op(read, stream_from=slow)]))[reader] == 3
    assert seen == [(0, 1), (1, 2), (2, 3)]


async def test_a_reader_starts_with_its_producer_and_not_before():
    states = []
    gate = trio.Event()

    async def waits(context):
        await gate.wait()

    first = op(waits)
    producer = op(numbers(2), after=[first])
    reader = op(echo, stream_from=producer)
    async with flow_source([first, producer, reader]) as run:
        await wait_all_tasks_blocked()
        states.append(run.status[reader].state)
        gate.set()
        await sinks.drain(run)
        states.append(run.status[reader].state)
    assert states == ["waiting", "done"]


async def test_a_producer_is_ahead_of_its_reader_by_no_more_than_the_size():
    log = []
    gate = trio.Event()

    async def late(context):
        await gate.wait()
        return [item async for item in context.channel]

    producer = op(numbers(50, log=log))
    reader = op(late, stream_from=producer, stream_size=3)
    async with trio.open_nursery() as nursery:

        async def run():
            assert (await run_flow([producer, reader]))[reader] == list(range(50))

        nursery.start_soon(run)
        await wait_all_tasks_blocked()
        assert log == [0, 1, 2, 3]
        gate.set()


@attrs.define(eq=False)
class CancelledAsWoken(trio.abc.Instrument):
    """Cancels tasks between the moment in which the last of them is woken and the one in which it goes on."""

    tasks: list[trio.lowlevel.Task] = attrs.Factory(list)
    scopes: list[trio.CancelScope] = attrs.Factory(list)

    @contextmanager
    def victim(self):
        with trio.CancelScope() as scope:
            self.tasks.append(trio.lowlevel.current_task())
            self.scopes.append(scope)
            yield

    def task_scheduled(self, task):
        if len(self.tasks) == 2 and task is self.tasks[-1]:
            for scope in self.scopes:
                scope.cancel()


async def test_writers_that_are_cancelled_as_they_get_room_give_it_to_the_next(autojump_clock):
    cancelled = CancelledAsWoken()

    def leaves_at(second):
        async def leaves(context):
            await trio.sleep(second)
            with cancelled.victim():
                await context.send("never")

        return leaves

    def sends_at(second):
        async def sends(context):
            await trio.sleep(second)
            await context.send(second)

        return sends

    operations = [op(sends_at(1)), op(leaves_at(2)), op(leaves_at(3)), op(sends_at(4))]
    async with flow_source(operations, size=1) as run:
        await trio.sleep(5)
        assert "3 writers wait" in repr(run)
        trio.lowlevel.add_instrument(cancelled)
        with trio.move_on_after(5) as patience:
            assert [second async for _, second in run] == [1, 4]
    assert not patience.cancelled_caught


async def test_a_reader_that_has_enough_lets_its_producer_go_on():
    async def first(context):
        return await context.channel.receive()

    producer = op(numbers(100))
    reader = op(first, stream_from=producer, stream_size=1)
    results = await run_flow([producer, reader])
    assert results[producer] == list(range(100))
    assert results[reader] == 0


async def test_branches_of_a_fork_are_equal():
    producer = op(numbers(100))
    one, other = fork(producer, 2)
    a, b = op(echo, stream_from=one), op(echo, stream_from=other, stream_size=2)
    results = await run_flow([producer, a, b])
    assert results[a] == results[b] == [("echo", number) for number in range(100)]


# The channel of the flow


async def test_running_operations_take_turns():
    three = [op(numbers(100)) for _ in range(3)]
    keys = [key for key, _ in await sinks.collect(flow_source(three, size=4))]
    for start in range(0, 240, 30):
        for one in three:
            assert 5 <= keys[start : start + 30].count(one.id) <= 15


async def test_a_loud_operation_does_not_silence_the_others():
    async def loud(context):
        for _ in range(20):
            await context.send_all(list(range(100)))

    quiet = op(numbers(10))
    async with flow_source([op(loud), quiet], size=8) as run:
        got = [key async for key, _ in run]
    assert len(got) == 2010
    assert got[:400].count(quiet.id) == 10


async def test_a_thousand_writers_are_served_through_a_small_channel():
    many = [op(numbers(5)) for _ in range(1000)]
    got = {one.id: [] for one in many}
    async with flow_source(many, size=2) as run:
        async for key, chunk in run:
            got[key].append(chunk)
    assert all(chunks == [0, 1, 2, 3, 4] for chunks in got.values())


async def test_a_reader_that_stops_stops_every_operation():
    logs = [[], []]
    chained = op(numbers(1000, log=logs[1]))
    reader = op(echo, stream_from=chained, stream_size=2)
    async with flow_source([op(numbers(1000, log=logs[0])), chained, reader], size=6) as run:
        await run.receive()
        await wait_all_tasks_blocked()
        before = [len(log) for log in logs]
        assert sum(before) <= 6 + 2 + 1 + 2
        await wait_all_tasks_blocked()
        assert [len(log) for log in logs] == before
        assert run.statistics().peak <= 6
    assert all(log[-1] == "closed" for log in logs)


async def test_closing_the_channel_cancels_the_flow():
    log = []
    async with flow_source([op(numbers(1000, log=log))]) as run:
        await run.receive()
        await run.aclose()
        await wait_all_tasks_blocked()
        assert log[-1] == "closed"


async def test_each_opening_is_a_run_of_its_own():
    recipe = flow_source([op(numbers(3))])
    assert await sinks.collect(recipe) == await sinks.collect(recipe)
    async with recipe as one, recipe as other:
        assert len([item async for item in one]) == len([item async for item in other]) == 3
