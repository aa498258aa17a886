"""Sinks that pretend."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import trio

from lionpride_trio import sinks
from lionpride_trio.testing import check_sink
from tests.testing.mutants.case import Case

PATH = Path(tempfile.gettempdir()) / "lionpride-trio-mutant-sink.txt"
FILE = partial(
    check_sink,
    left=lambda: PATH.read_text() if PATH.exists() else None,
    reset=lambda: PATH.unlink(missing_ok=True),
)


async def half_a_file(readable):
    """Writes where the whole file should be."""
    PATH.write_text("")
    text = ""
    async with opened(readable) as channel:
        async for item in channel:
            text += item
            PATH.write_text(text)
    return PATH


async def a_whole_file(readable):
    PATH.write_text(await sinks.join(readable))
    return PATH


def opened(readable):
    from lionpride_trio.sinks._common import opened as open_it

    return open_it(readable)


async def swallows_the_failure(readable):
    got = []
    try:
        async with opened(readable) as channel:
            async for item in channel:
                got.append(item)
    except Exception:
        pass
    return got


async def closes_what_it_was_handed(readable):
    async with opened(readable) as channel:
        got = await sinks.collect(channel)
        await channel.aclose()
        return got


async def counts_batches(readable):
    count = 0
    async with opened(readable) as channel:
        async for _ in channel.batches():
            count += 1
    return count


async def leaves_a_task(readable):
    trio.lowlevel.spawn_system_task(trio.sleep_forever)
    return await sinks.collect(readable)


async def groups(readable):
    got = []

    async def read():
        got.extend(await sinks.collect(readable))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
    return got


async def takes_cancelled_for_the_end(readable):
    got = []
    try:
        async with opened(readable) as channel:
            async for item in channel:
                got.append(item)
    except trio.Cancelled:
        pass
    return got


CASES = [
    Case("half a file", FILE, sinks.write_file(PATH, keep_partial=False), half_a_file,
         "cut is not whole"),
    Case("half a file, one twin more", FILE, a_whole_file, half_a_file, "cut is not whole"),
    Case("swallows the failure", check_sink, sinks.collect, swallows_the_failure,
         "cut is not whole"),
    Case("closes what it was handed", check_sink, sinks.collect, closes_what_it_was_handed,
         "structured"),
    Case("counts batches", check_sink, sinks.drain, counts_batches, "chunking invariance"),
    Case("leaves a task", check_sink, sinks.join, leaves_a_task, "structured"),
    Case("groups", check_sink, sinks.last, groups, "failures come plain"),
    Case("takes cancelled for the end", check_sink, sinks.collect, takes_cancelled_for_the_end,
         "cancellation"),
]  # fmt: skip
