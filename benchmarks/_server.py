"""A server of streams on loopback, in a process of its own.

The path says what is answered: ``/100/openai/…`` is a hundred events of that provider's stream.
"""

from __future__ import annotations

import functools
import multiprocessing
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import trio

from ._streams import STREAMS

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
EVENTS_A_WRITE = 5


@contextmanager
def serving() -> Generator[str]:
    """The server's address, such as ``http://127.0.0.1:40001``."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs,), daemon=True
    )
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        server.terminate()
        server.join()


def open_files(wanted: int) -> int:
    """Ask for room for *wanted* open files; how many there may be."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


@functools.cache
def _writes(path: bytes) -> list[bytes]:
    """The body for a path, each event in a frame of its own, five at a time."""
    count, provider = path.decode().split("/")[1:3]
    body = STREAMS[provider](int(count))
    events = [event + b"\n\n" for event in body.split(b"\n\n") if event]
    frames = [b"%x\r\n%s\r\n" % (len(event), event) for event in events]
    return [
        b"".join(frames[at : at + EVENTS_A_WRITE]) for at in range(0, len(frames), EVENTS_A_WRITE)
    ]


async def _answer(stream: trio.SocketStream) -> None:
    held = b""
    with suppress(trio.BrokenResourceError):
        while True:
            while b"\r\n\r\n" not in held:
                received = await stream.receive_some()
                if not received:
                    return
                held += received
            top, _, held = held.partition(b"\r\n\r\n")
            lines = top.split(b"\r\n")
            size = next(int(x[15:]) for x in lines if x.lower().startswith(b"content-length:"))
            while len(held) < size:
                held += await stream.receive_some()
            held = held[size:]
            await stream.send_all(HEAD)
            for group in _writes(lines[0].split(b" ")[1]):
                await stream.send_all(group)
            await stream.send_all(END)


def _serve(ready: Any) -> None:
    open_files(4096)

    async def main() -> None:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=4096)
        ready.send(listeners[0].socket.getsockname()[1])
        await trio.serve_listeners(_answer, listeners)

    trio.run(main)
