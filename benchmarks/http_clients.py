"""Clients of the loopback server, each with what reads one reply of it.

A client is an async context manager that gives a function; calling it reads one reply to its end
and returns the time at which its first piece was there.  Connections stay open between replies.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import trio

from lionpride_trio import Session, iModel
from lionpride_trio.providers import StreamDecoder, get

ReadOne = Callable[[], Awaitable[float]]
Client = Callable[[str], AbstractAsyncContextManager[ReadOne]]

MESSAGES: Any = [{"role": "user", "content": "hi"}]
BODY = json.dumps({"model": "m", "stream": True, "messages": MESSAGES}).encode()


def _options(library: Any) -> dict[str, Any]:
    """No limits and no clocks: as fast as it can be."""
    limits = library.Limits(max_connections=None, max_keepalive_connections=None)
    return {"limits": limits, "timeout": None, "trust_env": False}


async def _first(pieces: AsyncIterator[Any]) -> float:
    """When the first of *pieces* came; the others are read too."""
    first = 0.0
    async for _ in pieces:
        first = first or time.perf_counter()
    return first


@asynccontextmanager
async def sockets(url: str) -> AsyncGenerator[ReadOne]:
    """A trio socket for each reply that is read at a time: bytes, and no thought given to HTTP."""
    parts = urlsplit(f"{url}/chat/completions")
    request = b"POST %s HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s" % (
        parts.path.encode(),
        len(BODY),
        BODY,
    )
    idle: list[trio.SocketStream] = []

    async def read() -> float:
        if idle:
            stream = idle.pop()
        else:
            stream = await trio.open_tcp_stream(parts.hostname or "", parts.port or 80)
        await stream.send_all(request)
        first, last = 0.0, b""
        while not last.endswith(b"0\r\n\r\n"):
            last = last[-4:] + await stream.receive_some()
            first = first or time.perf_counter()
        idle.append(stream)
        return first

    try:
        yield read
    finally:
        for stream in idle:
            await stream.aclose()


@asynccontextmanager
async def httpx_bytes(url: str, library: Any = httpx) -> AsyncGenerator[ReadOne]:
    async with library.AsyncClient(**_options(library)) as client:

        async def read() -> float:
            address = f"{url}/chat/completions"
            async with client.stream("POST", address, content=BODY) as response:
                return await _first(response.aiter_raw())

        yield read


def httpx2_bytes() -> Client:
    import httpx2

    return lambda url: httpx_bytes(url, httpx2)


@asynccontextmanager
async def httpx_decoded(url: str) -> AsyncGenerator[ReadOne]:
    """httpx with this library's decoder: what the HTTP client of ours is to be compared with."""
    async with httpx.AsyncClient(**_options(httpx)) as client:

        async def read() -> float:
            decoder = StreamDecoder(get("openai"))
            first = 0.0
            address = f"{url}/chat/completions"
            async with client.stream("POST", address, content=BODY) as response:
                async for piece in response.aiter_raw():
                    if decoder.feed(piece):
                        first = first or time.perf_counter()
            return first

        yield read


@asynccontextmanager
async def ours(url: str) -> AsyncGenerator[ReadOne]:
    async with Session() as session:
        model = iModel("openai", "m", api_key="x", base_url=url, stream=True)
        session.services.register(model)

        async def read() -> float:
            async with model.stream("hi") as reply:
                return await _first(reply)

        yield read


def openai_sdk() -> Client:
    import openai

    @asynccontextmanager
    async def client(url: str) -> AsyncGenerator[ReadOne]:
        async with httpx.AsyncClient(**_options(httpx)) as http:
            sdk = openai.AsyncOpenAI(api_key="x", base_url=url, http_client=http)

            async def read() -> float:
                stream: Any = await sdk.chat.completions.create(
                    model="m", messages=MESSAGES, stream=True
                )
                return await _first(stream)

            yield read

    return client


def anthropic_sdk() -> Client:
    """On its own provider's stream."""
    import anthropic
    import httpx2

    @asynccontextmanager
    async def client(url: str) -> AsyncGenerator[ReadOne]:
        address = url.replace("/openai", "/anthropic")
        async with httpx2.AsyncClient(**_options(httpx2)) as http:
            sdk = anthropic.AsyncAnthropic(api_key="x", base_url=address, http_client=http)

            async def read() -> float:
                stream: Any = await sdk.messages.create(
                    model="m", max_tokens=9, messages=MESSAGES, stream=True
                )
                return await _first(stream)

            yield read

    return client
