"""fork, tee and merge: microseconds a delivery, and whether one slow branch or one loud source harms."""

from __future__ import annotations

from typing import Any

import trio

from lionpride_trio import sinks
from lionpride_trio.transformers import fork, merge, tee

from ._measure import Job, Options, Report, compare
from .pipeline import CHUNK, Reads


async def forked(items: int, branches: int, policy: Any) -> None:
    async with (
        fork(Reads(items, 8, waits=True), branches, when_full=policy) as made,
        trio.open_nursery() as nursery,
    ):
        for branch in made:
            nursery.start_soon(sinks.drain, branch)


async def forked_stock(items: int, branches: int) -> None:
    """Stock memory channels, awaited."""
    async with trio.open_nursery() as nursery:
        ends = []
        for _ in range(branches):
            send, receive = trio.open_memory_channel[Any](64)
            ends.append(send)
            nursery.start_soon(_drain, receive)
        for _ in range(items):
            for send in ends:
                await send.send(CHUNK)
        for send in ends:
            send.close()


async def _drain(channel: Any) -> None:
    async for _ in channel:
        pass


async def one_slow_branch(items: int, branches: int) -> None:
    async with (
        fork(Reads(items, 8, waits=True), branches, when_full="drop_oldest") as made,
        trio.open_nursery() as nursery,
    ):
        for branch in made[1:]:
            nursery.start_soon(sinks.drain, branch)


async def merged(items: int, sources: int) -> None:
    await sinks.drain(merge(*(Reads(items // sources, 8, waits=True) for _ in range(sources))))


async def merged_stock(items: int, sources: int) -> None:
    async def feed(target: Any) -> None:
        async with target:
            for _ in range(items // sources):
                await target.send(CHUNK)

    send, receive = trio.open_memory_channel[Any](64)
    async with trio.open_nursery() as nursery:
        for _ in range(sources):
            nursery.start_soon(feed, send.clone())
        send.close()
        await _drain(receive)


async def teed(items: int) -> None:
    await sinks.drain(Reads(items, 8, waits=True) | tee(sinks.drain))


def run(function: Any, *args: Any) -> Job:
    return lambda: trio.run(function, *args)


def main(options: Options, report: Report) -> None:
    n = 10_000 if options.quick else 100_000
    for branches in (2, 4, 8):
        jobs: dict[str, Job | str] = {
            "stock memory channels": run(forked_stock, n // 10, branches),
        }
        stock = compare(
            f"fork to {branches}, stock", jobs, items=n // 10 * branches, options=options
        )
        report.add(stock)
        policies: dict[str, Job | str] = {
            policy: run(forked, n, branches, policy)
            for policy in ("block", "drop_oldest", "drop_newest", "detach")
        }
        title = f"fork to {branches}, a delivery"
        report.add(compare(title, policies, items=n * branches, options=options))
    slow: dict[str, Job | str] = {
        "63 of 64 branches are read": run(one_slow_branch, n // 10, 64),
    }
    report.add(
        compare("worst case: one branch is never read", slow, items=n // 10 * 63, options=options)
    )
    merges: dict[str, Job | str] = {
        "merge of 2": run(merged, n, 2),
        "merge of 64": run(merged, n, 64),
        "stock memory channel, 64 senders": run(merged_stock, n, 64),
    }
    report.add(compare("merge, an item", merges, items=n, options=options))
    report.add(compare("tee, an item", {"tee(drain)": run(teed, n)}, items=n, options=options))
