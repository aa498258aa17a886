"""§1, over real loopback connections: processor time of the client alone, in bursts.

The server is a process of its own, so what is counted is what a program pays for reading.  It writes as
fast as it can, five events at a time, which no model does: ``one_event`` has what a model does.  Of each
client the connections are opened within what is counted, but for a first one.
"""

from __future__ import annotations

import functools
import gc
import statistics
import time
from collections.abc import Callable

import trio

from . import http_clients
from ._measure import Contender, Entry, Options, compare, first_line
from ._report import Report, Table, Target
from ._server import open_files, serving
from .http_clients import Client, nothing

CHUNKS = 100
FLOOR = "floor: trio sockets, bytes only"
HTTPX = "httpx, bytes only"
OURS = "lionpride_trio"
OPENAI = "openai SDK"

CLIENTS: dict[str, Callable[[], Client]] = {
    FLOOR: lambda: http_clients.sockets,
    HTTPX: lambda: http_clients.httpx_bytes,
    "httpx2, bytes only": http_clients.httpx2_bytes,
    "httpx + our decoder": lambda: http_clients.httpx_decoded,
    OURS: lambda: http_clients.ours,
    OPENAI: http_clients.openai_sdk,
    "anthropic SDK": http_clients.anthropic_sdk,
}


def made() -> dict[str, Client | str]:
    """The clients that are installed, and why others are not."""
    found: dict[str, Client | str] = {}
    for name, make in CLIENTS.items():
        try:
            found[name] = make()
        except Exception as error:
            found[name] = first_line(error)
    return found


def contenders(
    job: Callable[[Client], float], *, items: int | None = None, only: tuple[str, ...] = ()
) -> dict[str, Entry]:
    """*job* for each client; it returns the seconds that count."""
    entries: dict[str, Entry] = {}
    for name, client in made().items():
        if only and name not in only:
            continue
        if isinstance(client, str):
            entries[name] = client
        else:
            entries[name] = Contender(functools.partial(job, client), items=items, own_clock=True)
    return entries


async def at_once(client: Client, url: str, streams: int, times: int) -> float:
    """*streams* replies at a time, *times* times over."""
    async with client(url, None) as read:
        await read(nothing)  # the first pays for imports
        gc.collect()
        began = time.process_time()
        for _ in range(times):
            async with trio.open_nursery() as nursery:
                for _ in range(streams):
                    nursery.start_soon(read, nothing)
        return time.process_time() - began


async def until_first(client: Client, url: str, times: int) -> float:
    """From the request to the first piece, on a connection that is open, by the wall's clock; usual."""
    waits = []
    async with client(url, None) as read:
        await read(nothing)
        for _ in range(times):
            pieces: list[float] = []
            began = time.perf_counter()
            await read(lambda pieces=pieces: pieces or pieces.append(time.perf_counter()))
            waits.append(pieces[0] - began)
    return statistics.median(waits)


def many(url: str, options: Options) -> dict[int, Table]:
    """Streams at once, by their number."""
    tables = {}
    room = open_files(4096)
    for streams in (1, 100) if options.quick else (1, 100, 1000):
        if streams + 100 > room:
            print(f"\nonly {room} files may be open: {streams} streams are left out")
            continue
        times = max(1, (10 if options.quick else 50) // streams)
        tables[streams] = compare(
            f"over loopback, {streams} stream{'s' * (streams > 1)} of {CHUNKS} chunks at once",
            contenders(
                lambda client, streams=streams, times=times: trio.run(
                    at_once, client, url, streams, times
                )
            ),
            items=times * streams * CHUNKS,
            options=options,
            unit="µs/chunk",
            headline=True,
            rounds=2 if options.quick or streams == 1000 else None,
        )
    return tables


def targets(streams: int, tables: dict[int, Table]) -> list[Target]:
    table = tables[streams]
    title = f"over loopback, {streams} stream{'s' * (streams > 1)}"
    if streams < 1000:
        return [Target(title, "<= 1.3 × httpx, bytes only", table.ratio(OURS, HTTPX))]
    cost, fewer = table.cost(OURS), tables[100].cost(OURS)
    return [
        Target(title, "<= 2 × its cost at 100", cost / fewer if cost and fewer else None),
        Target(title, ">= 5 × cheaper than the openai SDK", table.ratio(OPENAI, OURS)),
    ]


def main(options: Options, report: Report) -> None:
    with serving() as address:
        tables = many(f"{address}/{CHUNKS}/openai/v1", options)
        for streams, table in tables.items():
            report.add(table, *targets(streams, tables))

        times = 20 if options.quick else 100
        one = f"{address}/1/openai/v1"
        table = compare(
            "over loopback, a reply of one token",
            contenders(lambda client: trio.run(at_once, client, one, 1, times)),
            items=times,
            options=options,
            unit="µs/reply",
            headline=True,
        )
        report.add(table)

        times = 50 if options.quick else 200
        few = f"{address}/20/openai/v1"
        table = compare(
            "over loopback, until the first piece of a reply (wall time)",
            contenders(
                lambda client: trio.run(until_first, client, few, times),
                only=(HTTPX, "httpx + our decoder", OURS, OPENAI),
            ),
            items=1,
            options=options,
            unit="µs/reply",
        )
        title = "the first chunk of a reply"
        limit = "<= 1.1 × bare httpx's first byte"
        report.add(table, Target(title, limit, table.ratio(OURS, HTTPX)))
