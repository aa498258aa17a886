"""§4, memory: what an idle stream and an idle reply hold, and that a long reply holds no more.

Counted by ``tracemalloc``: what Python allocated, without what sockets take in the kernel.
"""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import trio

from lionpride_trio import TextChunk, sinks, source
from lionpride_trio.transformers import Channel, keep, map_each, text

from . import pipeline_peers
from ._canned import our_client
from ._measure import Options, first_line, sizes
from ._report import Report, Row, Table, Target
from .many import silent_model
from .pipeline import bare, fused

OWN = 8
"""KiB that an idle reply with three stages may hold, besides its connection."""


def idle_streams(count: int, run: Callable[..., Any]) -> float:
    """KiB for each of *count* streams of three stages, in a task each, that wait for a first item."""

    async def main() -> float:
        async with trio.open_nursery() as nursery:
            gc.collect()
            tracemalloc.start()
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(count):
                nursery.start_soon(run, 1, 1, 3, trio.sleep_forever)
            for _ in range(20):  # until all tasks, and those that they start, wait
                await trio.lowlevel.checkpoint()
            gc.collect()
            used = tracemalloc.get_traced_memory()[0] - before
            tracemalloc.stop()
            nursery.cancel_scope.cancel()
        return used / count / 1024

    return trio.run(main)


def streams(options: Options) -> Table:
    count = 200 if options.quick else 2_000
    runs: dict[str, Callable[..., Any]] = {
        "async generator, calls inline": bare,
        "lionpride_trio, fused": fused,
        "chained generators + aclosing": pipeline_peers.chained,
        "stock memory channels (64)": pipeline_peers.awaited,
        "trio.as_safe_channel": pipeline_peers.safe_channels,
        "slurry": pipeline_peers.slurry_pipeline,
    }
    used: dict[str, float] = {}
    skipped: dict[str, str] = {}
    for name, run in runs.items():
        try:
            idle_streams(10, run)
            used[name] = idle_streams(count, run)
        except Exception as error:
            skipped[name] = first_line(error)
    floor = next(iter(used.values()))
    rows = tuple(Row(name, kib, kib, kib, kib / floor) for name, kib in used.items())
    title = "an idle stream with three stages and its task"
    return Table(title, "KiB", rows, skipped, headline=True)


async def idle_replies(count: int, open_one: Callable[[], Any]) -> float:
    """KiB for each of *count* things that are open at a time, all in one task.

    What a reply has said so far was taken, so that nothing is held but what waiting needs.
    """
    async with AsyncExitStack() as stack:
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(count):
            opened = await stack.enter_async_context(open_one())
            if isinstance(opened, Channel):
                await opened.receive_batch()
        gc.collect()
        used = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
    return used / count / 1024


def replies(options: Options, report: Report) -> None:
    """Opened replies that wait: the HTTP client's share, and a reply with three stages."""
    n = 250 if options.quick else 2_500
    model = silent_model()
    client = our_client([], ends=False)
    kinds: dict[str, Callable[[], Any]] = {
        "the HTTP client alone": lambda: client.stream("POST", "http://x/", content=b"{}"),
        "a reply | text | keep | map_each": lambda: (
            model.stream("hi") | text() | keep(bool) | map_each(len)
        ),
    }
    held: dict[str, float] = {}
    for name, open_one in kinds.items():
        trio.run(idle_replies, 10, open_one)
        costs = {size: trio.run(idle_replies, size, open_one) for size in (n, 4 * n)}
        report.add(sizes(f"worst case: {4 * n:,} idle and open: {name}", costs, "KiB"))
        held[name] = costs[4 * n]
    share, whole = held.values()
    reply = trio.run(idle_replies, n, lambda: model.stream("hi"))
    rows = [
        Row(name, kib, kib, kib, kib / share)
        for name, kib in {
            "the HTTP client's share": share,
            "lionpride_trio, of a reply": reply - share,
            "lionpride_trio, of its three stages": whole - reply,
        }.items()
    ]
    report.add(
        Table("an idle reply with three stages, by shares", "KiB", tuple(rows)),
        Target("an idle reply with three stages, our own", f"<= {OWN} KiB", whole - share),
    )


@source
async def much(megabytes: int) -> AsyncIterator[TextChunk]:
    for _ in range(megabytes * 64):
        yield TextChunk("x" * 16 * 1024)


async def to_file(megabytes: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        tracemalloc.start()
        await sinks.write_file(Path(folder) / "answer")(much(megabytes))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak / 2**20


def main(options: Options, report: Report) -> None:
    report.add(streams(options))
    replies(options, report)
    megabytes = 10 if options.quick else 100
    peak = trio.run(to_file, megabytes)
    row = Row(f"lionpride_trio, {megabytes} MB to a file", peak, peak, peak, 1)
    report.add(Table("most memory over the start", "MiB", (row,)))
