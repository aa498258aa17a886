"""Reads: the one kind of source that all contenders of a comparison have.

A read gives a list of items, as a read of the network does, and is awaited.  What it awaits is a
parameter: `ready` awaits a coroutine that does nothing, so that the pure steps are counted; `waiting`
gives other tasks a turn, as each read on trio does at least.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import trio

from lionpride_trio import TextChunk

Read = Callable[[], Awaitable[None]]

CHUNK = TextChunk("word ")


async def ready() -> None:
    """A read that has its data at once."""


waiting = trio.lowlevel.checkpoint
"""A read that other tasks run during."""


async def waiting_on_asyncio() -> None:
    await asyncio.sleep(0)


class Feed:
    """*items* (or so many times the same chunk) by batches of *size*, each after one *read*."""

    def __init__(self, items: int | Sequence[Any], size: int, read: Read = ready) -> None:
        self._items = [CHUNK] * items if isinstance(items, int) else items
        self._at = 0
        self._size = size
        self._read = read

    async def next(self) -> Sequence[Any]:
        """The next batch, empty at the end."""
        await self._read()
        at = self._at
        self._at = at + self._size
        return self._items[at : self._at]


async def one_by_one(feed: Feed) -> AsyncIterator[Any]:
    """The items of *feed*, for contenders that take an async iterator."""
    while batch := await feed.next():
        for item in batch:
            yield item
