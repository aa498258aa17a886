"""A server on loopback that misbehaves as told."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import h11
import trio

from ..._channels._nursery import open_pump_nursery
from ..._errors import ConfigurationError
from ...providers import get, names
from ._connection import Connection, read_request, send_answer
from ._script import Answer, Asked, HangUp, Scripted


class FaultyServer:
    """A server that answers its first request with the first item of *script*, and so on.

    The last item is repeated; each is an `Answer`, a `HangUp`, or a function of the request
    (`Asked`) that gives one, so that an answer can depend on its request.  With *ssl_context* it
    speaks TLS.  Runs as long as its block, in a nursery of its own, on a port that the system chose;
    leaving the block closes all connections::

        async with FaultyServer([Answer(status=503), Answer(body=stream)]) as server:
            model = iModel("openai", "m", api_key="k", base_url=server.url("openai"))

    `requests` has the requests, ``accepted`` counts connections, `wait_idle` waits until every
    client has closed its own.
    """

    def __init__(
        self,
        script: Scripted | Sequence[Scripted] = (),
        *,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        items = list(script) if isinstance(script, Sequence) else [script]
        if not items:
            raise ConfigurationError("a FaultyServer needs a script, such as [Answer(body=b'…')]")
        self._script = items
        self._ssl_context = ssl_context
        self._served = 0
        self._port = 0
        self._idle = trio.Event()
        self._idle.set()
        self.requests: list[Asked] = []
        self.accepted = 0
        self.connected = 0
        """Connections that are open now."""

    def url(self, provider: str = "openai") -> str:
        """The base URL under which *provider* is expected."""
        scheme = "http" if self._ssl_context is None else "https"
        return f"{scheme}://127.0.0.1:{self._port}{_path_of(provider)}"

    async def wait_idle(self) -> None:
        """Wait until every client has closed its connection."""
        await self._idle.wait()

    async def __aenter__(self) -> Self:
        self._block = self._serving()
        await self._block.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return await self._block.__aexit__(exc_type, exc, traceback)

    @asynccontextmanager
    async def _serving(self) -> AsyncGenerator[None]:
        async with open_pump_nursery() as nursery:
            listeners = await nursery.start(
                partial(trio.serve_tcp, self._accept, 0, host="127.0.0.1", backlog=2048)
            )
            self._port = listeners[0].socket.getsockname()[1]
            yield

    async def _accept(self, socket: trio.SocketStream) -> None:
        self.accepted += 1
        self.connected += 1
        self._idle = trio.Event() if self._idle.is_set() else self._idle
        try:
            async with socket:
                await self._converse(Connection(socket, self._ssl_context))
        except (trio.BrokenResourceError, trio.ClosedResourceError, h11.RemoteProtocolError):
            pass  # the client went away
        finally:
            self.connected -= 1
            if not self.connected:
                self._idle.set()

    async def _converse(self, connection: Connection) -> None:
        http = h11.Connection(h11.SERVER)
        while True:
            item = self._script[min(self._served, len(self._script) - 1)]
            if isinstance(item, HangUp) and not item.read:
                self._served += 1
                connection.hang_up(reset=item.reset)
                return
            early = isinstance(item, Answer) and item.early
            asked = await read_request(http, connection.stream, with_body=not early)
            if asked is None:
                return
            # Another connection may have been served while this request was read.
            item = self._script[min(self._served, len(self._script) - 1)]
            self.requests.append(asked)
            self._served += 1
            if not isinstance(item, Answer | HangUp):
                item = item(asked)
            if isinstance(item, HangUp):
                connection.hang_up(reset=item.reset)
                return
            if not await send_answer(connection, item):
                return
            http = h11.Connection(h11.SERVER)

    def __repr__(self) -> str:
        return f"<FaultyServer on port {self._port}, {len(self.requests)} requests>"


def _path_of(provider: str) -> str:
    """The end of *provider*'s address; ``/v1``, as most servers have it, where it has none."""
    if provider not in names():
        return ""
    address = get(provider).base_url
    return "/v1" if address is None else urlsplit(address).path
