"""Waiting until a run in another task waits for somebody."""

from __future__ import annotations

import trio


async def until_it_waits(streams, name="approval"):
    """Wait until a run waits for the answer *name*."""
    while name not in [each for one in await streams.journals() for each in one.waits_for]:
        await trio.lowlevel.checkpoint()


async def until(condition):
    """Wait until *condition*, a plain function, gives something true."""
    while not condition():
        await trio.lowlevel.checkpoint()
