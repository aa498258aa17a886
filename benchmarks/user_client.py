"""A model over an httpx client of the user's: what a call and a chunk cost, beside that client alone.

A chunk is one event a read: the server, a process of its own, writes an event to every stream, and then
waits.  The client's processor time is counted.
"""

from __future__ import annotations

import functools
import gc
import multiprocessing
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Any

import httpx
import jiter
import trio

from lionpride_trio import HTTPTransport, Session, iModel

from ._measure import Contender, Options, compare
from ._report import Report, Target
from ._server import END, HEAD, open_files
from ._streams import STREAMS
from .http_clients import BODY, Client, ReadOne

EVENTS = 200
SECONDS_A_STREAM = 0.0003
"""Between two events of a stream, for each stream there is: nobody gets two in one read."""

HTTPX = "httpx and jiter"
OVER = "lionpride_trio over httpx"
OVER_OURS = "lionpride_trio over httpx over HTTPTransport"
OURS = "lionpride_trio"
NO_LIMITS: dict[str, Any] = {
    "limits": httpx.Limits(max_connections=None, max_keepalive_connections=None),
    "timeout": None,
    "trust_env": False,
}


@asynccontextmanager
async def httpx_and_jiter(url: str) -> AsyncGenerator[ReadOne]:
    async with httpx.AsyncClient(**NO_LIMITS) as client:

        async def read() -> float:
            async with client.stream("POST", f"{url}/chat/completions", content=BODY) as response:
                async for piece in response.aiter_raw():
                    for line in piece.split(b"\n"):
                        if line.startswith(b"data: {"):
                            jiter.from_json(line[6:])
            return 0.0

        yield read


@asynccontextmanager
async def model_over(make_client: Any, url: str) -> AsyncGenerator[ReadOne]:
    """A model with the client that *make_client* makes, or with none."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(Session())
        client = None if make_client is None else await stack.enter_async_context(make_client())
        model = iModel("openai", "m", api_key="x", base_url=url, http_client=client)
        session.services.register(model)

        async def read() -> float:
            async with model.stream("hi") as reply:
                async for _ in reply:
                    pass
            return 0.0

        yield read


CLIENTS: dict[str, Client] = {
    HTTPX: httpx_and_jiter,
    OVER: functools.partial(model_over, lambda: httpx.AsyncClient(**NO_LIMITS)),
    OVER_OURS: functools.partial(
        model_over, lambda: httpx.AsyncClient(transport=HTTPTransport(), **NO_LIMITS)
    ),
    OURS: functools.partial(model_over, None),
}


@contextmanager
def pacing() -> Generator[str]:
    """The address of a server; the path says how many events there are, and the seconds between them."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        server.terminate()
        server.join()


async def _answer(stream: trio.SocketStream) -> None:
    with suppress(trio.BrokenResourceError):
        while request := await stream.receive_some():
            while not request.endswith(b"}"):  # a client may send the body by itself
                request += await stream.receive_some()
            count, seconds = request.split(b" ")[1].decode().split("/")[1:3]
            events = [
                event + b"\n\n" for event in STREAMS["openai"](int(count)).split(b"\n\n")[:-1]
            ]
            frames = [b"%x\r\n%s\r\n" % (len(event), event) for event in events]
            if not float(seconds):
                await stream.send_all(b"".join([HEAD, *frames, END]))
                continue
            await stream.send_all(HEAD)
            for frame in frames:
                await trio.sleep(float(seconds))
                await stream.send_all(frame)
            await stream.send_all(END)


def _serve(ready: Any) -> None:
    open_files(4096)

    async def main() -> None:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=4096)
        ready.send(listeners[0].socket.getsockname()[1])
        await trio.serve_listeners(_answer, listeners)

    trio.run(main)


async def seconds_of(client: Client, url: str, streams: int, times: int) -> float:
    """Of the processor, for *streams* replies at a time, *times* times over."""
    async with client(url) as read:
        await read()  # the first pays for imports
        gc.collect()
        began = time.process_time()
        for _ in range(times):
            async with trio.open_nursery() as nursery:
                for _ in range(streams):
                    nursery.start_soon(read)
        return time.process_time() - began


def contenders(url: str, streams: int, times: int) -> dict[str, Any]:
    def job(client: Client) -> float:
        return trio.run(seconds_of, client, url, streams, times)

    return {
        name: Contender(functools.partial(job, client), own_clock=True)
        for name, client in CLIENTS.items()
    }


def main(options: Options, report: Report) -> None:
    room = open_files(4096)
    with pacing() as address:
        times = 50 if options.quick else 200
        table = compare(
            "over a client of the user's, a reply of one token",
            contenders(f"{address}/1/0/v1", 1, times),
            items=times,
            options=options,
            unit="µs/reply",
        )
        title = "a call over the user's httpx client"
        report.add(table, Target(title, "<= 1.3 × httpx", table.ratio(OVER, HTTPX)))
        for streams in (100,) if options.quick else (100, 1000):
            if streams + 100 > room:
                continue
            table = compare(
                f"over a client of the user's, {streams} streams, one event a read",
                contenders(f"{address}/{EVENTS}/{streams * SECONDS_A_STREAM}/v1", streams, 1),
                items=streams * EVENTS,
                options=options,
                unit="µs/chunk",
                rounds=1 if options.quick else 3,
            )
            report.add(
                table,
                Target(
                    f"a chunk over the user's httpx client, {streams} streams",
                    "<= 1.3 × httpx",
                    table.ratio(OVER, HTTPX),
                ),
                Target(
                    f"a chunk over HTTPTransport in that client, {streams} streams",
                    "<= 1.1 × our own client",
                    table.ratio(OVER_OURS, OURS),
                ),
            )
