"""Replies over real loopback connections: processor time of the client alone.

The server is a process of its own that writes the same 313-byte chunks to every request, so what is
counted here is what a program pays for reading.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import trio

from lionpride_trio import Session, iModel
from lionpride_trio.providers import StreamDecoder, get

from ._measure import Options, Report, Row, Table
from ._streams import openai_chat

CHUNKS = 100


def _serve(ready: Any, chunks: int) -> None:
    """Answer every request with *chunks* chunks, each in a frame of its own."""
    body = openai_chat(chunks)
    events = [event + b"\n\n" for event in body.split(b"\n\n") if event]
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    frames = [b"%x\r\n%s\r\n" % (len(event), event) for event in events]
    groups = [b"".join(frames[at : at + 5]) for at in range(0, len(frames), 5)]

    async def answer(stream: trio.SocketStream) -> None:
        try:
            held = b""
            while True:
                while b"\r\n\r\n" not in held:
                    data = await stream.receive_some()
                    if not data:
                        return
                    held += data
                top, _, held = held.partition(b"\r\n\r\n")
                size = int(
                    next(
                        line.split(b":")[1]
                        for line in top.lower().split(b"\r\n")
                        if line.startswith(b"content-length")
                    )
                )
                while len(held) < size:
                    held += await stream.receive_some()
                held = held[size:]
                await stream.send_all(head)
                for group in groups:
                    await stream.send_all(group)
                await stream.send_all(b"0\r\n\r\n")
        except trio.BrokenResourceError:
            return

    async def main() -> None:
        async def started() -> None:
            listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=4096)
            ready.send(listeners[0].socket.getsockname()[1])
            await trio.serve_listeners(answer, listeners)

        await started()

    trio.run(main)


Read = Callable[[Any, str], Awaitable[None]]


async def bytes_only(client: httpx.AsyncClient, url: str) -> None:
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]})
    async with client.stream("POST", f"{url}/chat/completions", content=body) as response:
        async for _ in response.aiter_raw():
            pass


async def decoded(client: httpx.AsyncClient, url: str) -> None:
    decoder = StreamDecoder(get("openai"))
    async with client.stream("POST", f"{url}/chat/completions", content=b"{}") as response:
        async for data in response.aiter_raw():
            decoder.feed(data)


async def _with_httpx(read: Read, url: str, streams: int) -> None:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=None, trust_env=False) as client:
        await _many(lambda: read(client, url), streams)


async def _with_ours(url: str, streams: int) -> None:
    async with Session() as session:
        model = iModel("openai", "m", api_key="x", base_url=url, stream=True)
        session.services.register(model)

        async def read() -> None:
            async with model.stream("hi") as reply:
                async for _ in reply:
                    pass

        await _many(read, streams)


async def _with_openai(url: str, streams: int) -> None:
    import openai

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=None, trust_env=False) as http:
        client = openai.AsyncOpenAI(api_key="x", base_url=url, http_client=http)

        async def read() -> None:
            stream = await client.chat.completions.create(
                model="m", messages=[{"role": "user", "content": "hi"}], stream=True
            )
            async for _ in stream:
                pass

        await _many(read, streams)


async def _many(read: Callable[[], Awaitable[None]], streams: int) -> None:
    await read()  # the first pays for imports and TLS contexts
    gc.collect()
    began = time.process_time()
    async with trio.open_nursery() as nursery:
        for _ in range(streams):
            nursery.start_soon(read)
    _many.seconds = time.process_time() - began  # type: ignore[attr-defined]


def main(options: Options, report: Report) -> None:
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, CHUNKS), daemon=True
    )
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}/v1"
    contenders: dict[str, Callable[[str, int], Awaitable[None]]] = {
        "httpx, bytes only": lambda url, n: _with_httpx(bytes_only, url, n),
        "httpx + our decoder": lambda url, n: _with_httpx(decoded, url, n),
        "lionpride_trio": _with_ours,
        "openai SDK": _with_openai,
    }
    try:
        for streams in (1, 100) if options.quick else (1, 100, 1000):
            repeat = max(1, 100 // streams)
            rounds: dict[str, list[float]] = {name: [] for name in contenders}
            for _ in range(1 if streams == 1000 else 3):
                for name, job in contenders.items():
                    total = 0.0
                    for _ in range(repeat):
                        trio.run(job, url, streams)
                        total += _many.seconds  # type: ignore[attr-defined]
                    rounds[name].append(total / (repeat * streams * CHUNKS) * 1e6)
            floor = sorted(rounds["httpx, bytes only"])[len(rounds["httpx, bytes only"]) // 2]
            rows = tuple(
                Row(name, sorted(t)[len(t) // 2], min(t), max(t), sorted(t)[len(t) // 2] / floor)
                for name, t in rounds.items()
            )
            title = f"over loopback, {streams} streams of {CHUNKS} chunks at once"
            report.add(Table(title, "µs/chunk", rows, {}))
    finally:
        server.terminate()
        server.join()
