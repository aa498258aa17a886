"""A server that sends each stream one event, and the next when all have been read.

Models do the same, slowly: one event, a pause, the next event.  The server runs in the process of its
clients, where it knows when they have read, and takes the time of its own steps, to be subtracted.
"""

from __future__ import annotations

import gc
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, closing, suppress

import trio

from ._streams import openai_chat

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def frames_of(events: int) -> list[bytes]:
    """So many events with text, each in an HTTP chunk of its own; then the end of the answer."""
    found = [event + b"\n\n" for event in openai_chat(events).split(b"\n\n") if event][1:]
    frames = [b"%x\r\n%s\r\n" % (len(event), event) for event in found]
    return [*frames[:events], b"".join(frames[events:]) + END]


class Stream:
    """The server's end of one connection, which never waits for its socket."""

    def __init__(self, stream: trio.SocketStream, context: ssl.SSLContext | None) -> None:
        self._stream = stream
        self._socket = socket.fromfd(stream.socket.fileno(), socket.AF_INET, socket.SOCK_STREAM)
        self._received, self._to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = None
        if context is not None:
            self._tls = context.wrap_bio(self._received, self._to_send, server_side=True)

    async def shake_hands(self) -> None:
        while self._tls is not None:
            try:
                self._tls.do_handshake()
                await self._flush()
                return
            except ssl.SSLWantReadError:
                await self._flush()
                self._received.write(await self._stream.receive_some())

    async def receive(self) -> bytes:
        received = bytes(await self._stream.receive_some())
        if self._tls is None or not received:
            return received
        self._received.write(received)
        with suppress(ssl.SSLWantReadError):
            return self._tls.read(65536)
        return await self.receive()

    def send(self, data: bytes) -> None:
        if self._tls is not None:
            self._tls.write(data)
            data = self._to_send.read()
        self._socket.send(data)

    def close(self) -> None:
        self._socket.close()

    async def _flush(self) -> None:
        if self._to_send.pending:
            await self._stream.send_all(self._to_send.read())


class Lockstep:
    """*streams* streams at a time, of *events* events each."""

    def __init__(self, streams: int) -> None:
        self.events = 1
        self.seconds = 0.0
        """Processor time of the clients: from the first event until the last one with text was read."""
        self._streams = streams
        self._asked: list[Stream] = []
        self._unread = 0
        self._read = trio.Event()

    def took(self) -> None:
        """To be called by each client at each piece."""
        self._unread -= 1
        if not self._unread:
            self._read.set()

    async def serve(self, stream: trio.SocketStream, context: ssl.SSLContext | None) -> None:
        """Take requests; when the last of the streams has asked, all are answered."""
        with closing(Stream(stream, context)) as ours, suppress(trio.BrokenResourceError):
            await ours.shake_hands()
            held = b""
            while received := await ours.receive():
                held += received
                if not held.endswith(b"}"):
                    continue
                held = b""
                self._asked.append(ours)
                if len(self._asked) == self._streams:
                    asked, self._asked = self._asked, []
                    await self._answer(asked)

    async def _answer(self, asked: Sequence[Stream]) -> None:
        *frames, last = frames_of(self.events)
        for stream in asked:
            stream.send(HEAD)
        for _ in range(20):  # until all clients wait for a first event
            await trio.lowlevel.checkpoint()
        gc.collect()
        own = 0.0
        began = time.process_time()
        for frame in frames:
            self._unread, self._read = len(asked), trio.Event()
            sending = time.process_time()
            for stream in asked:
                stream.send(frame)
            own += time.process_time() - sending
            await self._read.wait()
        self.seconds = time.process_time() - began - own
        for stream in asked:
            stream.send(last)


@asynccontextmanager
async def lockstep(
    streams: int, context: ssl.SSLContext | None = None
) -> AsyncGenerator[tuple[str, Lockstep]]:
    """Serve in a nursery; the block's value has the address too."""
    server = Lockstep(streams)
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=4096)
    port = listeners[0].socket.getsockname()[1]
    scheme = "http" if context is None else "https"
    async with trio.open_nursery() as nursery:
        nursery.start_soon(
            trio.serve_listeners, lambda stream: server.serve(stream, context), listeners
        )
        try:
            yield f"{scheme}://localhost:{port}/v1", server
        finally:
            nursery.cancel_scope.cancel()
