"""The default client: httpx on connections of our own.

httpx's own transport loses what a cancelled read was given, walks over all its connections for
every request, and hands a connection on without a look at what else it has received.  This one
keeps no list of what is in use: a connection belongs to its exchange until that gives it back, so
there is no slot that could leak, and a request costs the same beside one stream or a thousand.
"""

from __future__ import annotations

import functools
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, Protocol, TypeAlias, cast

import h11
import httpx
import trio

from .._errors import ConnectionFailed, StreamTimeout
from ._connection import Body, Connection
from ._socket import Socket, connect_tcp

MAX_IDLE: Final = 64
"""Idle connections kept for one origin."""
IDLE_SECONDS: Final = 30.0
"""How long an idle connection is kept."""
BODY: Final = "lionpride_trio.body"
"""Where among a response's extensions its `Body` is."""

Connect: TypeAlias = Callable[[str, int], Awaitable[trio.abc.Stream]]
Origin: TypeAlias = tuple[str, str, int]


class HTTPClient(Protocol):
    """What is needed of a client: ``httpx.AsyncClient`` and ``httpx2.AsyncClient`` have it.

    Of a response, ``status_code``, ``headers``, ``aiter_raw`` and ``aclose`` are used.
    """

    def stream(self, method: str, url: str, **options: Any) -> AbstractAsyncContextManager[Any]:
        """Send a request; the value is the response with its body unread."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


def open_client(*, connect: Connect = connect_tcp) -> HTTPClient:
    """A client without limits of its own, to be closed by the caller.  Does no I/O.

    TLS is verified against certifi's store.  The environment is not asked for proxies: a hostile
    one would see every prompt.  *connect* makes the streams; another than TCP's is for simulations.
    """
    client = httpx.AsyncClient(
        transport=Transport(connect=connect),
        trust_env=False,
        # No cookies: what one call was given is nothing for another, of another key, to show.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
    )
    return cast(HTTPClient, client)


class Transport(httpx.AsyncBaseTransport):
    """HTTP/1.1, one request at a time on each connection, idle ones kept last in, first out."""

    def __init__(self, *, connect: Connect = connect_tcp) -> None:
        self._connect = connect
        self._idle: dict[Origin, deque[tuple[float, Connection]]] = {}
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request* and wait for the head of its answer.

        Whatever interrupts it, a cancellation included, closes the connection.

        :raises TransportError: one of its classes.
        """
        url = request.url
        origin = (url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme])
        body = await request.aread()
        asked = h11.Request(
            method=request.method, target=url.raw_path, headers=list(request.headers.raw)
        )
        connection = self._kept(origin)
        if connection is None:
            seconds = request.extensions.get("timeout", {}).get("connect")
            connection = await self._open(origin, seconds)
        whole = False
        try:
            head = await connection.ask(asked, body)
            whole = True
        finally:
            if not whole:
                connection.close_nowait()
        answer = Body(connection, functools.partial(self._keep, origin))
        return httpx.Response(
            head.status_code,
            headers=list(head.headers),
            stream=_Pieces(answer),
            extensions={BODY: answer, "http_version": b"HTTP/" + head.http_version},
        )

    async def aclose(self) -> None:
        """Close the idle connections; what is in use closes when its own block ends."""
        self._closed = True
        for stack in self._idle.values():
            for _, connection in stack:
                connection.close_nowait()
        self._idle.clear()
        await trio.lowlevel.checkpoint()

    def _kept(self, origin: Origin) -> Connection | None:
        """The connection that was idle for the shortest time and is still good."""
        stack = self._idle.get(origin)
        while stack:
            released, connection = stack.pop()
            if trio.current_time() - released <= IDLE_SECONDS and connection.quiet:
                connection.start_next()
                return connection
            connection.close_nowait()
        return None

    def _keep(self, origin: Origin, connection: Connection) -> None:
        if self._closed:
            connection.close_nowait()
            return
        now = trio.current_time()
        stack = self._idle.setdefault(origin, deque())
        stack.append((now, connection))
        while len(stack) > MAX_IDLE or now - stack[0][0] > IDLE_SECONDS:
            stack.popleft()[1].close_nowait()

    async def _open(self, origin: Origin, seconds: float | None) -> Connection:
        scheme, host, port = origin
        with trio.move_on_after(float("inf") if seconds is None else seconds):
            try:
                stream = await self._connect(host, port)
            except (OSError, UnicodeError) as error:
                raise ConnectionFailed(f"no connection to {host}:{port}: {error}") from error
            socket = stream if isinstance(stream, Socket) else None
            if scheme == "https":
                stream = await _secured(stream, host)
            return Connection(stream, socket)
        raise StreamTimeout(f"no connection within {seconds:g} s", clock="connect")


_PORTS: Final = {"http": 80, "https": 443}


async def _secured(stream: trio.abc.Stream, host: str) -> trio.abc.Stream:
    """TLS over *stream*, which is closed when that fails."""
    secured = False
    try:
        context = await trio.to_thread.run_sync(_tls)
        tls = trio.SSLStream(stream, context, server_hostname=host, https_compatible=True)
        await tls.do_handshake()
        secured = True
    except trio.BrokenResourceError as error:
        raise ConnectionFailed(f"TLS with {host} failed: {error.__cause__}") from error
    finally:
        if not secured:
            with trio.CancelScope(shield=True):
                await trio.aclose_forcefully(stream)
    return tls


@functools.cache
def _tls() -> ssl.SSLContext:
    # Loading the certificate store takes 40 to 260 ms: once in a process, and in a thread.
    context = httpx.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context


class _Pieces(httpx.AsyncByteStream):
    """A `Body` as httpx wants it."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def __aiter__(self) -> _Pieces:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._body.receive_some()
        if not piece:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        await self._body.aclose()
