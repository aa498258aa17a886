"""`fork`: equal branches, what a slow one does to the others, and one that nobody reads."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import LocalProtocolError, StreamTruncated, sinks
from lionpride_trio.transformers import fork
from tests.counting import numbers

FAILURE = StreamTruncated("cut")


async def test_branches_of_a_fork_are_equal():
    results: dict[int, list[int]] = {}

    async def read(number: int, branch) -> None:
        results[number] = await sinks.collect(branch)

    async with fork(numbers(300), 3) as branches, trio.open_nursery() as nursery:
        for number, branch in enumerate(branches):
            nursery.start_soon(read, number, branch)
    assert results == {number: list(range(300)) for number in range(3)}


async def test_every_branch_gets_the_failure():
    async with fork(numbers(2, then=FAILURE), 2) as branches:
        for branch in branches:
            assert [await branch.receive(), await branch.receive()] == [0, 1]
            with pytest.raises(StreamTruncated):
                await branch.receive()


async def test_a_slow_branch_bounds_the_others():
    log: list[object] = []
    async with fork(numbers(1000, log=log), 2, size=4) as (fast, _slow):
        with trio.move_on_after(0.05):
            async for _ in fast:
                pass
        assert len(log) <= 6


async def test_a_closed_branch_holds_nobody_up():
    async with fork(numbers(200), 2, size=4) as (one, other):
        await other.aclose()
        assert len(await sinks.collect(one)) == 200


async def test_a_slow_branch_may_lose_items_instead():
    async with fork(numbers(100), 2, size=4, when_full="drop_oldest") as (fast, slow):
        assert len(await sinks.collect(fast)) >= 4
        assert await sinks.collect(slow) == [96, 97, 98, 99]


@pytest.mark.parametrize("begun", [False, True])
async def test_one_task_that_reads_branches_one_after_another_is_told(begun, autojump_clock):
    async with fork(numbers(100), 2, size=4, patience=3) as (one, other):
        if begun:
            await other.receive()
        with pytest.raises(LocalProtocolError, match="task of its own"):
            async for _ in one:
                pass
        assert trio.current_time() == 3


async def test_a_branch_whose_reader_has_gone_holds_up_nobody_unseen(autojump_clock):
    """Its task read three items and ended, and did not close it."""

    async def few(branch):
        for _ in range(3):
            await branch.receive()

    async with fork(numbers(100), 2, size=4, patience=3) as (one, other):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(few, other)
            await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(LocalProtocolError, match="nobody else reads it"):
            await sinks.collect(one)


async def test_a_branch_may_change_hands(autojump_clock):
    """One task looks at it, and another reads it a little later."""

    async def later(branch):
        await trio.sleep(0.1)
        assert await sinks.collect(branch) == list(range(1, 20))

    async with fork(numbers(20), 2, size=1) as (one, other):
        assert await one.receive() == 0
        async with trio.open_nursery() as nursery:
            nursery.start_soon(later, one)
            assert await sinks.collect(other) == list(range(20))


async def test_a_reader_that_is_only_slow_is_waited_for(autojump_clock):
    async def slowly(branch):
        count = 0
        async for _ in branch:
            await trio.sleep(100)
            count += 1
        assert count == 20

    branches = fork(numbers(20), 2, size=1, patience=1)
    async with branches as (one, other), trio.open_nursery() as nursery:
        nursery.start_soon(slowly, one)
        assert await sinks.collect(other) == list(range(20))
