"""One run of trio for each loop of asyncio: begun with the first opening, ended with the last."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import threading
import weakref

import pytest
import trio

from lionpride_trio import LocalProtocolError, aio
from lionpride_trio.aio import _guest
from lionpride_trio.transformers import from_iterable
from tests.counting import numbers


async def the_run():
    """Something that is one for each run of trio."""
    return trio.lowlevel.current_root_task()


async def until_all_are_in(count, arrived, event):
    async with aio.open(numbers(3)) as items:
        assert await anext(items) == 0
        arrived.append(await aio.run(the_run))
        if len(arrived) == count:
            event.set()
        await event.wait()
        assert [item async for item in items] == [1, 2]


async def a_turn_of_the_loop():
    loop = asyncio.get_running_loop()
    turned = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned


def test_fifty_openings_at_once_share_one_run():
    async def main():
        arrived, event = [], asyncio.Event()
        await asyncio.gather(*(until_all_are_in(50, arrived, event) for _ in range(50)))
        return arrived

    assert len(set(asyncio.run(main()))) == 1


def test_the_run_ends_with_the_last_opening_and_begins_anew():
    async def main():
        runs = []
        for _ in range(3):
            async with aio.open(from_iterable("a")):
                runs.append(await aio.run(the_run))
                assert _guest._here.guest is not None
            assert _guest._here.guest is None
        return runs

    assert len(set(asyncio.run(main()))) == 3


def test_who_comes_while_the_run_ends_waits_for_the_next():
    async def main():
        first = asyncio.create_task(aio.run(the_run))
        while (guest := _guest._here.guest) is None or guest.openings:
            await a_turn_of_the_loop()
        assert not guest.over.done()
        second = await aio.run(the_run)
        return await first, second

    first, second = asyncio.run(main())
    assert first is not second


def test_two_loops_in_two_threads():
    async def main():
        both.wait()
        arrived, event = [], asyncio.Event()
        await asyncio.gather(*(until_all_are_in(10, arrived, event) for _ in range(10)))
        both.wait()
        runs.append(arrived[0])

    both, runs = threading.Barrier(2, timeout=60), []
    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(runs)) == 2


def test_loops_one_after_the_other_in_one_thread():
    async def main():
        return await aio.run(the_run)

    assert len({asyncio.run(main()) for _ in range(3)}) == 3


def test_a_loop_that_ends_closes_what_its_tasks_have_open():
    """`asyncio.run` cancels the tasks that are left, and closes generators."""
    log = []

    async def leave_open(came):
        async with aio.open(numbers(9, log=log)) as items:
            await anext(items)
            came.set()
            await asyncio.Event().wait()

    async def generator():
        async with aio.open(numbers(9, log=log)) as items:
            async for item in items:
                yield item

    async def main():
        came = asyncio.Event()
        main.task = asyncio.create_task(leave_open(came))
        main.generator = generator()
        await anext(main.generator)
        await came.wait()

    asyncio.run(main())
    assert log.count("closed") == 2
    assert _guest._here.guest is None


def test_a_guest_run_of_ones_own_is_told_of():
    async def main():
        loop = asyncio.get_running_loop()
        over, scope = loop.create_future(), trio.CancelScope()

        async def live():
            with scope:
                await trio.sleep_forever()

        trio.lowlevel.start_guest_run(
            live,
            run_sync_soon_threadsafe=loop.call_soon_threadsafe,
            done_callback=over.set_result,
            host_uses_signal_set_wakeup_fd=True,
        )
        with pytest.raises(LocalProtocolError, match="a guest run of your own"):
            await aio.run(the_run)
        scope.cancel()
        await over

    asyncio.run(main())


def test_nothing_is_kept_of_a_run_that_ended():
    async def main():
        async with aio.open(from_iterable("abc")) as items:
            kept = weakref.ref(_guest._here.guest)
            assert [item async for item in items] == ["a", "b", "c"]
        return kept

    kept = asyncio.run(main())
    gc.collect()
    assert kept() is None


CTRL_C = """
import asyncio, os, signal
from lionpride_trio import aio
from tests.counting import numbers

log = []

async def main():
    async with aio.open(numbers(9, log=log)) as items:
        await anext(items)
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

try:
    {run}
except KeyboardInterrupt:
    print(*log, "interrupted")
"""
RUNS = {
    "asyncio.run": "asyncio.run(main())",
    "a loop by hand": """
    loop = asyncio.new_event_loop()
    task = loop.create_task(main())
    try:
        loop.run_until_complete(task)
    finally:
        task.cancel()
        loop.run_until_complete(asyncio.wait([task]))
        loop.close()""",
}


@pytest.mark.parametrize("run", RUNS)
def test_ctrl_c_closes_what_is_open(run):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CTRL_C.format(run=RUNS[run])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "0 1 closed interrupted\n"
    assert done.stderr == ""


def test_ctrl_c_inside_trio_ends_the_loop():
    """It comes while trio's own code runs, on a loop that leaves signals alone."""

    async def interrupt():
        signal.raise_signal(signal.SIGINT)
        await trio.sleep_forever()

    async def main():
        async with aio.open(numbers(9, log=log)) as items:
            await anext(items)
            await aio.run(interrupt)

    log = []
    loop = asyncio.new_event_loop()
    task = loop.create_task(main())
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(task)
    task.cancel()
    loop.run_until_complete(asyncio.wait([task]))
    loop.close()
    assert log == [0, 1, "closed"]
    assert _guest._here.guest is None
