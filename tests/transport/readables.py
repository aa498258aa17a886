"""Everything that is read by `receive`, each over a connection whose other end the test holds."""

import socket
import zlib
from contextlib import asynccontextmanager
from functools import partial

import attrs
import trio

from lionpride_trio._transport._connection import Connection
from lionpride_trio._transport._inflate import InflatedBody
from lionpride_trio._transport._pump import PumpedBody
from lionpride_trio._transport._request import Origin, Request
from lionpride_trio._transport._socket import Socket, WaitingStream
from lionpride_trio._transport._tls import TLSStream
from tests.transport.authority import client_context, server_context

ORIGIN = Origin("http", "server.example", 80)
REQUEST = Request(url="http://server.example/", headers={})
HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


@attrs.frozen
class Read:
    """The stream that is read, and how to let it have something."""

    source: object
    send: object
    end: object
    hang_up: object = None
    """Ends what is below, where that is another thing."""


def trio_stream(plain):
    return trio.SocketStream(trio.socket.from_stdlib_socket(plain))


@asynccontextmanager
async def of_socket(nursery):
    ours, theirs = socket.socketpair()
    stream = Socket(ours)
    async with trio_stream(theirs) as peer:
        yield Read(stream, peer.send_all, peer.send_eof)
        await stream.aclose()


@asynccontextmanager
async def of_any_stream(nursery):
    ours, theirs = socket.socketpair()
    stream = WaitingStream(trio_stream(ours))
    async with trio_stream(theirs) as peer:
        yield Read(stream, peer.send_all, peer.send_eof)
        await stream.aclose()


@asynccontextmanager
async def of_tls(nursery):
    async with of_socket(nursery) as plain:
        tls = TLSStream(plain.source, client_context(), "127.0.0.1")
        peer = trio.SSLStream(plain.send.__self__, server_context(), server_side=True)
        nursery.start_soon(peer.do_handshake)
        await tls.do_handshake()
        yield Read(tls, peer.send_all, plain.end)


@asynccontextmanager
async def of_connection(nursery, released=None, head=HEAD):
    """*released* is a list that gets the stream when it may serve again."""
    async with of_socket(nursery) as plain:
        given_back = [] if released is None else released
        connection = Connection(plain.source, ORIGIN, lambda _, stream: given_back.append(stream))
        await plain.send(head)
        await connection.ask(REQUEST)

        async def send(data):
            await plain.send(b"%x\r\n%b\r\n" % (len(data), data))

        yield Read(connection, send, partial(plain.send, b"0\r\n\r\n"), plain.end)
        await connection.aclose(understood=False)


@asynccontextmanager
async def of_inflated(nursery):
    machine = zlib.compressobj(wbits=31)
    async with of_connection(nursery) as connection:

        async def send(data):
            await connection.send(machine.compress(data) + machine.flush(zlib.Z_SYNC_FLUSH))

        async def end():
            await connection.send(machine.flush())
            await connection.end()

        yield Read(InflatedBody(connection.source, "gzip"), send, end)


@asynccontextmanager
async def of_pumped(nursery):
    pieces, receive = trio.open_memory_channel(0)

    class Response:
        def aiter_raw(self):
            return receive

        async def aclose(self):
            await trio.lowlevel.checkpoint()

    body = PumpedBody(Response())
    nursery.start_soon(body.pump)
    yield Read(body, pieces.send, pieces.aclose)
    await body.aclose(understood=False)


KINDS = {
    "a socket": of_socket,
    "any stream": of_any_stream,
    "TLS": of_tls,
    "a connection": of_connection,
    "an inflated body": of_inflated,
    "a body of another client": of_pumped,
}
