"""Sinks whose result is a value."""

from __future__ import annotations

from typing import Any, TypeVar

import trio

from .._channels._entrance import check_on_trio
from .._checks import check_size
from .._errors import ConfigurationError, LocalProtocolError
from ._common import Readable, Sink, opened, text_in

T = TypeVar("T")


async def join(readable: Readable[Any], *, index: int = 0) -> str:
    """All text in one string; chunks without text are left out.

    Of alternative answers *index* is taken; the first is that of ``Response.text``.
    """
    check_size("join(): index", index, 0)
    pieces: list[str] = []
    async with opened(readable) as channel:
        async for batch in channel.batches():
            pieces.append(text_in(batch, index))
    return "".join(pieces)


async def collect(readable: Readable[T]) -> list[T]:
    """All items."""
    items: list[T] = []
    async with opened(readable) as channel:
        async for batch in channel.batches():
            items += batch
    return items


async def last(readable: Readable[T]) -> T:
    """The last item.

    :raises LocalProtocolError: there was no item.
    """
    end: list[T] = []
    async with opened(readable) as channel:
        async for batch in channel.batches():
            end = batch
    if not end:
        raise LocalProtocolError("last() of a stream without items")
    return end[-1]


async def drain(readable: Readable[Any]) -> int:
    """Read all items and keep none; return their number."""
    count = 0
    async with opened(readable) as channel:
        async for batch in channel.batches():
            count += len(batch)
    return count


def send_to(target: trio.abc.SendChannel[T]) -> Sink[int]:
    """Make a sink that sends each item to *target* and then closes it; its result is the number of items.

    A failure upstream closes *target* too and is raised here.
    """
    if not isinstance(target, trio.abc.SendChannel):
        raise ConfigurationError(f"send_to() takes a trio.abc.SendChannel, not {target!r:.200}")

    async def send(readable: Readable[T]) -> int:
        check_on_trio()
        count = 0
        async with target, opened(readable) as channel:
            async for item in channel:
                await target.send(item)
                count += 1
        return count

    return send
