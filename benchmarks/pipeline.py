"""Transformers: what an item costs on its way through stages that are fused, chained or queued."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import trio

from lionpride_trio import TextChunk
from lionpride_trio.transformers import (
    Channel,
    buffer,
    idle_timeout,
    map_each,
    prefetch,
    sentences,
    text,
)

from ._measure import Job, Options, Report, compare, growth, peer
from ._streams import texts

CHUNK = TextChunk("word ")


def same(item: Any) -> Any:
    return item


class Reads(Channel[Any]):
    """A source that gives *size* items at each read, as a network does."""

    def __init__(self, items: int, size: int, *, waits: bool = False) -> None:
        super().__init__()
        self._left = items
        self._size = size
        self._waits = waits

    async def _fetch(self) -> None:
        if self._waits:
            await trio.lowlevel.checkpoint()
        count = min(self._size, self._left)
        self._left -= count
        if count:
            self._deliver([CHUNK] * count)
        else:
            self._finish()


def in_trio(function: Callable[..., Any], *args: Any) -> Job:
    return lambda: trio.run(function, *args)


async def reads(items: int, size: int) -> AsyncIterator[list[Any]]:
    while items > 0:
        yield [CHUNK] * min(size, items)
        items -= size


async def bare(items: int, size: int, stages: int) -> None:
    """An async generator with the same calls written inline."""

    async def generator() -> AsyncIterator[Any]:
        async for batch in reads(items, size):
            for item in batch:
                for _ in range(stages):
                    item = same(item)
                yield item

    async for _ in generator():
        pass


async def chained(items: int, size: int, stages: int) -> None:
    async def first() -> AsyncIterator[Any]:
        async for batch in reads(items, size):
            for item in batch:
                yield item

    async def stage(upstream: Any) -> AsyncIterator[Any]:
        async with aclosing(upstream):
            async for item in upstream:
                yield same(item)

    stream: Any = first()
    for _ in range(stages):
        stream = stage(stream)
    async for _ in stream:
        pass


async def memory_channels(items: int, size: int, stages: int) -> None:
    async def stage(source: Any, target: trio.MemorySendChannel[Any]) -> None:
        async with target:
            async for item in source:
                await target.send(same(item))

    async with trio.open_nursery() as nursery:
        stream: Any = (item async for batch in reads(items, size) for item in batch)
        for _ in range(stages):
            send, receive = trio.open_memory_channel[Any](64)
            nursery.start_soon(stage, stream, send)
            stream = receive
        async for _ in stream:
            pass


async def fused(items: int, size: int, stages: int) -> None:
    stream: Any = Reads(items, size)
    for _ in range(stages):
        stream |= map_each(same)
    async for _ in stream:
        pass


async def fused_batches(items: int, size: int, stages: int) -> None:
    stream: Any = Reads(items, size)
    for _ in range(stages):
        stream |= map_each(same)
    async with stream as channel:
        async for batch in channel.batches():
            for _ in batch:
                pass


def aiostream(items: int, size: int, stages: int) -> Job:
    from aiostream import pipe, stream

    async def run() -> None:
        async def first() -> AsyncIterator[Any]:
            async for batch in reads(items, size):
                for item in batch:
                    yield item

        piped: Any = stream.iterate(first())
        for _ in range(stages):
            piped |= pipe.map(same)
        async with piped.stream() as streamer:
            async for _ in streamer:
                pass

    import asyncio

    return lambda: asyncio.run(run())


async def hop(items: int) -> None:
    async with Reads(items, 8, waits=True) | prefetch(64) as channel:
        async for _ in channel:
            pass


async def stock_hop(items: int) -> None:
    async def feed(target: trio.MemorySendChannel[Any]) -> None:
        async with target:
            for _ in range(items):
                await target.send(CHUNK)

    send, receive = trio.open_memory_channel[Any](64)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(feed, send)
        async for _ in receive:
            pass


async def with_idle_timeout(items: int, *, timed: bool) -> None:
    stream: Any = Reads(items, 8, waits=True)
    if timed:
        stream |= idle_timeout(60)
    async for _ in stream:
        pass


def main(options: Options, report: Report) -> None:
    n = 20_000 if options.quick else 200_000
    for stages in (1, 3, 6):
        for size in (8, 1):
            few = n // 10
            contenders: dict[str, Job | str] = {
                "async generator, calls inline": in_trio(bare, n, size, stages),
                "lionpride_trio, fused": in_trio(fused, n, size, stages),
                "lionpride_trio, fused, batches()": in_trio(fused_batches, n, size, stages),
                "chained generators + aclosing": in_trio(chained, n, size, stages),
                "aiostream": peer(lambda s=size, k=stages: aiostream(n, s, k)),
            }
            title = f"{stages} stages, reads of {size}"
            report.add(compare(title, contenders, items=n, options=options))
            if stages == 3:
                slow: dict[str, Job | str] = {
                    "async generator, calls inline": in_trio(bare, few, size, stages),
                    "stock memory channels": in_trio(memory_channels, few, size, stages),
                }
                report.add(compare(f"{title}, queued", slow, items=few, options=options))
    hops: dict[str, Job | str] = {
        "stock memory channel, awaited": in_trio(stock_hop, n // 4),
        "lionpride_trio, prefetch(64)": in_trio(hop, n // 4),
    }
    report.add(compare("one hop between tasks", hops, items=n // 4, options=options))
    idle: dict[str, Job | str] = {
        "no clock": lambda: trio.run(lambda: with_idle_timeout(n, timed=False)),
        "idle_timeout(60)": lambda: trio.run(lambda: with_idle_timeout(n, timed=True)),
    }
    report.add(compare("idle clock, reads of 8 that wait", idle, items=n, options=options))
    report.add(growth("worst case: 20 stages", lambda n: trio.run(fused, n, 8, 20), n // 8))
    words = list(texts(n))

    async def spoken() -> None:
        from lionpride_trio.transformers import from_iterable

        async with (
            from_iterable([TextChunk(word) for word in words])
            | text()
            | buffer(count=4)
            | sentences() as channel
        ):
            async for _ in channel.batches():
                pass

    def spoken_sync() -> None:
        from lionpride_trio.stages import SentenceSplitter

        splitter = SentenceSplitter()
        held: list[str] = []
        for word in words:
            held.append(word)
            if len(held) == 4:
                splitter.feed("".join(held))
                held.clear()

    synchronous: dict[str, Job | str] = {
        "the same calls, no pipeline": spoken_sync,
        "lionpride_trio": lambda: trio.run(spoken),
    }
    report.add(compare("text | buffer | sentences", synchronous, items=n, options=options))
