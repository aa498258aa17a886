"""A server of streams on loopback, in a process of its own.

The path says what is answered: ``/100/openai/…`` is a hundred events of that provider's stream, as fast as
they can be sent, ``/100/openai/25/…`` so many a second, one at a time, and ``/4000000/document`` a whole answer of so
many characters.
"""

from __future__ import annotations

import functools
import json
import multiprocessing
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import trio

from ._streams import STREAMS

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %b\r\ntransfer-encoding: chunked\r\n\r\n"
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
def _writes(path: bytes) -> tuple[float, list[bytes]]:
    """The seconds between two writes for a path, and the writes: each event is a frame of its own."""
    count, kind, pace, *_ = path.decode().split("/")[1:]
    if kind == "document":
        return 0.0, [_document(int(count))]
    body = STREAMS[kind](int(count))
    events = [event + b"\n\n" for event in body.split(b"\n\n") if event]
    frames = [b"%x\r\n%s\r\n" % (len(event), event) for event in events]
    if pace.isdigit():
        return 1 / int(pace), frames
    return 0.0, [
        b"".join(frames[at : at + EVENTS_A_WRITE]) for at in range(0, len(frames), EVENTS_A_WRITE)
    ]


def _document(characters: int) -> bytes:
    """A whole answer of chat completions, as one frame."""
    message = {"role": "assistant", "content": "All work é\n" * (characters // 11)}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
    body = json.dumps(answer | {"choices": [choice]}, ensure_ascii=False).encode()
    return b"%x\r\n%s\r\n" % (len(body), body)


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
            path = lines[0].split(b" ")[1]
            media = b"application/json" if b"document" in path else b"text/event-stream"
            await stream.send_all(HEAD % media)
            seconds, writes = _writes(path)
            for group in writes:
                if seconds:
                    await trio.sleep(seconds)
                await stream.send_all(group)
            await stream.send_all(END)


def _serve(ready: Any) -> None:
    open_files(4096)

    async def main() -> None:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=4096)
        ready.send(listeners[0].socket.getsockname()[1])
        await trio.serve_listeners(_answer, listeners)

    trio.run(main)
