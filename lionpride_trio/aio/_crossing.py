"""The way back: what a task of trio awaits on asyncio, in the guest run of the same loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import trio

T = TypeVar("T")


def crossing(function: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
    """*function*, an async function of asyncio's, as one of trio's.  Called on the loop of asyncio.

    Each call is a task of asyncio.  A call that is cancelled cancels it, and waits for its end.
    """
    loop = asyncio.get_running_loop()

    async def call(*args: Any) -> T:
        task = asyncio.ensure_future(function(*args), loop=loop)
        done = trio.Event()
        task.add_done_callback(lambda _: done.set())
        try:
            await done.wait()
        except trio.Cancelled:
            task.cancel()
            with trio.CancelScope(shield=True):
                await done.wait()
            raise
        return task.result()

    return call
