"""The default client: HTTP/1.1 on connections of its own.

Why not httpx's: its transport loses what a cancelled read was given, walks over all its connections
for every request, and reuses a connection without looking whether more than the answer has come; and
its requests, responses, cookies and redirects take as long as all the rest of a short call.

This client keeps no list of what is in use.  A connection belongs to its exchange until the exchange
gives it back, so there is no slot that could leak, and a request costs the same beside one stream or
a thousand.
"""

from __future__ import annotations

import math
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

import trio

from .._errors import ConnectionLost
from ._exchange import Exchange
from ._idle import IdleStreams
from ._like_httpx import Response, open_response
from ._remedies import not_connected, not_connected_in_time, not_secured
from ._request import Origin, Request
from ._socket import NowaitStream, connect_tcp, readable_nowait
from ._tls import open_tls

if TYPE_CHECKING:
    from ._connection import Connection
    from ._head import Head

Connect: TypeAlias = Callable[[str, int], Awaitable[trio.abc.Stream | NowaitStream]]


def open_client(
    *, connect: Connect = connect_tcp, ssl_context: ssl.SSLContext | None = None
) -> Client:
    """Make a client without limits of its own, to be closed by the caller.  Does no I/O.

    TLS is verified against certifi's store, or as *ssl_context* says.  The environment is not asked
    for proxies: a hostile one would see every prompt.  No redirect is followed and no cookie kept.
    *connect* makes the streams; another than TCP's is for simulations.
    """
    return Client(connect=connect, ssl_context=ssl_context)


class Client:
    """Sends one request at a time on each connection, and keeps idle connections."""

    def __init__(
        self, *, connect: Connect = connect_tcp, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self._connect = connect
        self._ssl_context = ssl_context
        self._idle = IdleStreams()

    def open_exchange(self, request: Request) -> AbstractAsyncContextManager[Exchange]:
        """As `Transport.open_exchange`.  Opens no nursery."""
        return _OpenExchange(self, request)

    def stream(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout: tuple[float | None, ...] = (),
        **options: Any,
    ) -> AbstractAsyncContextManager[Response]:
        """Send a request, as httpx does; the block's value is the `Response`, with its body unread.

        Names of *headers* are in small letters.  *timeout* are seconds, in httpx's order: to
        connect, from the end of the request to the head of the answer, and in which some of the
        request must leave.  Whatever interrupts the request, a cancellation included, closes the
        connection.

        :raises TransportError: one of its classes.
        """
        if options.keys() - {"follow_redirects"} or options.get("follow_redirects"):
            raise TypeError(f"this client does not know {', '.join(options)}")
        clocks = [math.inf if seconds is None else seconds for seconds in timeout]
        connect, wait, send_idle = [*clocks, math.inf, math.inf, math.inf][:3]
        request = Request(
            method=method,
            url=str(url),
            headers=headers or {},
            body=content,
            connect=connect,
            wait=wait,
            send_idle=send_idle,
        )
        return open_response(lambda: self.ask(request))

    async def aclose(self) -> None:
        """Close the idle connections; what is in use closes when its own block ends."""
        self._idle.close_nowait()
        await trio.lowlevel.checkpoint()

    async def ask(self, request: Request) -> tuple[Head, Connection]:
        """Send *request* and wait for the head of its answer; the caller closes the connection."""
        from ._connection import Connection

        origin = request.address.origin
        if request.server_name:
            origin = origin._replace(server_name=request.server_name)
        idle = None
        if self._idle.has(origin) and not request.once:
            # A server's close, or bytes after its answer, come a moment after the answer.  A turn of
            # the loop lets them arrive, before `take` looks for them.
            await trio.lowlevel.checkpoint()
            idle = self._idle.take(origin)
        if idle is not None:
            connection = Connection(idle, origin, self._idle.give_back)
            try:
                return await connection.ask(request), connection
            except ConnectionLost:
                if connection.answered:
                    raise
                # The server had closed it before the request came, and that was not known here yet.
                # No request was read, so this is no attempt, and a fresh connection is taken.
        stream = await self._open(origin, request.connect)
        connection = Connection(stream, origin, self._idle.give_back)
        return await connection.ask(request), connection

    async def _open(self, origin: Origin, seconds: float) -> NowaitStream:
        scheme, host, port, server_name = origin
        with trio.move_on_after(seconds):
            try:
                stream = readable_nowait(await self._connect(host, port))
            except (OSError, UnicodeError) as error:
                raise not_connected(host, port, error) from error
            if scheme != "https":
                return stream
            try:
                return await open_tls(stream, server_name or host, self._ssl_context)
            except trio.BrokenResourceError as error:
                raise not_secured(server_name or host, error) from error
        raise not_connected_in_time(seconds)

    def __repr__(self) -> str:
        if self._idle.closed:
            return "<Client closed>"
        return f"<Client open, {len(self._idle)} connections idle>"


class _OpenExchange(AbstractAsyncContextManager[Exchange]):
    """An exchange by our own client, whose connection is all that there is to close.

    A class, since a generator's block costs 2 µs more, a tenth of a short call's share in it.
    """

    _connection: Connection
    _exchange: Exchange

    def __init__(self, client: Client, request: Request) -> None:
        self._client = client
        self._request: Request | None = request

    async def __aenter__(self) -> Exchange:
        assert self._request is not None, "it is entered once"
        head, connection = await self._client.ask(self._request)
        self._request = None  # what was sent is held no longer
        self._connection = connection
        self._exchange = Exchange(head.status, head.headers, connection, sent_at=connection.sent_at)
        return self._exchange

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if exc is None and self._exchange.understood:
                await self._connection.wait_end(self._exchange.alarm)
        finally:
            await self._exchange.aclose()
