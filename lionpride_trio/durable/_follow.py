"""Following: a durable stream read from any place, now or later, here or in another process."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import trio

from .._channels._channel import Channel
from .._channels._recipe import Recipe
from .._channels._source import Source
from .._errors import ConfigurationError, DecodeError, LionprideError, NotFound, WriterLost
from ._after import After
from ._records import read_error, read_item, response_of
from ._store import Bell, Page, Record, State, Store

PAGE: Final = 256
"""Items that are read from a store at once."""

Wait: TypeAlias = Callable[[Bell, Record], Awaitable[None]]
"""Waits for news of a running stream; looks after a lease that runs out."""


class FollowSource(Source[Any]):
    """A durable stream to be read: ``async with source as channel`` reads it, from *after* on.

    Opening it waits *wait* seconds for a stream that is not there yet.  It opens no nursery.
    """

    def __init__(self, store: Store, name: str, after: After, wait: float, news: Wait) -> None:
        super().__init__(lambda: _open(store, name, after, wait, news), name=f"follow {name!r}")
        self._after = after

    def _extended(self, other: Recipe) -> Source[Any]:
        if self._after.is_of_request:
            # The ids that a page comes back with would count what comes out of the pipe.
            raise ConfigurationError(
                f"{self._name!r} goes on after the id that a request names, and ids are those of the items"
                f" that were written down: pipe what is started, 'streams.start(id, source | {other.text})'"
            )
        return super()._extended(other)

    async def __aenter__(self) -> FollowChannel:
        channel = await super().__aenter__()
        assert isinstance(channel, FollowChannel)
        return channel


@asynccontextmanager
async def _open(
    store: Store, name: str, after: After, wait: float, news: Wait
) -> AsyncGenerator[FollowChannel]:
    position = after.position()
    async with store.listen(("news", name)) as bell:
        page = await find(store, name, bell, wait)
        yield FollowChannel(store, page.record, position, lambda record: news(bell, record))


async def find(store: Store, name: str, bell: Bell, wait: float) -> Page:
    """The stream *name*, without items, as soon as it is there, if it is within *wait* seconds.

    :raises NotFound: it is not.
    """
    give_up = trio.current_time() + wait
    while (page := await store.read(name, 0, 0)) is None:
        with trio.move_on_at(give_up):
            await bell.wait()
            continue
        raise NotFound(f"there is no durable stream {name!r}")
    return page


class FollowChannel(Channel[Any]):
    """The items of a durable stream, each once and in order, and how it ended.

    `last_id` after each item is where to go on: ``follow(id, after=last_id)``.  A reader that is
    slow, leaves or comes late changes nothing for the run or for other readers.
    """

    def __init__(
        self, store: Store, record: Record, after: int, news: Callable[[Record], Awaitable[None]]
    ) -> None:
        super().__init__()
        self._store = store
        self._name = record.name
        self._writer = record.writer
        self._position = after  # of the last item that was read from the store
        self._news = news

    @property
    def last_id(self) -> int:
        """The number of the last item that was handed out; at first, what was asked to be *after*."""
        return self._position - self._buffered()

    def close_nowait(self) -> None:
        """Close as `aclose` does, without the checkpoint."""
        self._position = self.last_id  # what was read and not handed out is dropped
        super().close_nowait()

    async def _fetch(self) -> list[Any]:
        page = await self._store.read(self._name, self._position, PAGE)
        if page is None or page.record.writer != self._writer:
            self._finish(NotFound(f"the durable stream {self._name!r} was deleted"))
        elif page.items:
            return self._decoded(page)
        elif page.record.state is State.RUNNING:
            await self._news(page.record)
        else:
            self._finish(await self._failure(page.record))
        return []

    def _decoded(self, page: Page) -> list[Any]:
        items: list[Any] = []
        try:
            items.extend(map(read_item, page.items))
        except DecodeError as error:
            self._finish(error)
        self._position += len(items)
        return items

    async def _failure(self, record: Record) -> Exception | None:
        """The failure of a stream that ended so, with the sum of the items before it as ``partial``."""
        if record.state is State.LOST:
            error: Exception = WriterLost(
                f"the writer of the durable stream {self._name!r} did not renew its lease"
                f" after item {record.items}"
            )
        elif record.error is not None:
            error = read_error(record.error)
        else:
            return None
        if isinstance(error, LionprideError) and error.partial is None:
            error.partial = response_of(await self._all_items())
        return error

    async def _all_items(self) -> list[Any]:
        items: list[Any] = []
        while (page := await self._store.read(self._name, len(items), PAGE)) and page.items:
            if page.record.writer != self._writer:
                break  # it was deleted and made anew
            items += map(read_item, page.items)
        return items

    def _noun(self) -> str:
        return "durable stream"
