"""Stages as others build them: chained generators, channels between tasks, other libraries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import trio

from ._measure import Contender, Entry, Job, peers
from ._reads import Feed, Read, one_by_one, ready

SIZE = 64
"""Of each memory channel."""


def same(item: Any) -> Any:
    return item


def contenders(n: int, size: int, stages: int) -> dict[str, Entry]:
    """All of them, for *n* items; those that take long do fewer."""
    some, few = n // 10, n // 50

    def on_trio(function: Any, items: int) -> Contender:
        return Contender(lambda: trio.run(function, items, size, stages), items=items)

    return {
        "chained generators + aclosing": on_trio(chained, n),
        "stock memory channels (64), nowait first": on_trio(nowait_first, some),
        "stock memory channels (64), awaited": on_trio(awaited, some),
        "trio.as_safe_channel": on_trio(safe_channels, few),
        **peers({
            "aiostream": lambda: Contender(aiostream(some, size, stages), items=some),
            "slurry": lambda: Contender(slurry(few, size, stages), items=few),
        }),
    }


async def chained(items: int, size: int, stages: int, read: Read = ready) -> None:
    async def stage(upstream: Any) -> AsyncIterator[Any]:
        async with aclosing(upstream):
            async for item in upstream:
                yield same(item)

    stream: Any = one_by_one(Feed(items, size, read))
    for _ in range(stages):
        stream = stage(stream)
    async for _ in stream:
        pass


async def awaited(items: int, size: int, stages: int, read: Read = ready) -> None:
    """A task and a memory channel for each stage, as in trio's own examples."""

    async def stage(source: Any, target: trio.MemorySendChannel[Any]) -> None:
        async with target:
            async for item in source:
                await target.send(same(item))

    async with trio.open_nursery() as nursery:
        stream: Any = one_by_one(Feed(items, size, read))
        for _ in range(stages):
            send, receive = trio.open_memory_channel[Any](SIZE)
            nursery.start_soon(stage, stream, send)
            stream = receive
        async for _ in stream:
            pass


async def received(channel: trio.MemoryReceiveChannel[Any]) -> AsyncIterator[Any]:
    """The items, without waiting where some are there."""
    try:
        while True:
            try:
                item = channel.receive_nowait()
            except trio.WouldBlock:
                item = await channel.receive()
            yield item
    except trio.EndOfChannel:
        return


async def nowait_first(items: int, size: int, stages: int, read: Read = ready) -> None:
    """The same, but nothing waits that need not."""

    async def stage(source: Any, target: trio.MemorySendChannel[Any]) -> None:
        async with target:
            async for item in source:
                made = same(item)
                try:
                    target.send_nowait(made)
                except trio.WouldBlock:
                    await target.send(made)

    async with trio.open_nursery() as nursery:
        stream: Any = one_by_one(Feed(items, size, read))
        for _ in range(stages):
            send, receive = trio.open_memory_channel[Any](SIZE)
            nursery.start_soon(stage, stream, send)
            stream = received(receive)
        async for _ in stream:
            pass


def safe_channel_stages(stream: Any, stages: int) -> Any:
    """A context manager of the channel after *stages* safe channels."""

    @trio.as_safe_channel
    async def first() -> AsyncIterator[Any]:
        async for item in stream:
            yield same(item)

    @trio.as_safe_channel
    async def further(upstream: Any) -> AsyncIterator[Any]:
        async with upstream as channel:
            async for item in channel:
                yield same(item)

    made = first()
    for _ in range(stages - 1):
        made = further(made)
    return made


async def safe_channels(items: int, size: int, stages: int, read: Read = ready) -> None:
    async with safe_channel_stages(one_by_one(Feed(items, size, read)), stages) as channel:
        async for _ in channel:
            pass


def aiostream(items: int, size: int, stages: int) -> Job:
    from aiostream import pipe, stream

    async def run() -> None:
        piped: Any = stream.iterate(one_by_one(Feed(items, size)))
        for _ in range(stages):
            piped |= pipe.map(same)
        async with piped.stream() as streamer:
            async for _ in streamer:
                pass

    return lambda: asyncio.run(run())


async def slurry_pipeline(items: int, size: int, stages: int, read: Read = ready) -> None:
    from slurry import Pipeline
    from slurry.sections import Map

    source = one_by_one(Feed(items, size, read))
    async with (
        Pipeline.create(source, *(Map(same) for _ in range(stages))) as pipeline,
        pipeline.tap() as channel,
    ):
        async for _ in channel:
            pass


def slurry(items: int, size: int, stages: int) -> Job:
    import slurry as _  # ruff: ignore[unused-import]

    return lambda: trio.run(slurry_pipeline, items, size, stages)
