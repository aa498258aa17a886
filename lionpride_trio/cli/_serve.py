"""``serve``: the embedded server by itself."""

from __future__ import annotations

import signal
import sys

import trio

from .. import local
from ._screen import columns


async def run(host: str, port: int, *, rate: float | None, seed: int) -> int:
    """Serve until the process is told to stop; the first lines say where."""
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with local.serve(host, port, rate=rate, seed=seed) as server:
            urls = {provider: server.url(provider) for provider in local.PROVIDERS}
            width = max(map(len, urls)) + 2
            # On a narrow terminal each address has a line of its own, so that it can be copied.
            beside = not sys.stdout.isatty() or columns(sys.stdout) > width + max(
                map(len, urls.values())
            )
            for provider, url in urls.items():
                print(f"{provider:<{width}}{url}" if beside else f"{provider}\n{url}")
            print("Any key will do. Ctrl-C stops the server.", flush=True)
            async for _ in signals:
                break
    return 0
