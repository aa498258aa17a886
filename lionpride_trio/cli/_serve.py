"""``serve``: the embedded server by itself."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack

import trio

from .. import local
from ._errors import words_of
from ._screen import columns


async def run(host: str, port: int, *, rate: float | None, seed: int, strict: bool) -> int:
    """Serve until the process is told to stop; the first lines say where."""
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with AsyncExitStack() as stack:
            try:
                serving = local.serve(host, port, rate=rate, seed=seed, strict=strict)
                server = await stack.enter_async_context(serving)
            except OSError as error:
                reason = words_of(error)
                raise OSError(f"cannot listen on port {port} of {host}: {reason}") from error
            _show_addresses({provider: server.url(provider) for provider in local.PROVIDERS})
            print("Any key will do. Ctrl-C stops the server.", flush=True)
            async for _ in signals:
                break
            if sys.stdout.isatty():
                print()  # the terminal has just shown the key
    return 0


def _show_addresses(urls: Mapping[str, str]) -> None:
    """Print where each provider is, below its name where there is no room beside it."""
    width = max(map(len, urls)) + 2
    needed = width + max(map(len, urls.values()))
    beside = not sys.stdout.isatty() or columns(sys.stdout) >= needed
    for provider, url in urls.items():
        print(f"{provider:<{width}}{url}" if beside else f"{provider}\n{url}")
