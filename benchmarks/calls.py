"""§7: what a call costs beside its chunks: a reply of one token, and a whole answer of four megabytes.

Connections are open already.  aiohttp stands for what is possible on asyncio, and does no more than read
the bytes and decode their JSON.
"""

from __future__ import annotations

import functools
import gc
import time
from typing import Any

import httpx
import trio

from lionpride_trio import Session, iModel

from . import http_clients
from ._measure import Contender, Entry, Options, compare, peer
from ._report import Report, Target
from ._server import serving
from .http_clients import MESSAGES, Client, nothing

AIOHTTP = "aiohttp + orjson, on asyncio"
HTTPX = "httpx + jiter"
OURS = "lionpride_trio"
OVER_HTTPX = "lionpride_trio over the user's httpx"
IN_HTTPX = "the same with HTTPTransport in it"
OPENAI = "openai SDK"


async def short_calls(client: Client, url: str, times: int) -> float:
    async with client(url, None) as read:
        await read(nothing)  # the first pays for imports and a connection
        gc.collect()
        began = time.process_time()
        for _ in range(times):
            await read(nothing)
        return time.process_time() - began


def calls(address: str, options: Options, report: Report) -> None:
    url = f"{address}/1/openai/v1"
    times = 50 if options.quick else 300

    def job(client: Client) -> Contender:
        return Contender(lambda: trio.run(short_calls, client, url, times), own_clock=True)

    def aiohttp() -> Entry:
        from .aiohttp_peer import seconds

        return Contender(lambda: seconds(url, 1, times), own_clock=True)

    table = compare(
        "a reply of one token, its connection open",
        {
            OURS: job(http_clients.ours_bare),
            AIOHTTP: peer(aiohttp),
            HTTPX: job(http_clients.httpx_and_json),
            OVER_HTTPX: job(http_clients.ours_over_httpx),
            IN_HTTPX: job(http_clients.ours_in_httpx),
            OPENAI: peer(lambda: job(http_clients.openai_sdk())),
        },
        items=times,
        options=options,
        unit="µs/call",
        headline=True,
    )
    report.add(
        table,
        Target("a short call", "<= 1.6 × aiohttp", table.ratio(OURS, AIOHTTP)),
        Target("a short call over httpx", "<= 1.3 × httpx", table.ratio(OVER_HTTPX, HTTPX)),
    )


async def whole_by_ours(url: str) -> float:
    async with Session() as session:
        model = iModel("openai", "m", api_key="x", base_url=url)
        session.services.register(model)
        await model.complete("hi")
        began = time.process_time()
        assert len((await model.complete("hi")).text) > 1_000_000
        return time.process_time() - began


async def whole_by_openai(url: str) -> float:
    import openai

    async with httpx.AsyncClient(timeout=None, trust_env=False) as http:
        sdk = openai.AsyncOpenAI(api_key="x", base_url=url, http_client=http)
        ask = functools.partial(sdk.chat.completions.create, model="m", messages=MESSAGES)
        await ask()
        began = time.process_time()
        answer: Any = await ask()
        assert len(answer.choices[0].message.content) > 1_000_000
        return time.process_time() - began


def whole(address: str, options: Options, report: Report) -> None:
    url = f"{address}/4000000/document/v1"

    def openai_sdk() -> Entry:
        import openai as _  # ruff: ignore[unused-import]

        return Contender(lambda: trio.run(whole_by_openai, url), own_clock=True)

    ours = Contender(lambda: trio.run(whole_by_ours, url), own_clock=True)
    table = compare(
        "a whole answer of 4 MB, by complete()",
        {OURS: ours, OPENAI: peer(openai_sdk)},
        items=1000,
        options=options,
        unit="ms",
    )
    report.add(
        table, Target("complete() of 4 MB", "<= 1 × the openai SDK", table.ratio(OURS, OPENAI))
    )


def main(options: Options, report: Report) -> None:
    with serving() as address:
        calls(address, options, report)
        whole(address, options, report)
