"""§5: the flow runner: microseconds an operation that does nothing, and how the cost grows.

The floor is a task spawned when its last wait is over, with nothing else: no status, no results, no
channel, no checks.  Below it stands what is possible without tasks: Kahn's order in one.
"""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Callable, Sequence
from typing import Any

import trio

from lionpride_trio import sinks
from lionpride_trio.flow import Graph, Operation, flow_source, run_flow

from . import flow_peers
from ._measure import Entry, Options, compare, growth, sizes
from ._report import Report, Target
from .pipeline import in_trio

Shape = Sequence[Sequence[int]]
"""For each node, the nodes that it waits for."""

FLOW = "lionpride_trio, flow()"
STREAMED = "lionpride_trio, flow_stream()"
BUILDING = "lionpride_trio, building the operations"
CHECKING = "lionpride_trio, checking the graph"
LINEAR = "<= 1.5 × the cost at a quarter"


def chain(n: int) -> Shape:
    return [[number - 1] if number else [] for number in range(n)]


def fan(n: int) -> Shape:
    return [[], *([0] for _ in range(n - 2)), range(1, n - 1)]


def layered(n: int, width: int = 10) -> Shape:
    """Each node of a layer waits for all of the layer before."""
    starts = [number // width * width for number in range(n)]
    return [range(start - width, start) if start else [] for start in starts]


def waits_and_followers(shape: Shape) -> tuple[list[int], list[list[int]]]:
    following: list[list[int]] = [[] for _ in shape]
    for number, needed in enumerate(shape):
        for earlier in needed:
            following[earlier].append(number)
    return [len(needed) for needed in shape], following


async def nothing(_: Any) -> None:
    pass


async def spawned_when_ready(shape: Shape) -> None:
    waits, following = waits_and_followers(shape)

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


async def in_one_task(shape: Shape) -> None:
    """Kahn's order, one node after the other."""
    waits, following = waits_and_followers(shape)
    free = [number for number, count in enumerate(waits) if not count]
    while free:
        number = free.pop()
        await nothing(None)
        for later in following[number]:
            waits[later] -= 1
            if not waits[later]:
                free.append(later)


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


async def failing_chain(n: int) -> float:
    """Seconds from an error in the last of *n* operations until it is with the caller."""
    raised = 0.0

    async def fail(_: Any) -> None:
        nonlocal raised
        gc.collect()
        raised = time.perf_counter()
        raise KeyError("last")

    operations = build(chain(n - 1))
    operations.append(Operation(work=fail, name="last", after=[operations[-1]]))
    try:
        await run_flow(operations)
    except KeyError:  # its own type, in no group
        return time.perf_counter() - raised
    raise AssertionError("it did not fail")


def shaped(name: str, shape: Shape, options: Options, report: Report) -> None:
    """One shape, for all runners."""
    times = max(1, 1_000 // len(shape))
    operations, sending = build(shape), build(shape, one_chunk)

    async def again(function: Callable[[Any], Any], given: Any) -> None:
        for _ in range(times):
            await function(given)

    contenders: dict[str, Entry] = {
        "floor: a task spawned when ready": in_trio(again, spawned_when_ready, shape),
        "Kahn's order in one task": in_trio(again, in_one_task, shape),
        FLOW: in_trio(again, run_flow, operations),
        STREAMED: in_trio(again, streamed, operations),
        "lionpride_trio, flow_stream(), a chunk each": in_trio(again, streamed, sending),
        BUILDING: lambda: [build(shape) for _ in range(times)],
        CHECKING: lambda: [Graph(operations) for _ in range(times)],
        **flow_peers.contenders(shape, quick=options.quick),
    }
    table = compare(
        f"flow: {name}",
        contenders,
        items=len(shape) * times,
        options=options,
        unit="µs/node",
        headline=True,
    )
    targets = [Target(f"flow_stream(), {name}", "<= 2.5 × the floor", table.ratio(STREAMED))]
    for peer in flow_peers.NAMES:
        if peer in contenders and not isinstance(contenders[peer], str):
            figure = table.ratio(peer, FLOW)
            factor = 8 if (peer, name) == ("pydantic-graph", "chain of 100") else 10
            targets.append(Target(f"flow(), {name}: {peer}", f">= {factor} × faster", figure))
    building, checking = table.cost(BUILDING), table.cost(CHECKING)
    whole = None if building is None or checking is None else building + checking
    targets.append(Target(f"building and checking, {name}", "<= 10 µs a node", whole))
    report.add(table, *targets)


def _seconds_of_a_fan(n: int) -> float:
    operations = build(fan(n), one_chunk)
    gc.collect()
    began = time.process_time()
    trio.run(streamed, operations)
    return time.process_time() - began


def worst_cases(options: Options, report: Report) -> None:
    for title, job, n in (
        (
            "worst case: a flow of 10,000 nodes and 50,000 edges",
            lambda n: trio.run(run_flow, build(layered(n, 5))),
            2_500,
        ),
        ("worst case: a chain", lambda n: trio.run(run_flow, build(chain(n))), 2_500),
        (
            "worst case: a chain of streams",
            lambda n: trio.run(streamed, streamed_chain(n)),
            250 if options.quick else 1_000,
        ),
        (
            "worst case: a fan through two slots",
            lambda n: trio.run(streamed, build(fan(n)), 2),
            500 if options.quick else 2_500,
        ),
    ):
        table = growth(title, job, n, unit="µs/node")
        report.add(table, Target(title.removeprefix("worst case: "), LINEAR, table.growth()))
    sizes_of_fans = (500, 2_000) if options.quick else (1_000, 10_000)
    costs = {}
    # In a process of its own: the collector walks over the modules of peers, too.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for n in sizes_of_fans:
            costs[n] = min(pool.map(_seconds_of_a_fan, [n] * 3)) / n * 1e6
    table = sizes("worst case: a wide fan with a chunk each, gc on", costs, "µs/node")
    title = f"a fan of {sizes_of_fans[1]:,} with a chunk each"
    report.add(table, Target(title, f"<= 1.3 × of {sizes_of_fans[0]:,}", table.growth()))
    milliseconds = {
        n: min(trio.run(failing_chain, n) for _ in range(3)) * 1e3 for n in (250, 1_000)
    }
    table = sizes(
        "worst case: an error at the end of a chain, until it arrives", milliseconds, "ms"
    )
    report.add(table, Target("an error in a chain of 1,000", "<= 10 ms", milliseconds[1_000]))


def main(options: Options, report: Report) -> None:
    shapes = {
        "chain of 100": chain(100),
        "fan of 1,000": fan(1_000),
        "layered 1,000": layered(1_000),
    }
    if not options.quick:
        shapes["fan of 10,000"] = fan(10_000)
    for name, shape in shapes.items():
        shaped(name, shape, options, report)
    worst_cases(options, report)
