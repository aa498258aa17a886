"""The cost of streams that are spread over workers of Ray: ``python -m benchmarks.on_ray``, where Ray is installed.

Idle is what most streams are: a model that thinks, or writes a few pieces a second.  So each stream gets a
piece every *period* seconds, from servers that are processes of their own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import trio

from lionpride_trio import iModel
from lionpride_trio.distributed import remote
from lionpride_trio.transformers import from_iterable

from ._server import HEAD, open_files

PIECES = ["word "] * 50


def _event(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    data = json.dumps({"id": "c", "object": "chat.completion.chunk", "choices": [choice]}).encode()
    return b"%x\r\ndata: %s\n\n\r\n" % (len(data) + 8, data)


def _serve(pipe: Any, period: float) -> None:
    open_files(20_000)
    piece = _event("word ")

    async def answer(stream: trio.SocketStream) -> None:
        with suppress(trio.BrokenResourceError):
            held = b""
            while b"\r\n\r\n" not in held:
                held += await stream.receive_some() or b"\r\n\r\n"
            await stream.send_all(HEAD + piece)
            while True:
                await trio.sleep(period)
                await stream.send_all(piece)

    async def main() -> None:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=4096)
        pipe.send(listeners[0].socket.getsockname()[1])
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.serve_listeners, answer, listeners)

    trio.run(main)


def _used() -> tuple[float, float]:
    """Seconds of processor time, and MiB in memory, of this process."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return time.process_time(), pages * resource.getpagesize() / 2**20


async def hold(address: str, count: int, seconds: float) -> AsyncIterator[dict[str, float]]:
    """Hold *count* replies open; tell what they took, after they were opened and after *seconds* more."""
    open_files(20_000)
    chunks = opened = 0
    all_open = trio.Event()
    model = iModel("openai", "m", api_key="no-key", base_url=address, max_concurrent=count + 1)
    _, before = _used()

    async def read(limiter: trio.CapacityLimiter) -> None:
        nonlocal chunks, opened
        async with limiter:
            reply = model.stream("hi")
            channel = await reply.__aenter__()
        opened += 1
        if opened == count:
            all_open.set()
        try:
            async for _ in channel:
                chunks += 1
        finally:
            await reply.__aexit__(None, None, None)

    began = time.monotonic()
    async with trio.open_nursery() as nursery:
        limiter = trio.CapacityLimiter(100)
        for _ in range(count):
            nursery.start_soon(read, limiter)
        await all_open.wait()
        took = time.monotonic() - began
        cpu, memory = _used()
        at = chunks
        await trio.sleep(seconds)
        cpu_after, memory = _used()
        yield {
            "streams": opened,
            "opening": took,
            "chunks": chunks - at,
            "cpu": cpu_after - cpu,
            "memory": memory - before,
        }
        nursery.cancel_scope.cancel()


def numbers(count: int) -> Any:
    return from_iterable(PIECES * (count // len(PIECES)))


async def streams(addresses: list[str], count: int, seconds: float) -> None:
    each = count // len(addresses)
    told: list[dict[str, float]] = []

    async def watch(address: str) -> None:
        async with remote(hold, address, each, seconds, num_cpus=0.5) as channel:
            told.append(await channel.receive())

    async with trio.open_nursery() as nursery:
        for address in addresses:
            nursery.start_soon(watch, address)
    total = {key: sum(facts[key] for facts in told) for key in told[0]}
    print(
        f"{total['streams']:,.0f} streams over {len(told)} workers:"
        f" opened in {max(facts['opening'] for facts in told):.1f} s;"
        f" {total['chunks'] / seconds:,.0f} chunks/s"
        f" take {total['cpu'] / seconds:.2f} cores, {total['cpu'] / total['chunks'] * 1e6:.0f} µs a chunk;"
        f" {total['memory'] / total['streams'] * 1024:.1f} KiB a stream"
    )


async def crossing(count: int) -> None:
    """The cost of an item that comes from a worker, and of an opening."""
    openings = []
    for _ in range(5):
        began = time.monotonic()
        async with remote(numbers, 50) as channel:
            await channel.receive()
            openings.append(time.monotonic() - began)
    print(
        f"an opening: {statistics.median(openings):.2f} s (of {min(openings):.2f} to {max(openings):.2f})"
    )
    async with remote(numbers, count) as channel:
        await channel.receive()
        began, cpu = time.monotonic(), time.process_time()
        got = 1
        async for batch in channel.batches():
            got += len(batch)
        took, cpu = time.monotonic() - began, time.process_time() - cpu
    print(
        f"{got / took:,.0f} items/s from one worker; {cpu / got * 1e6:.1f} µs of home's processor an item"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.on_ray", description=__doc__)
    parser.add_argument("--streams", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--period", type=float, default=10.0, help="seconds between the pieces of a stream"
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="how long it is looked at")
    asked = parser.parse_args()
    with ExitStack() as stack:
        addresses = [_started(stack, asked.period) for _ in range(asked.workers)]
        trio.run(crossing, 200_000)
        trio.run(streams, addresses, asked.streams, asked.seconds)


def _started(stack: ExitStack, period: float) -> str:
    ours, theirs = multiprocessing.Pipe()
    spawned: Callable[..., Any] = multiprocessing.get_context("spawn").Process
    server = spawned(target=_serve, args=(theirs, period), daemon=True)
    server.start()
    stack.callback(server.terminate)
    return f"http://127.0.0.1:{ours.recv()}/v1"


if __name__ == "__main__":
    main()
