"""``serve``: the embedded server by itself."""

from __future__ import annotations

import signal

import trio

from .. import local


async def run(host: str, port: int, *, rate: float | None, seed: int, strict: bool) -> int:
    """Serve until the process is told to stop; the first lines say where."""
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with local.serve(host, port, rate=rate, seed=seed, strict=strict) as server:
            width = max(map(len, local.PROVIDERS))
            for provider in local.PROVIDERS:
                print(f"{provider:<{width}}  {server.url(provider)}")
            print("Any key will do. Ctrl-C stops the server.", flush=True)
            async for _ in signals:
                break
    return 0
