"""The default client: HTTP/1.1 on connections of its own.

httpx's client would do: what a model call needs of one is `stream`.  But its transport loses what a
cancelled read was given, walks over all its connections for every request, and hands a connection
on without a look at what else it has received; and its requests, responses, cookies and redirects
take as long as all the rest of a short call.  This one keeps no list of what is in use: a
connection belongs to its exchange until that gives it back, so there is no slot that could leak,
and a request costs the same beside one stream or a thousand.
"""

from __future__ import annotations

import functools
import math
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import attrs
import trio

from .._errors import ConnectionLost
from ._remedies import not_connected, not_connected_in_time, not_secured
from ._socket import NowaitStream, WaitingStream, connect_tcp
from ._tls import open_tls

if TYPE_CHECKING:
    import h11

    from ._connection import Body, Connection  # with h11 behind it: not before it is needed

MAX_IDLE: Final = 64
"""Idle connections kept for one origin."""
IDLE_SECONDS: Final = 30.0
"""How long an idle connection is kept."""

Connect: TypeAlias = Callable[[str, int], Awaitable[trio.abc.Stream]]
Origin: TypeAlias = tuple[str, str, int]
Clocks: TypeAlias = tuple[float, float, float]
"""Seconds to connect, from the end of the request to the head, and to send some of the request."""


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


def open_client(
    *, connect: Connect = connect_tcp, ssl_context: ssl.SSLContext | None = None
) -> HTTPClient:
    """A client without limits of its own, to be closed by the caller.  Does no I/O.

    TLS is verified against certifi's store, or as *ssl_context* says.  The environment is not asked
    for proxies: a hostile one would see every prompt.  No redirect is followed and no cookie kept.
    *connect* makes the streams; another than TCP's is for simulations.
    """
    return Client(connect=connect, ssl_context=ssl_context)


class Client:
    """One request at a time on each connection, idle ones kept last in, first out."""

    def __init__(
        self, *, connect: Connect = connect_tcp, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self._connect = connect
        self._ssl_context = ssl_context
        self._idle: dict[Origin, deque[tuple[float, NowaitStream]]] = {}
        self._closed = False

    def stream(
        self,
        method: str,
        url: str,
        *,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout: tuple[float | None, ...] = (),
        once: bool = False,
        **options: Any,
    ) -> _Call:
        """Send a request; the block's value is the `Answer`, with its body unread.

        Names of *headers* are in small letters.  *timeout* are seconds, in httpx's order: to
        connect, from the end of the request to the head of the answer, and in which some of the
        request must leave.  Whatever interrupts the request, a cancellation included, closes the
        connection.

        *once* says that the request must not be sent a second time, so that no idle connection will
        do.

        :raises TransportError: one of its classes.
        """
        if options.keys() - {"follow_redirects"} or options.get("follow_redirects"):
            raise TypeError(f"this client does not know {', '.join(options)}")
        given = (*map(_or_never, timeout), math.inf, math.inf, math.inf)
        clocks = given[0], given[1], given[2]
        return _Call(self, method, _address(str(url)), content, headers or {}, clocks, once=once)

    async def aclose(self) -> None:
        """Close the idle connections; what is in use closes when its own block ends."""
        self._closed = True
        for stack in self._idle.values():
            for _, stream in stack:
                stream.close_nowait()
        self._idle.clear()
        await trio.lowlevel.checkpoint()

    async def send(
        self,
        method: str,
        address: _Address,
        headers: Mapping[str, str],
        body: bytes,
        clocks: Clocks,
        *,
        once: bool,
    ) -> Answer:
        """Send a request and wait for the head of its answer."""
        from ._connection import Connection

        origin = address.origin
        release = functools.partial(self._give_back, origin)
        if self._idle.get(origin) and not once:
            # What a server says after its answer comes a moment later, and is to be seen first.
            await trio.lowlevel.checkpoint()
        idle = None if once else self._take_idle(origin)
        if idle is not None:
            connection = Connection(idle)
            try:
                head = await connection.ask(method, address.target, headers, body, *clocks[1:])
            except ConnectionLost:
                if connection.answered:
                    raise
                # The server had closed it, and its word was still on its way: no attempt was made.
            else:
                return Answer(head, connection, release)
        connection = Connection(await self._open(origin, clocks[0]))
        head = await connection.ask(method, address.target, headers, body, *clocks[1:])
        return Answer(head, connection, release)

    def _take_idle(self, origin: Origin) -> NowaitStream | None:
        """The stream that was idle for the shortest time and is still good."""
        stack = self._idle.get(origin)
        while stack:
            released, stream = stack.pop()
            if trio.current_time() - released <= IDLE_SECONDS and stream.has_no_unread_bytes:
                return stream
            stream.close_nowait()
        return None

    def _give_back(self, origin: Origin, stream: NowaitStream) -> None:
        if self._closed:
            stream.close_nowait()
            return
        now = trio.current_time()
        stack = self._idle.setdefault(origin, deque())
        stack.append((now, stream))
        while len(stack) > MAX_IDLE or now - stack[0][0] > IDLE_SECONDS:
            stack.popleft()[1].close_nowait()

    async def _open(self, origin: Origin, seconds: float) -> NowaitStream:
        scheme, host, port = origin
        with trio.move_on_after(seconds):
            try:
                opened = await self._connect(host, port)
            except (OSError, UnicodeError) as error:
                raise not_connected(host, port, error) from error
            stream = opened if isinstance(opened, NowaitStream) else WaitingStream(opened)
            if scheme != "https":
                return stream
            try:
                return await open_tls(stream, host, self._ssl_context)
            except trio.BrokenResourceError as error:
                raise not_secured(host, error) from error
        raise not_connected_in_time(seconds)


def _or_never(seconds: float | None) -> float:
    return math.inf if seconds is None else seconds


_PORTS: Final = {"http": 80, "https": 443}


class _Call(AbstractAsyncContextManager["Answer"]):
    """One request; its block owns the connection."""

    def __init__(
        self,
        client: Client,
        method: str,
        address: _Address,
        content: bytes,
        headers: Mapping[str, str],
        clocks: Clocks,
        *,
        once: bool,
    ) -> None:
        self._client = client
        self._once = once
        self._method = method
        self._address = address
        self._content = content
        self._clocks = clocks
        self._answer: Answer | None = None
        self._headers = {"host": address.host, **headers, "content-length": str(len(content))}

    async def __aenter__(self) -> Answer:
        self._answer = await self._client.send(
            self._method, self._address, self._headers, self._content, self._clocks, once=self._once
        )
        return self._answer

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._answer is not None:
            await self._answer.aclose()


class Answer:
    """The head of an answer, and its body."""

    def __init__(
        self, head: h11.Response, connection: Connection, release: Callable[[NowaitStream], Any]
    ) -> None:
        from ._connection import Body

        self.status_code: int = head.status_code
        self.headers: Mapping[str, str] = _headers(head)
        self.sent_at = connection.sent_at
        """When the request had been sent."""
        self.body: Body = Body(connection, release)

    def aiter_raw(self) -> AsyncIterator[bytes]:
        """The pieces of the body as they come."""
        return _Pieces(self.body)

    async def aclose(self) -> None:
        """Close the connection, or give it back when the body was read to its end."""
        await self.body.aclose()


class _Pieces(AsyncIterator[bytes]):
    def __init__(self, body: Body) -> None:
        self._body = body

    async def __anext__(self) -> bytes:
        piece = await self._body.receive_some()
        if not piece:
            raise StopAsyncIteration
        return piece


def _headers(head: h11.Response) -> Mapping[str, str]:
    """Names in small letters; what came more than once is joined by commas."""
    found: dict[str, str] = {}
    for raw_name, raw_value in head.headers:
        name, value = raw_name.decode("ascii"), _text(raw_value)
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


@attrs.frozen
class _Address:
    """A URL, in the parts that a request needs."""

    origin: Origin
    host: str
    target: bytes


@functools.lru_cache(maxsize=256)
def _address(text: str) -> _Address:
    import httpx  # not before the first call: it is a quarter of what importing all this takes

    url = httpx.URL(text)
    port = url.port or _PORTS[url.scheme]
    return _Address(
        origin=(url.scheme, url.raw_host.decode("ascii"), port),
        host=url.netloc.decode("ascii"),
        target=url.raw_path,
    )
