"""§7: thousands of fast streams in one process: processor time a chunk, and the memory of all of it.

Each contender runs in a process of its own, whose most memory is taken, so that nothing of another is in it.
The garbage collector is on, as it is in programs.
"""

from __future__ import annotations

import gc
import multiprocessing
import statistics
import time
from pathlib import Path
from typing import Any

import trio

from . import http_clients
from ._measure import Options
from ._report import Report, Row, Table, Target
from ._server import open_files, serving
from .http_clients import nothing

CHUNKS = 100
FLOOR = "floor: trio stream + jiter"
OURS = "lionpride_trio, one stage"
CLIENTS = {FLOOR: http_clients.sockets_and_json, OURS: http_clients.ours}


def _kib(field: str) -> float:
    """The memory of this process, as Linux tells it: ``VmRSS`` now, ``VmHWM`` at most."""
    text = Path("/proc/self/status").read_text("utf-8")
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith(field)))


def _forget_most() -> None:
    """Count the most from now on (proc(5))."""
    Path("/proc/self/clear_refs").write_text("5", "utf-8")


def in_a_process(name: str, url: str, streams: int, told: Any) -> None:
    """Tell the seconds of *streams* streams, and the KiB that they took at most."""
    open_files(2 * streams + 100)

    async def main() -> None:
        async with CLIENTS[name](url, None) as read:
            await read(nothing)
            gc.collect()
            _forget_most()
            kib, began = _kib("VmRSS"), time.process_time()
            async with trio.open_nursery() as nursery:
                for _ in range(streams):
                    nursery.start_soon(read, nothing)
            told.send((time.process_time() - began, _kib("VmHWM") - kib))

    trio.run(main)


def measured(name: str, url: str, streams: int, rounds: int) -> tuple[list[float], list[float]]:
    context = multiprocessing.get_context("spawn")
    costs, memory = [], []
    for _ in range(rounds):
        ours, theirs = context.Pipe()
        process = context.Process(target=in_a_process, args=(name, url, streams, theirs))
        process.start()
        theirs.close()
        seconds, kib = ours.recv()
        process.join()
        costs.append(seconds / streams / CHUNKS * 1e6)
        memory.append(kib / streams)
    return costs, memory


def rows(found: dict[str, list[float]]) -> tuple[Row, ...]:
    middle = {name: statistics.median(figures) for name, figures in found.items()}
    base = middle[FLOOR]
    return tuple(
        Row(name, middle[name], min(figures), max(figures), middle[name] / base)
        for name, figures in found.items()
    )


def main(options: Options, report: Report) -> None:
    room = open_files(2 * 5_000 + 200)
    costs: dict[int, Table] = {}
    with serving() as address:
        url = f"{address}/{CHUNKS}/openai/v1"
        for streams in (1_000,) if options.quick else (1_000, 5_000):
            if 2 * streams + 100 > room:
                print(f"\nonly {room} files may be open: {streams} streams are left out")
                continue
            found = {
                name: measured(name, url, streams, 1 if options.quick else 3) for name in CLIENTS
            }
            title = f"{streams:,} fast streams at once, gc on"
            costs[streams] = table = Table(
                title,
                "µs/chunk",
                rows({name: each[0] for name, each in found.items()}),
                headline=True,
            )
            targets = [Target(title, "<= 2.5 × the floor", table.ratio(OURS))]
            if streams > 1_000:
                fewer, more = costs[1_000].cost(OURS), table.cost(OURS)
                figure = more / fewer if more and fewer else None
                targets.append(Target(title, "<= 1.15 × of 1,000", figure))
            report.add(table, *targets)
            memory = Table(
                f"{streams:,} fast streams at once, memory of the process over its start",
                "KiB/stream",
                rows({name: each[1] for name, each in found.items()}),
            )
            report.add(memory, Target(memory.title, "<= 120 KiB a stream", memory.cost(OURS)))
