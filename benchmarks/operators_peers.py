"""Fork and merge as others build them: on stock memory channels, and in other libraries."""

from __future__ import annotations

import asyncio
from typing import Any

import trio

from ._measure import Contender, Entry, Job, peers
from ._reads import Feed, one_by_one, waiting, waiting_on_asyncio
from .pipeline_peers import SIZE, received


def forks(n: int, branches: int) -> dict[str, Entry]:
    """An item for each of *branches*, for *n* items; the slow ones do fewer."""
    some, few = n // 10, n // 50
    return {
        "stock memory channels, awaited": Contender(
            lambda: trio.run(forked, some, branches), items=some * branches
        ),
        "stock memory channels, nowait first": Contender(
            lambda: trio.run(forked_nowait, some, branches), items=some * branches
        ),
        **peers({
            "slurry, a tap each": lambda: Contender(
                slurry_fork(few, branches), items=few * branches
            )
        }),
    }


def merges(n: int, sources: int) -> dict[str, Entry]:
    """*n* items of *sources* together; the slow ones do fewer."""
    some, few = n // 10, n // 20
    return {
        f"stock memory channel, {sources} senders, awaited": Contender(
            lambda: trio.run(merged, some, sources), items=some
        ),
        f"stock memory channel, {sources} senders, nowait first": Contender(
            lambda: trio.run(merged_nowait, some, sources), items=some
        ),
        **peers({
            f"aiostream, {sources} sources": lambda: Contender(
                aiostream_merge(some, sources), items=some
            ),
            f"slurry, {sources} sources": lambda: Contender(slurry_merge(few, sources), items=few),
        }),
    }


async def drain(channel: Any) -> None:
    async for _ in channel:
        pass


async def forked(items: int, branches: int) -> None:
    async with trio.open_nursery() as nursery:
        ends = []
        for _ in range(branches):
            send, receive = trio.open_memory_channel[Any](SIZE)
            ends.append(send)
            nursery.start_soon(drain, receive)
        async for item in one_by_one(Feed(items, 8, waiting)):
            for send in ends:
                await send.send(item)
        for send in ends:
            send.close()


async def forked_nowait(items: int, branches: int) -> None:
    async with trio.open_nursery() as nursery:
        ends = []
        for _ in range(branches):
            send, receive = trio.open_memory_channel[Any](SIZE)
            ends.append(send)
            nursery.start_soon(drain, received(receive))
        async for item in one_by_one(Feed(items, 8, waiting)):
            for send in ends:
                await _put(send, item)
        for send in ends:
            send.close()


async def _put(send: trio.MemorySendChannel[Any], item: Any) -> None:
    try:
        send.send_nowait(item)
    except trio.WouldBlock:
        await send.send(item)


async def merged(items: int, sources: int) -> None:
    async def feed(target: Any) -> None:
        async with target:
            async for item in one_by_one(Feed(items // sources, 8, waiting)):
                await target.send(item)

    await _merged(feed, sources, lambda channel: channel)


async def merged_nowait(items: int, sources: int) -> None:
    async def feed(target: Any) -> None:
        async with target:
            async for item in one_by_one(Feed(items // sources, 8, waiting)):
                await _put(target, item)

    await _merged(feed, sources, received)


async def _merged(feed: Any, sources: int, read: Any) -> None:
    send, receive = trio.open_memory_channel[Any](SIZE)
    async with trio.open_nursery() as nursery:
        for _ in range(sources):
            nursery.start_soon(feed, send.clone())
        send.close()
        await drain(read(receive))


def aiostream_merge(items: int, sources: int) -> Job:
    from aiostream import stream

    async def run() -> None:
        feeds = [one_by_one(Feed(items // sources, 8, waiting_on_asyncio)) for _ in range(sources)]
        async with stream.merge(*feeds).stream() as streamer:
            await drain(streamer)

    return lambda: asyncio.run(run())


def slurry_merge(items: int, sources: int) -> Job:
    from slurry import Pipeline
    from slurry.sections import Merge

    async def run() -> None:
        feeds = [one_by_one(Feed(items // sources, 8, waiting)) for _ in range(sources)]
        async with Pipeline.create(Merge(*feeds)) as pipeline, pipeline.tap() as channel:
            await drain(channel)

    return lambda: trio.run(run)


def slurry_fork(items: int, branches: int) -> Job:
    from slurry import Pipeline

    async def run() -> None:
        source = one_by_one(Feed(items, 8, waiting))
        async with Pipeline.create(source) as pipeline, trio.open_nursery() as nursery:
            for number in range(branches):
                channel = pipeline.tap(start=number == branches - 1)
                nursery.start_soon(drain, channel)

    return lambda: trio.run(run)
