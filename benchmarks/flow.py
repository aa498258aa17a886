"""The flow runner: microseconds an operation that does nothing, and how the cost grows.

The floor is a task spawned when its last wait is over, with nothing else: no status, no results, no
channel, no checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import trio

from lionpride_trio import sinks
from lionpride_trio.flow import Graph, Operation, flow_source, run_flow

from ._measure import Job, Options, Report, compare, growth

Shape = Sequence[Sequence[int]]
"""For each node, the nodes that it waits for."""


def chain(n: int) -> Shape:
    return [[number - 1] if number else [] for number in range(n)]


def fan(n: int) -> Shape:
    return [[], *([0] for _ in range(n - 2)), range(1, n - 1)]


def layered(n: int, width: int = 10) -> Shape:
    """Each node of a layer waits for all of the layer before."""
    starts = [number // width * width for number in range(n)]
    return [range(start - width, start) if start else [] for start in starts]


async def spawned_when_ready(shape: Shape) -> None:
    waits = [len(needed) for needed in shape]
    following: list[list[int]] = [[] for _ in shape]
    for number, needed in enumerate(shape):
        for earlier in needed:
            following[earlier].append(number)

    async def work(number: int) -> None:
        await nothing(None)
        for later in following[number]:
            waits[later] -= 1
            if not waits[later]:
                nursery.start_soon(work, later)

    async with trio.open_nursery() as nursery:
        for number, count in enumerate(list(waits)):
            if not count:
                nursery.start_soon(work, number)


async def nothing(_: Any) -> None:
    pass


async def one_chunk(context: Any) -> None:
    await context.send("chunk")


def build(shape: Shape, work: Any = nothing) -> list[Operation]:
    made: list[Operation] = []
    for needed in shape:
        made.append(Operation(work=work, name="node", after=[made[number] for number in needed]))
    return made


def streamed_chain(n: int) -> list[Operation]:
    """Each reads the stream of the one before."""

    async def work(context: Any) -> None:
        async for chunk in context.channel:
            await context.send(chunk)

    made = [Operation(work=one_chunk, name="first")]
    for _ in range(n - 1):
        made.append(Operation(work=work, name="node", stream_from=made[-1]))
    return made


async def streamed(operations: Sequence[Operation], slots: int | None = None) -> None:
    await sinks.drain(flow_source(operations, max_concurrent=slots))


async def fails_at_the_end(operations: Sequence[Operation]) -> None:
    try:
        await run_flow(operations)
    except KeyError:
        return
    raise AssertionError("it did not fail")


async def failing(_: Any) -> None:
    raise KeyError("last")


def in_trio(function: Any, *args: Any) -> Job:
    return lambda: trio.run(function, *args)


def main(options: Options, report: Report) -> None:
    shapes = {
        "chain of 100": chain(100),
        "fan of 1,000": fan(1_000),
        "layered 1,000": layered(1_000),
        "fan of 10,000": fan(2_000 if options.quick else 10_000),
    }
    for name, shape in shapes.items():
        times = max(1, 1_000 // len(shape))
        operations = build(shape)
        sending = build(shape, one_chunk)

        async def again(function: Any, given: Any, times: int = times) -> None:
            for _ in range(times):
                await function(given)

        jobs: dict[str, Job | str] = {
            "a task spawned when ready (floor)": in_trio(again, spawned_when_ready, shape),
            "flow()": in_trio(again, run_flow, operations),
            "flow_stream()": in_trio(again, streamed, operations),
            "flow_stream(), a chunk each": in_trio(again, streamed, sending),
            "building": lambda shape=shape, times=times: [build(shape) for _ in range(times)],
            "checking the graph": lambda given=operations, times=times: [
                Graph(given) for _ in range(times)
            ],
        }
        report.add(compare(name, jobs, items=len(shape) * times, options=options))
    n = 500 if options.quick else 2_500
    for title, job in {
        "growth: layered, 5 edges an operation": lambda n: trio.run(run_flow, build(layered(n, 5))),
        "growth: a chain": lambda n: trio.run(run_flow, build(chain(n))),
        "growth: a chain of streams": lambda n: trio.run(streamed, streamed_chain(n)),
        "growth: two slots": lambda n: trio.run(streamed, build(fan(n)), 2),
        "growth: a failure at the end of a chain": lambda n: trio.run(
            fails_at_the_end,
            [*(made := build(chain(n))), Operation(work=failing, name="last", after=[made[-1]])],
        ),
    }.items():
        report.add(growth(title, job, n))
