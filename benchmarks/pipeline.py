"""§2: transformers: what an item costs on its way through stages, fused or written inline.

The floor is an async generator that reads from the same `Feed` and has the stages' calls written
out, one inside the other, for each item.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import nullcontext
from typing import Any

import trio

from lionpride_trio import Source, TextChunk, sinks
from lionpride_trio.stages import SentenceSplitter
from lionpride_trio.transformers import (
    Channel,
    buffer,
    idle_timeout,
    map_each,
    prefetch,
    sentences,
    text,
)

from . import pipeline_peers
from ._measure import Entry, Job, Options, compare, growth
from ._reads import Feed, Read, ready, waiting
from ._report import Report, Table, Target
from ._streams import texts

INLINE = "async generator, calls inline"
FUSED = "lionpride_trio, fused"


def same(item: Any) -> Any:
    return item


class Reads(Channel[Any]):
    """A `Feed` as a channel of this library."""

    def __init__(self, items: Any, size: int, read: Read = ready) -> None:
        super().__init__()
        self._feed = Feed(items, size, read)

    async def _fetch(self) -> Any:
        batch = await self._feed.next()
        if not batch:
            self._finish()
        return batch


def reads(items: Any, size: int, read: Read = ready) -> Source[Any]:
    """A `Feed` as a source of this library."""
    return Source(lambda: nullcontext(Reads(items, size, read)), name="reads")


def in_trio(function: Callable[..., Any], *args: Any) -> Job:
    return lambda: trio.run(function, *args)


@functools.cache
def inline(stages: int) -> Callable[[Feed], AsyncIterator[Any]]:
    """An async generator with *stages* calls written out, for a loop over them would be no floor."""
    calls = "same(" * stages + "item" + ")" * stages
    names: dict[str, Any] = {"same": same}
    exec(
        "async def generator(feed):\n"
        "    while batch := await feed.next():\n"
        "        for item in batch:\n"
        f"            yield {calls}\n",
        names,
    )
    made: Callable[[Feed], AsyncIterator[Any]] = names["generator"]
    return made


async def bare(items: int, size: int, stages: int, read: Read = ready) -> None:
    async for _ in inline(stages)(Feed(items, size, read)):
        pass


async def fused(items: int, size: int, stages: int, read: Read = ready) -> None:
    async with piped(items, size, stages, read) as channel:
        async for _ in channel:
            pass


async def fused_batches(items: int, size: int, stages: int, read: Read = ready) -> None:
    async with piped(items, size, stages, read) as channel:
        async for batch in channel.batches():
            for _ in batch:
                pass


def piped(items: int, size: int, stages: int, read: Read) -> Source[Any]:
    stream = reads(items, size, read)
    for _ in range(stages):
        stream |= map_each(same)
    return stream


LIMITS = {(3, 8): 2.5, (3, 1): 2.5, (6, 8): 2.2, (6, 1): 3}
"""How many times the floor's cost fused stages may have, by stages and items a read."""
FASTER = {"aiostream": 7, "slurry": 60, "trio.as_safe_channel": 70}
"""How many times cheaper than these fused stages must be, at three stages and reads of eight."""
SHORTER = "lionpride_trio, fused, 3 stages only"


def staged(stages: int, size: int, options: Options) -> Table:
    """Stages that do next to nothing, and reads that have their data at once."""
    n = 20_000 if options.quick else 200_000
    contenders: dict[str, Entry] = {
        INLINE: in_trio(bare, n, size, stages),
        FUSED: in_trio(fused, n, size, stages),
        "lionpride_trio, fused, batches()": in_trio(fused_batches, n, size, stages),
    }
    if stages == 3:
        contenders |= pipeline_peers.contenders(n, size, stages)
    if stages == 6:
        contenders[SHORTER] = in_trio(fused, n, size, 3)
    title = f"{stages} stage{'s' * (stages > 1)}, reads of {size}"
    return compare(title, contenders, items=n, options=options, headline=stages == 3)


def targets(stages: int, size: int, table: Table) -> Iterator[Target]:
    if (stages, size) in LIMITS:
        yield Target(table.title, f"<= {LIMITS[stages, size]} × inline", table.ratio(FUSED))
    if (stages, size) == (3, 8):
        for name, factor in FASTER.items():
            limit = f">= {factor} × cheaper"
            yield Target(f"{table.title}: {name}", limit, table.ratio(name, FUSED))
    if stages == 6:
        step = table.difference(FUSED, SHORTER)
        figure = None if step is None else step / 3
        yield Target(f"a further stage, reads of {size}", "<= 0.1 µs", figure)


def staged_waiting(size: int, options: Options, report: Report) -> None:
    """Three stages, and reads that other tasks run during."""
    n = 20_000 if options.quick else 200_000
    contenders: dict[str, Entry] = {
        INLINE: in_trio(bare, n, size, 3, waiting),
        FUSED: in_trio(fused, n, size, 3, waiting),
    }
    title = f"3 stages, reads of {size} that wait"
    table = compare(title, contenders, items=n, options=options)
    report.add(table, Target(title, f"<= {LIMITS[3, size]} × inline", table.ratio(FUSED)))


async def hop(items: int) -> None:
    async with reads(items, 8, waiting) | prefetch(64) as channel:
        async for _ in channel:
            pass


def hops(options: Options, report: Report) -> None:
    """From one task to another."""
    n = 5_000 if options.quick else 50_000
    awaited, ours = "stock memory channel (64), awaited", "lionpride_trio, prefetch(64)"
    contenders: dict[str, Entry] = {
        awaited: in_trio(pipeline_peers.awaited, n, 8, 1, waiting),
        "stock memory channel (64), nowait first": in_trio(
            pipeline_peers.nowait_first, n, 8, 1, waiting
        ),
        ours: in_trio(hop, n),
    }
    table = compare("one hop between tasks", contenders, items=n, options=options, headline=True)
    report.add(table, Target("one hop", "<= 0.15 × an awaited stock hop", table.ratio(ours)))


async def clocked(items: int, size: int) -> None:
    async with reads(items, size, waiting) | idle_timeout(60) as channel:
        async for _ in channel:
            pass


async def scoped_reads(items: int, size: int) -> None:
    """The obvious way: a scope for each read."""

    async def read() -> None:
        with trio.fail_after(60):
            await trio.lowlevel.checkpoint()

    await bare(items, size, 0, read)


def idle_clock(options: Options, report: Report) -> None:
    n = 10_000 if options.quick else 100_000
    for size in (8, 1):
        without, ours = "lionpride_trio, no clock", "lionpride_trio, idle_timeout(60)"
        contenders: dict[str, Entry] = {
            without: in_trio(fused, n, size, 0, waiting),
            ours: in_trio(clocked, n, size),
            "async generator, no clock": in_trio(bare, n, size, 0, waiting),
            "async generator, fail_after for each read": in_trio(scoped_reads, n, size),
        }
        title = f"idle clock, reads of {size} that wait"
        table = compare(title, contenders, items=n, options=options)
        report.add(table, Target(title, "<= 0.5 µs an item", table.difference(ours, without)))


def spoken(n: int) -> Iterator[TextChunk]:
    """*n* words in sentences of twelve."""
    for number, word in enumerate(texts(n)):
        place = number % 12
        yield TextChunk(word.title() if place == 0 else f"{word}." if place == 11 else word)


def text_pipeline(options: Options, report: Report) -> None:
    """``text | buffer | sentences | strip`` against the same work in one function."""
    n = 20_000 if options.quick else 200_000
    chunks = list(spoken(n))

    def sync() -> list[str]:
        splitter, held, made = SentenceSplitter(), [], []
        for chunk in chunks:
            held.append(chunk.data)
            if len(held) == 4:
                made += [one.strip() for one in splitter.feed("".join(held))]
                held.clear()
        made += [one.strip() for one in splitter.feed("".join(held))]
        made += [one.strip() for one in splitter.flush()]
        return made

    async def ours() -> list[str]:
        stream = reads(chunks, 8) | text() | buffer(count=4) | sentences() | map_each(str.strip)
        async with stream as channel:
            return await sinks.collect(channel)

    assert trio.run(ours) == sync()
    name = "lionpride_trio, text | buffer | sentences | strip"
    contenders: dict[str, Entry] = {"the same work in one function": sync, name: in_trio(ours)}
    table = compare("a text pipeline, a chunk", contenders, items=n, options=options, headline=True)
    report.add(table, Target("a text pipeline", "<= 2 × the same work, sync", table.ratio(name)))


def main(options: Options, report: Report) -> None:
    for size in (8, 1):
        for stages in (1, 3, 6):
            table = staged(stages, size, options)
            report.add(table, *targets(stages, size, table))
        staged_waiting(size, options, report)
    hops(options, report)
    idle_clock(options, report)
    text_pipeline(options, report)
    n = 2_500 if options.quick else 25_000
    table = growth("worst case: 20 stages", lambda n: trio.run(fused, n, 8, 20), n)
    report.add(table, Target("20 stages", "<= 1.5 × the cost at a quarter", table.growth()))
