"""``prefetch``: the producer runs ahead of the consumer, in a task of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from .._channels._channel import Channel
from .._channels._mailbox import Mailbox, pump
from .._channels._nursery import open_pump_nursery
from .._channels._recipe import NurseryStep, Passthrough, recipe_repr
from .._checks import check_size


def prefetch(n: int) -> Passthrough:
    """Let the producer run at most *n* items ahead of the consumer.

    Opens a nursery.  At the normal end the task has ended; a failure arrives after the items before
    it; leaving early cancels the task, and the items that it had read ahead are lost.
    """
    size = check_size("n", n)
    return Passthrough(recipe_repr("prefetch", n), NurseryStep(partial(_open_prefetch, size=size)))


@asynccontextmanager
async def _open_prefetch(upstream: Channel[Any], size: int) -> AsyncGenerator[Channel[Any]]:
    """*upstream*, read at most *size* items ahead of the consumer."""
    box = Mailbox(size)
    async with open_pump_nursery() as nursery:
        nursery.start_soon(pump, upstream, box, name="prefetch")
        yield box
