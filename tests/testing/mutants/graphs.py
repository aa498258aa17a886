"""Flows whose operations keep, leave or wait for something."""

from __future__ import annotations

import trio

from lionpride_trio.flow import Operation
from lionpride_trio.testing import check_flow
from tests.testing.mutants.case import Case


def flow(work, **settings):
    """An operation that gives three numbers, and one that reads their sum."""

    def build():
        first = Operation(work=work, name="first", **settings)

        async def total(context):
            await trio.lowlevel.checkpoint()
            return sum(context.results[first])

        return [first, Operation(work=total, name="total", after=[first])]

    return build


async def numbers(context):
    for number in range(3):
        await trio.sleep(1)
        yield number


KEPT: list[int] = []


async def keeps(context):
    for number in range(3):
        await trio.lowlevel.checkpoint()
        KEPT.append(number)
    for number in KEPT:
        yield number


async def leaves_a_task(context):
    trio.lowlevel.spawn_system_task(trio.sleep_forever)
    await trio.lowlevel.checkpoint()
    yield 1


async def waits_for_ever(context):
    await trio.sleep_forever()
    yield 1


async def sleeps(context):
    await trio.sleep(1)
    return [1]


async def raises_when_cancelled(context):
    try:
        await trio.sleep(1)
    except trio.Cancelled:
        raise RuntimeError("cancelled") from None
    return [1]


async def hurries_alone(context):
    """Gives what depends on who else runs."""
    await trio.lowlevel.checkpoint()
    busy = trio.lowlevel.current_statistics().tasks_living
    yield busy


def together():
    """Two at once; alone, each gives something else."""
    return [Operation(work=hurries_alone, name=f"{n}") for n in range(3)]


def apart():
    return [Operation(work=numbers, name=f"{n}") for n in range(3)]


PLAIN = flow(numbers)

CASES = [
    Case("keeps", check_flow, PLAIN, flow(keeps), "results"),
    Case("leaves a task", check_flow, PLAIN, flow(leaves_a_task), "structured"),
    Case("waits for ever", check_flow, PLAIN, flow(waits_for_ever), "no deadlock"),
    Case("raises when cancelled", check_flow, flow(sleeps), flow(raises_when_cancelled),
         "cancellation"),
    Case("depends on who else runs", check_flow, apart, together, "results"),
]  # fmt: skip
