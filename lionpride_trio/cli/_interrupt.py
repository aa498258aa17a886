"""Ctrl-C, where it must not strike in whatever task happens to run."""

from __future__ import annotations

import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import trio

from .._channels._nursery import open_pump_nursery


@asynccontextmanager
async def until_ctrl_c() -> AsyncGenerator[None]:
    """A block that Ctrl-C cancels; out of it comes `KeyboardInterrupt`.

    Python raises that in the task that runs at the moment, which may be one of the embedded server's:
    the answer's connection breaks then, and who asks is told of that and not of the key.
    """

    async def watch(block: trio.CancelScope) -> None:
        async for _ in signals:
            block.cancel()

    with trio.open_signal_receiver(signal.SIGINT) as signals, trio.CancelScope() as block:
        async with open_pump_nursery() as nursery:
            nursery.start_soon(watch, block)
            yield
    if block.cancel_called:
        raise KeyboardInterrupt
