"""One connection of the server: requests are read, and answers are written with their faults."""

from __future__ import annotations

import math
import ssl
import struct
from collections.abc import Iterator
from socket import SO_LINGER, SOL_SOCKET

import h11
import trio

from ._script import Answer, Asked


class Connection:
    """A connection to a client, over TLS or not."""

    def __init__(self, socket: trio.SocketStream, context: ssl.SSLContext | None) -> None:
        self._socket = socket
        self.stream: trio.abc.Stream = (
            socket if context is None else trio.SSLStream(socket, context, server_side=True)
        )

    def hang_up(self, *, reset: bool) -> None:
        """Close the connection without a word."""
        if reset:
            self._socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.socket.close()


async def read_request(
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


async def send_answer(connection: Connection, answer: Answer) -> bool:
    """Send *answer*; return whether the connection may serve again."""
    send = connection.stream.send_all
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
            while await connection.stream.receive_some():
                pass
        case how:
            connection.hang_up(reset=how == "reset")
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
