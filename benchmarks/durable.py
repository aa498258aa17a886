"""Durable streams: what a chunk costs that is written down and followed, and how late it comes.

Wall-clock time, since a store works in threads and in other processes.  The chunks have what a real
provider's have: metadata and the decoded event.  Beside Redis stands npm's ``resumable-stream``, which
keeps a stream in the memory of the process that makes it, sends it to readers through Redis, and
writes nothing down.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import trio

from lionpride_trio import source
from lionpride_trio.durable import open_streams
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.transformers import from_iterable
from tests.durable.servers import redis_server

from ._measure import Contender, Entry, Options, compare, peer
from ._report import Report, Row, Table, Target
from ._streams import openai_chat

MEMORY = "memory"
SQLITE = "SQLite"
REDIS = "Redis"
PEER = "resumable-stream (npm, Redis, keeps nothing)"
TICK = 0.004
"""Seconds between two items whose latency is measured."""


def chunks(count: int) -> list[Any]:
    """Chunks of a recorded reply, as a provider's decoder makes them."""
    decoder = StreamDecoder(get("openai"))
    made = decoder.feed(openai_chat(count))
    return [*made, *decoder.flush()][:count]


async def written_and_followed(url: str, items: list[Any]) -> float:
    """Seconds from the start of a stream of *items* until a reader has them all."""
    async with open_streams(url) as streams:
        name = uuid.uuid4().hex
        began = time.perf_counter()
        await streams.start(name, from_iterable(items))
        got = 0
        async with streams.follow(name) as channel:
            async for batch in channel.batches():
                got += len(batch)
        took = time.perf_counter() - began
        assert got == len(items)
        await streams.delete(name)
    return took


async def latencies(url: str, count: int, **settings: Any) -> list[float]:
    """Seconds from the moment in which an item is there until its reader has it, in order of size."""

    @source
    async def ticking() -> Any:
        for _ in range(count):
            await trio.sleep(TICK)
            yield time.perf_counter()

    late: list[float] = []
    async with open_streams(url, **settings) as streams:
        name = uuid.uuid4().hex
        await streams.start(name, ticking())
        async with streams.follow(name) as channel:
            async for made in channel:
                late.append(time.perf_counter() - made)
        await streams.delete(name)
    return sorted(late)


@contextmanager
def stores() -> Generator[dict[str, str]]:
    """The URL of each store that can be measured here."""
    with tempfile.TemporaryDirectory() as folder:
        urls = {MEMORY: "memory:", SQLITE: f"sqlite:///{folder}/streams.db"}
        if shutil.which("redis-server"):
            with redis_server(appendonly="no") as server:
                yield urls | {REDIS: server.url}
        else:
            yield urls


def resumable_stream(url: str, items: list[Any], folder: str) -> Contender:
    """The peer's program, installed into *folder*."""
    program = Path(__file__).with_name("durable_peer.mjs")
    install = ["npm", "install", "--silent", "--prefix", folder, "resumable-stream@2", "redis"]
    subprocess.run(install, check=True, capture_output=True)
    shutil.copy(program, folder)
    texts = Path(folder) / "texts.json"
    texts.write_text(json.dumps([item.to_json() for item in items]))

    def job() -> float:
        run = ["node", f"{folder}/{program.name}", url, str(texts)]
        done = subprocess.run(run, check=True, capture_output=True, text=True, timeout=120)
        return float(done.stdout)

    return Contender(job, own_clock=True)


def how_fast(urls: dict[str, str], options: Options, report: Report) -> None:
    items = chunks(2_000 if options.quick else 20_000)

    def job(url: str) -> Callable[[], float]:
        return partial(trio.run, written_and_followed, url, items)

    with tempfile.TemporaryDirectory() as folder:
        contenders: dict[str, Entry] = {
            name: Contender(job(url), own_clock=True) for name, url in urls.items()
        }
        if REDIS in urls:
            contenders[PEER] = peer(lambda: resumable_stream(urls[REDIS], items, folder))
        else:
            contenders[REDIS] = contenders[PEER] = "redis-server is not installed"
        title = f"durable streams: {len(items):,} chunks written and followed"
        table = compare(title, contenders, items=len(items), options=options)
    report.add(
        table,
        Target("SQLite: 20,000 chunks/s", "<= 50 µs/item", table.cost(SQLITE)),
        Target("Redis: 10,000 chunks/s", "<= 100 µs/item", table.cost(REDIS)),
    )


def how_late(urls: dict[str, str], options: Options, report: Report) -> None:
    count = 100 if options.quick else 500
    for title, limit, settings in (
        ("by default", 60, {}),
        ("with flush_every=1", 5, {"flush_every": 1}),
    ):
        found = {
            name: trio.run(partial(latencies, url, count, **settings)) for name, url in urls.items()
        }
        p95 = {name: late[len(late) * 95 // 100] * 1e3 for name, late in found.items()}
        rows = tuple(
            Row(name, p95[name], late[0] * 1e3, late[-1] * 1e3, p95[name] / p95[MEMORY])
            for name, late in found.items()
        )
        report.add(
            Table(f"durable streams: added latency {title}, 95th percentile", "ms", rows),
            *(
                Target(f"{name}: added latency {title}", f"<= {limit} ms", p95[name])
                for name in p95
                if name != MEMORY
            ),
        )


def main(options: Options, report: Report) -> None:
    with stores() as urls:
        how_fast(urls, options, report)
        how_late(urls, options, report)
