"""How many operations run at once."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio.flow import run_flow

from .making import answer, echo, numbers, op


@pytest.mark.parametrize("slots", [1, 2, 3])
async def test_no_more_run_at_once_than_there_are_slots(slots, autojump_clock):
    running = most = 0

    async def work(context):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await trio.sleep(1)
        running -= 1

    first = op(work)
    began = trio.current_time()
    await run_flow([first, *(op(work, after=[first]) for _ in range(6))], max_concurrent=slots)
    assert most == slots
    assert trio.current_time() - began == 1 + 6 / slots


async def test_a_slot_is_taken_only_when_the_operation_is_ready(autojump_clock):
    """With a slot taken while waiting, ``last`` would hold the only one for ever."""
    first = op(answer(1, after=5))
    last = op(answer(2), after=[first])
    assert (await run_flow([last, first], max_concurrent=1))[last] == 2


async def test_a_line_longer_than_the_slots_runs_alone(autojump_clock):
    running = set()
    together = []

    def watched(name, inner):
        async def work(context):
            await trio.lowlevel.checkpoint()
            running.add(name)
            together.append(set(running))
            async for item in inner(context):
                yield item
            running.discard(name)

        return work

    a = op(watched("a", numbers(20, every=1)))
    b = op(watched("b", echo), stream_from=a)
    c = op(watched("c", echo), stream_from=b)
    others = [op(watched(f"other {n}", numbers(2, every=1))) for n in range(3)]
    await run_flow([others[0], a, b, c, *others[1:]], max_concurrent=2)
    for names in together:
        assert len(names) <= 2 or not any(name.startswith("other") for name in names)
