"""Answers from memory: for the clients of others, and for this library's own.

Both give the same pieces as a network would have, one at each read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import trio

from lionpride_trio import iModel
from lionpride_trio._transport import Client, HTTPClient, open_client
from lionpride_trio._transport._socket import READ_BYTES, Socket

EVENT_STREAM = {"content-type": "text/event-stream"}


def their_client(parts: Sequence[bytes], library: Any = httpx) -> Any:
    """A client of *library* (httpx, or httpx2) that gets the same stream for each request."""

    class Body(library.AsyncByteStream):  # type: ignore[misc]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for part in parts:
                yield part

    class Canned(library.AsyncBaseTransport):  # type: ignore[misc]
        async def handle_async_request(self, request: Any) -> Any:
            return library.Response(200, headers=EVENT_STREAM, stream=Body(), request=request)

    return library.AsyncClient(transport=Canned())


class CannedSocket(Socket):
    """One connection to a server that answers with *parts*, and then ends or falls silent.

    A part is there at once when it is asked for, as it is with the clients of others.
    """

    def __init__(self, parts: Sequence[bytes], *, ends: bool) -> None:
        self._parts = parts
        self._at = 0
        self._ends = ends

    def receive_nowait(self, max_bytes: int = READ_BYTES) -> bytes | None:
        del max_bytes  # the parts are small
        if self._at < len(self._parts):
            self._at += 1
            return self._parts[self._at - 1]
        return b"" if self._ends else None

    async def wait_readable(self) -> None:
        await trio.lowlevel.checkpoint()
        if self._at == len(self._parts) and not self._ends:
            await trio.sleep_forever()

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        del data
        await trio.lowlevel.checkpoint()

    def close_nowait(self) -> None:
        pass


def our_client(body: Sequence[bytes], *, ends: bool = True) -> Client:
    """The library's own client, whose connections answer each request with *body*."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    if ends:
        head += b"content-length: %d\r\n" % sum(map(len, body))
    parts = [head + b"\r\n", *body]

    async def connect(_host: str, _port: int) -> CannedSocket:
        await trio.lowlevel.checkpoint()
        return CannedSocket(parts, ends=ends)

    return open_client(connect=connect)


def our_model(
    client: HTTPClient, provider: str = "openai", endpoint: str | None = None, **settings: Any
) -> iModel:
    """A model that asks *client*, with nothing of the environment in it."""
    return iModel(
        provider,
        "m",
        endpoint,
        api_key="x",
        base_url="http://localhost/v1",
        http_client=client,
        stream=True,
        **settings,
    )
