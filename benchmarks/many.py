"""§4: many streams at once: what a stream costs beside others, and what cancelling them costs.

Replies come from memory here, so that what is counted is the library and trio; ``http`` has a
thousand real connections, ``memory`` what an idle one holds.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import trio

from lionpride_trio import iModel

from . import pipeline_peers
from ._canned import our_client, our_model
from ._measure import Contender, Entry, Options, compare, growth, peer
from ._report import Report, Row, Table, Target
from ._streams import openai_chat
from .pipeline import FUSED, INLINE, bare, fused

LINEAR = "<= 1.5 × the cost at a quarter"
STREAMS = 100
SLOTS = 8


async def ticking(run: Callable[..., Any], each: int, size: int) -> None:
    """*STREAMS* streams of *each* items, whose reads all wait for the next tick of one clock."""
    waiters = trio.lowlevel.ParkingLot()
    ended = False

    async def tick() -> None:
        while not ended:
            waiters.unpark_all()
            await trio.lowlevel.checkpoint()

    async def all_streams() -> None:
        nonlocal ended
        async with trio.open_nursery() as nursery:
            for _ in range(STREAMS):
                nursery.start_soon(run, each, size, 3, waiters.park)
        ended = True

    async with trio.open_nursery() as nursery:
        nursery.start_soon(tick)
        await all_streams()


def at_once(options: Options, report: Report) -> None:
    """Three stages on each of a hundred streams."""
    n = 20_000 if options.quick else 200_000
    some, few = n // 5, n // 20

    def job(run: Callable[..., Any], items: int, size: int) -> Contender:
        return Contender(lambda: trio.run(ticking, run, items // STREAMS, size), items=items)

    for size in (8, 1):
        contenders: dict[str, Entry] = {
            INLINE: job(bare, n, size),
            FUSED: job(fused, n, size),
            "stock memory channels (64), nowait first": job(
                pipeline_peers.nowait_first, some, size
            ),
            "stock memory channels (64), awaited": job(pipeline_peers.awaited, some, size),
            "trio.as_safe_channel": job(pipeline_peers.safe_channels, few, size),
            "slurry": peer(
                lambda size=size: _needs_slurry(job(pipeline_peers.slurry_pipeline, few, size))
            ),
        }
        title = f"{STREAMS} streams at once, 3 stages, reads of {size} that wait"
        table = compare(title, contenders, items=n, options=options, headline=size == 8)
        report.add(table, Target(title, "<= 1.35 × inline", table.ratio(FUSED)))


def _needs_slurry(contender: Contender) -> Contender:
    import slurry as _  # ruff: ignore[unused-import]

    return contender


def silent_model(**settings: Any) -> iModel:
    """A model whose replies begin and then say nothing more."""
    beginning = openai_chat(1).split(b"data: [DONE]", maxsplit=1)[0].split(b"\n\n")[:2]
    body = [event + b"\n\n" for event in beginning]
    return our_model(our_client(body, ends=False), **settings)


async def opened(count: int) -> None:
    """Open *count* replies and close them again."""
    model = silent_model()
    async with AsyncExitStack() as stack:
        for _ in range(count):
            await stack.enter_async_context(model.stream("hi"))


async def cancelled(count: int) -> float:
    """The seconds from cancelling *count* replies that wait, until all are closed."""
    model = silent_model()
    open_now = 0

    async def read() -> None:
        nonlocal open_now
        async with model.stream("hi") as reply:
            open_now += 1
            async for _ in reply:
                pass

    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(read)
        while open_now < count:
            await trio.lowlevel.checkpoint()
        for _ in range(10):  # until all of them wait
            await trio.lowlevel.checkpoint()
        began = time.process_time()
        nursery.cancel_scope.cancel()
    return time.process_time() - began


async def cancelled_at_a_gate(count: int) -> int:
    """Cancel *count* requests to a model of eight slots, each at a random moment; the slots lost."""
    model = silent_model(max_concurrent=SLOTS)
    chance = random.Random(4)

    async def request() -> None:
        async with model.stream("hi") as reply:
            async for _ in reply:
                pass

    left = count
    while left:
        some = min(left, 100)
        left -= some
        async with trio.open_nursery() as nursery:
            for _ in range(some):
                nursery.start_soon(request)
            for _ in range(chance.randrange(40)):
                await trio.lowlevel.checkpoint()
            nursery.cancel_scope.cancel()
    async with AsyncExitStack() as stack:
        for works in range(SLOTS):
            with trio.move_on_after(5) as scope:
                await stack.enter_async_context(model.stream("hi"))
            if scope.cancelled_caught:
                return SLOTS - works
    return 0


def cancels(options: Options, report: Report) -> None:
    n = 250
    title = f"worst case: {4 * n:,} replies cancelled at once"
    table = growth(title, lambda n: trio.run(cancelled, n), n, own_clock=True, unit="µs/reply")
    report.add(table, Target(f"{4 * n:,} replies cancelled at once", LINEAR, table.growth()))

    n = 500 if options.quick else 2_500
    lost: list[int] = []
    title = f"worst case: {4 * n:,} requests to a model of {SLOTS} slots, all cancelled"
    table = growth(
        title, lambda n: lost.append(trio.run(cancelled_at_a_gate, n)), n, unit="µs/request"
    )
    report.add(
        table, Target(f"{4 * n:,} cancelled requests behind a limit", LINEAR, table.growth())
    )
    most = float(max(lost))
    row = Row("lionpride_trio", most, most, most, 1)
    report.add(
        Table(f"slots lost by {4 * n:,} cancelled requests", "slots", (row,)),
        Target(f"slots lost by {4 * n:,} cancelled requests", "<= 0 slots", most),
    )


def main(options: Options, report: Report) -> None:
    at_once(options, report)
    n = 250 if options.quick else 2_500
    table = growth(
        f"worst case: {4 * n:,} replies opened", lambda n: trio.run(opened, n), n, unit="µs/reply"
    )
    report.add(table, Target(f"{4 * n:,} replies opened", LINEAR, table.growth()))
    cancels(options, report)
