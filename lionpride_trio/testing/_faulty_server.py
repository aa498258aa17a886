"""A server on loopback that misbehaves as told: `FaultyServer`."""

from __future__ import annotations

import math
import ssl
import struct
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from socket import SO_LINGER, SOL_SOCKET
from types import TracebackType
from typing import Literal, Self, TypeAlias
from urllib.parse import urlsplit

import attrs
import h11
import trio

from .._channels._nursery import open_pump_nursery
from .._errors import ConfigurationError
from ..providers import get, names

Framing: TypeAlias = Literal["chunked", "length", "close"]
End: TypeAlias = Literal["end", "close", "reset", "stall"]


@attrs.frozen(kw_only=True)
class Answer:
    """One answer.

    ``Answer(body=b"data: …", cut=100, then="reset")`` sends the first 100 bytes of the body in
    chunked framing and resets the connection.
    """

    body: bytes | Iterable[bytes] = b""
    """The body, or its pieces: each is written by itself.  An endless iterable ends when the client
    goes away."""
    status: int = 200
    """The HTTP status."""
    media: str | None = "text/event-stream"
    """The ``content-type``; None for none."""
    headers: Sequence[tuple[str, str]] = ()
    """Further headers."""
    framing: Framing = "chunked"
    """How the end of the body is told: in chunks, by its length, or by closing."""
    length: int | None = None
    """The ``content-length`` to claim, where it is not the body's own."""
    piece: int | None = None
    """Write so many bytes at a time."""
    pause: float = 0.0
    """Seconds before each piece."""
    cut: int | None = None
    """Stop after so many bytes of the body, wherever that is."""
    frame_cut: bool = False
    """Stop inside the chunked framing: the size is sent, and half of what it promises."""
    surplus: bytes = b""
    """Sent after the end of the answer."""
    then: End = "end"
    """``end``: end the framing (and wait for another request); ``close``: close the connection where
    it is; ``reset``: the same with a reset; ``stall``: say nothing more until the client goes."""
    before: bytes = b""
    """Sent before the head, as it is: answers of 1xx, for instance."""
    head: bytes | None = None
    """Sent in the place of the status line and the headers, as it is."""
    early: bool = False
    """Answer when the head of the request is there, and read none of its body."""
    one_packet: bool = False
    """Write the head, the whole body, the end of its framing and the surplus at once, so that one
    read of the client has them all.  An endless body is none for this."""


@attrs.frozen(kw_only=True)
class HangUp:
    """No answer: close the connection, when the request was read or as soon as it is there."""

    read: bool = True
    reset: bool = False


@attrs.frozen
class Asked:
    """One request that came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Scripted: TypeAlias = Answer | HangUp | Callable[[Asked], Answer | HangUp]
"""One item of a script; a function makes it of the request."""


class FaultyServer:
    """A server that answers its first request with the first item of *script*, and so on.

    The last item is repeated; each is an `Answer`, a `HangUp`, or a function of the request
    (`Asked`) that gives one, so that an answer can say what it was asked.  With *ssl_context* it
    speaks TLS.  Runs as long as its block, in a nursery of its own, on a port that the system chose;
    leaving the block closes all connections::

        async with FaultyServer([Answer(status=503), Answer(body=stream)]) as server:
            model = iModel("openai", "m", api_key="k", base_url=server.url("openai"))

    `requests` has what was asked, ``accepted`` counts connections, `wait_idle` waits until every
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
                await self._converse(_Line(socket, self._ssl_context))
        except (trio.BrokenResourceError, trio.ClosedResourceError, h11.RemoteProtocolError):
            pass  # the client went away
        finally:
            self.connected -= 1
            if not self.connected:
                self._idle.set()

    async def _converse(self, line: _Line) -> None:
        http = h11.Connection(h11.SERVER)
        while True:
            item = self._script[min(self._served, len(self._script) - 1)]
            if isinstance(item, HangUp) and not item.read:
                self._served += 1
                line.hang_up(reset=item.reset)
                return
            early = isinstance(item, Answer) and item.early
            asked = await _read_request(http, line.stream, with_body=not early)
            if asked is None:
                return
            # Another connection may have been served while this request was read.
            item = self._script[min(self._served, len(self._script) - 1)]
            self.requests.append(asked)
            self._served += 1
            if not isinstance(item, Answer | HangUp):
                item = item(asked)
            if isinstance(item, HangUp):
                line.hang_up(reset=item.reset)
                return
            if not await _answer(line, item):
                return
            http = h11.Connection(h11.SERVER)

    def __repr__(self) -> str:
        return f"<FaultyServer on port {self._port}, {len(self.requests)} requests>"


class _Line:
    """A connection to a client, over TLS or not."""

    def __init__(self, socket: trio.SocketStream, context: ssl.SSLContext | None) -> None:
        self._socket = socket
        self.stream: trio.abc.Stream = (
            socket if context is None else trio.SSLStream(socket, context, server_side=True)
        )

    def hang_up(self, *, reset: bool) -> None:
        """Close it without a word."""
        if reset:
            self._socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.socket.close()


async def _read_request(
    http: h11.Connection, stream: trio.abc.Stream, *, with_body: bool
) -> Asked | None:
    request: h11.Request | None = None
    body: list[bytes] = []
    while True:
        await trio.lowlevel.checkpoint()
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(bytes(await stream.receive_some()))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body.append(bytes(event.data))
        elif not isinstance(event, h11.EndOfMessage):
            return None
        if request is not None and (isinstance(event, h11.EndOfMessage) or not with_body):
            headers = {name.decode(): value.decode("latin-1") for name, value in request.headers}
            return Asked(request.method.decode(), request.target.decode(), headers, b"".join(body))


async def _answer(line: _Line, answer: Answer) -> bool:
    """Send *answer*; whether the connection may serve again."""
    send = line.stream.send_all
    end = b"0\r\n\r\n" if _is_chunked(answer) else b""
    last = end + answer.surplus if answer.then == "end" else b""
    if answer.one_packet:
        await send(b"".join([answer.before, _head(answer), *_packets(answer), last]))
    else:
        await send(answer.before)
        await send(_head(answer))
        for packet in _packets(answer):
            if answer.pause:
                await trio.sleep(answer.pause)
            await send(packet)
        await send(last)
    match answer.then:
        case "end":
            to_the_end = answer.framing == "close" or answer.length is not None
            return not (to_the_end or answer.early or answer.head is not None)
        case "stall":
            while await line.stream.receive_some():
                pass
        case how:
            line.hang_up(reset=how == "reset")
    return False


def _is_chunked(answer: Answer) -> bool:
    return answer.framing == "chunked" and answer.head is None


def _packets(answer: Answer) -> Iterator[bytes]:
    """The pieces of the body in their framing."""
    chunked = _is_chunked(answer)
    for piece in _pieces(answer):
        yield b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
    if answer.frame_cut:
        yield b"400\r\ndata: half of what was promised"


def _head(answer: Answer) -> bytes:
    if answer.head is not None:
        return answer.head
    headers = list(answer.headers)
    if answer.media is not None:
        headers.insert(0, ("content-type", answer.media))
    match answer.framing:
        case "chunked":
            headers.append(("transfer-encoding", "chunked"))
        case "length":
            length = answer.length
            if length is None:
                body = answer.body
                length = len(body if isinstance(body, bytes) else b"".join(body))
            headers.append(("content-length", str(length)))
        case "close":
            headers.append(("connection", "close"))
    lines = [f"HTTP/1.1 {answer.status} Told", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _pieces(answer: Answer) -> Iterator[bytes]:
    left = math.inf if answer.cut is None else answer.cut
    whole = [answer.body] if isinstance(answer.body, bytes) else answer.body
    for part in whole:
        size = answer.piece or len(part) or 1
        for start in range(0, len(part), size):
            piece = part[start : min(start + size, len(part))]
            piece = piece[: int(left)] if left < len(piece) else piece
            left -= len(piece)
            if piece:
                yield piece
            if left <= 0:
                return


def _path_of(provider: str) -> str:
    """Where the address of *provider* ends; ``/v1``, as most servers have it, where it has none."""
    if provider not in names():
        return ""
    address = get(provider).base_url
    return "/v1" if address is None else urlsplit(address).path
