"""§7: a hundred streams at the pace of models: 25 events a second each, over loopback, from another process.

Here nothing waits for anything but the clock, so clients on asyncio and on node can be compared too.  What is
counted is the processor time of the whole client, requests and connections included.
"""

from __future__ import annotations

import gc
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import trio

from . import http_clients
from ._measure import Contender, Entry, Options, compare, peers
from ._report import Report, Target
from ._server import serving
from .http_clients import Client, nothing

STREAMS = 100
A_SECOND = 25
FLOOR = "floor: trio stream + jiter"
AIOHTTP = "aiohttp + orjson, on asyncio"
OURS = "lionpride_trio, one stage"
NODE = "node's openai client"
PACKAGES = ("openai@6", "ai@7", "@ai-sdk/openai-compatible")


async def on_trio(client: Client, url: str) -> float:
    async with client(url, None) as read:
        await read(nothing)
        gc.collect()
        began = time.process_time()
        async with trio.open_nursery() as nursery:
            for _ in range(STREAMS):
                nursery.start_soon(read, nothing)
        return time.process_time() - began


def on_node(client: str, url: str, folder: str) -> float:
    program = Path(folder) / "paced_peer.mjs"
    run = ["node", str(program), client, url, str(STREAMS)]
    done = subprocess.run(run, check=True, capture_output=True, text=True, timeout=120)
    return float(done.stdout)


def install(folder: str) -> None:
    command = ["npm", "install", "--silent", "--prefix", folder, *PACKAGES]
    subprocess.run(command, check=True, capture_output=True)
    program = Path(__file__).with_name("paced_peer.mjs")
    (Path(folder) / program.name).write_text(program.read_text())


def main(options: Options, report: Report) -> None:
    events = 25 if options.quick else 100
    with serving() as address, tempfile.TemporaryDirectory() as folder:
        url = f"{address}/{events}/openai/{A_SECOND}/v1"
        try:
            install(folder)
            missing = ""
        except (OSError, subprocess.CalledProcessError):
            missing = "npm is not here, or cannot install it"

        def on(client: Client) -> Contender:
            return Contender(lambda: trio.run(on_trio, client, url), own_clock=True)

        def node(name: str) -> Entry:
            return missing or Contender(lambda: on_node(name, url, folder), own_clock=True)

        def aiohttp() -> Entry:
            from .aiohttp_peer import seconds

            return Contender(lambda: seconds(url, STREAMS, 1), own_clock=True)

        makers: dict[str, Callable[[], Entry]] = {
            AIOHTTP: aiohttp,
            OURS: lambda: on(http_clients.ours),
            "lionpride_trio over the user's httpx": lambda: on(http_clients.ours_over_httpx),
            "openai SDK": lambda: on(http_clients.openai_sdk()),
            NODE: lambda: node("openai"),
            "node's AI SDK": lambda: node("ai"),
        }
        table = compare(
            f"{STREAMS} streams at {A_SECOND} events a second each, from another process",
            {FLOOR: on(http_clients.sockets_and_json), **peers(makers)},
            items=STREAMS * events,
            options=options,
            unit="µs/chunk",
            headline=True,
            rounds=2 if options.quick else 3,
        )
    title = "paced, against node's openai client"
    report.add(table, Target(title, ">= 2 × cheaper", table.ratio(NODE, OURS)))
