"""§7: one event a read, as models send them; in bursts, which the other tables have, several come at once.

Each stream gets one event, and the next when all have been read, over real connections on loopback.  The
server runs in the same process and its own time is subtracted, so that what is counted is what a client
pays for an event: to be woken, to read and decode it, and to hand it on.  The request is not in it.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import Callable

import trio
import trustme

from . import http_clients
from ._lockstep import lockstep
from ._measure import Contender, Entry, Options, compare, peer
from ._report import Report, Table, Target
from ._server import open_files
from .http_clients import Client

FLOOR = "floor: trio stream + jiter"
HTTPX = "httpx + jiter"
OURS = "lionpride_trio, one stage"
WITH_CLOCK = "lionpride_trio, idle_timeout and one stage"
OVER_HTTPX = "lionpride_trio over the user's httpx, one stage"
IN_HTTPX = "the same with HTTPTransport in it"
OPENAI = "openai SDK"

CLIENTS: dict[str, Callable[[], Client]] = {
    FLOOR: lambda: http_clients.sockets_and_json,
    HTTPX: lambda: http_clients.httpx_and_json,
    OURS: lambda: http_clients.ours,
    WITH_CLOCK: lambda: http_clients.ours_with_an_idle_clock,
    OVER_HTTPX: lambda: http_clients.ours_over_httpx,
    IN_HTTPX: lambda: http_clients.ours_in_httpx,
    OPENAI: http_clients.openai_sdk,
}
CHUNKS = 20_000
"""How many chunks a fast contender reads in a round, by all its streams together."""
SLOW = {OPENAI: 4}
"""Contenders that read so many times fewer."""
LIMITS = {(100, False): 1.7, (100, True): 1.2}


@functools.cache
def contexts() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's and its clients'."""
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


async def read_all(client: Client, streams: int, events: int, *, tls: bool) -> float:
    """The seconds that *streams* readers take for *events* events each."""
    theirs, ours = contexts() if tls else (None, None)
    async with lockstep(streams, theirs) as (url, server), client(url, ours) as read:
        for server.events in (2, events):  # the first pays for imports and connections
            async with trio.open_nursery() as nursery:
                for _ in range(streams):
                    nursery.start_soon(read, server.took)
        return server.seconds


def compared(streams: int, options: Options, *, tls: bool) -> Table:
    chunks = CHUNKS // 4 if options.quick else CHUNKS
    entries: dict[str, Entry] = {}
    for name, make in CLIENTS.items():
        if streams == 1_000 and name in {OVER_HTTPX, IN_HTTPX, OPENAI}:
            entries[name] = "a pool of a thousand connections takes minutes to be filled"
            continue
        events = max(2, chunks // streams // SLOW.get(name, 1))

        def made(make: Callable[[], Client] = make, events: int = events) -> Entry:
            job = functools.partial(trio.run, functools.partial(read_all, tls=tls))
            client = make()
            return Contender(
                lambda: job(client, streams, events), items=events * streams, own_clock=True
            )

        entries[name] = peer(made)
    return compare(
        f"one event a read, {streams:,} stream{'s' * (streams > 1)}{' over TLS' * tls}",
        entries,
        items=chunks,
        options=options,
        unit="µs/chunk",
        headline=True,
        rounds=3 if streams == 1_000 else None,
    )


def main(options: Options, report: Report) -> None:
    for streams, tls in ((1, False), (100, False), (1_000, False), (100, True)):
        if 3 * streams + 100 > open_files(4096) or (options.quick and streams == 1_000):
            continue
        table = compared(streams, options, tls=tls)
        limit = LIMITS.get((streams, tls))
        targets = []
        if limit is not None:
            targets.append(Target(table.title, f"<= {limit} × the floor", table.ratio(OURS)))
        if (streams, tls) == (100, False):
            title = table.title
            targets += [
                Target(f"{title}: openai SDK", ">= 7 × cheaper", table.ratio(OPENAI, OURS)),
                Target(
                    f"{title}: an idle clock",
                    "<= 0.5 µs a read",
                    table.difference(WITH_CLOCK, OURS),
                ),
                Target(f"{title}: over httpx", "<= 1.3 × httpx", table.ratio(OVER_HTTPX, HTTPX)),
                Target(
                    f"{title}: with HTTPTransport", "<= 1.1 × our own", table.ratio(IN_HTTPX, OURS)
                ),
            ]
        report.add(table, *targets)
