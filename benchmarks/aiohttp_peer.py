"""aiohttp on asyncio, which does no more than read the bytes and decode their JSON with orjson."""

from __future__ import annotations

import asyncio
import gc
import time

import aiohttp
import orjson

from .http_clients import BODY


def seconds(url: str, at_once: int, times: int) -> float:
    """The processor time of so many replies *at_once*, *times* times over."""

    async def main() -> float:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def read() -> None:
                async with session.post(f"{url}/chat/completions", data=BODY) as response:
                    async for line in response.content:
                        if line.startswith(b"data: {"):
                            orjson.loads(line[6:])

            await read()
            gc.collect()
            began = time.process_time()
            for _ in range(times):
                await asyncio.gather(*(read() for _ in range(at_once)))
            return time.process_time() - began

    return asyncio.run(main())
