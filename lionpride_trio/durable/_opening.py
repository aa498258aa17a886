"""`open_streams`: which store a URL means, and what runs beside it."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final
from urllib.parse import unquote

import trio

from .._channels._nursery import open_pump_nursery
from .._checks import check_seconds, check_size
from .._errors import ConfigurationError, SinkError, TransportError
from .._observer import Observer, listeners_of
from ._memory import MemoryStore
from ._run import Writing
from ._sqlite import open_sqlite
from ._store import Store
from ._streams import Streams, check_keep_for, check_span

SWEEP_SECONDS: Final = 60.0
"""Seconds between two deletions of streams that were kept long enough."""

_logger: Final = logging.getLogger("lionpride_trio")


@asynccontextmanager
async def open_streams(
    url: str,
    *,
    flush_every: int = 64,
    flush_seconds: float = 0.05,
    lease: float = 10.0,
    keep_for: float | None = None,
    fsync: bool = False,
    observers: Iterable[Observer] = (),
) -> AsyncGenerator[Streams]:
    """Durable streams in the store at *url*, as long as the block::

        async with open_streams("sqlite:///app.db") as streams:
            await streams.start("chat-42", model.stream("Why is the sky blue?"))
            async with streams.follow("chat-42") as channel:
                async for chunk in channel: ...

    *url* is ``memory:``, ``sqlite:///app.db`` (four slashes begin an absolute path) or
    ``redis://…`` (the extra ``redis``).  What comes of a source is written when *flush_every* items
    have come, or when the first of them has waited for *flush_seconds*, and handed to readers then.
    A writer that says nothing for *lease* seconds counts as dead.  Streams are deleted *keep_for*
    seconds after their end; by default they are kept.  With *fsync* (SQLite), what was handed to a
    reader survives a power failure too, at the cost of a turn of the disk for each write.  *observers* are told
    of the runs that are started here, and of the calls in them.

    Opens a nursery: the runs that were started belong to this block.  Leaving it cancels them, and
    their streams end as stopped.  So do flows and batches that have a journal here, wherever they run.

    :raises ConfigurationError: a setting is wrong, or the database cannot be opened.
    :raises ConnectionFailed: the store's server cannot be reached.
    """
    check_size("flush_every", flush_every)
    check_seconds("flush_seconds", flush_seconds)
    check_span("lease", lease)
    if keep_for is not None:
        check_keep_for(keep_for)
    listeners = listeners_of(observers)
    async with _open_store(url, fsync=fsync) as store, open_pump_nursery() as nursery:
        writing = Writing(flush_every, flush_seconds, lease)
        streams = Streams(store, nursery, writing, keep_for, listeners)
        nursery.start_soon(_sweep_regularly, store, name="sweep durable streams")
        try:
            yield streams
        finally:
            streams.close_nowait()
            await streams.wait_left()


def _open_store(url: str, *, fsync: bool) -> AbstractAsyncContextManager[Store]:
    scheme, colon, rest = url.partition(":")
    match scheme:
        case "memory" if colon and not rest.strip("/"):
            return _memory()
        case "sqlite" if rest.startswith("///") and len(rest) > len("///"):
            return open_sqlite(_path_of(url, rest[3:]), url, fsync=fsync)
        case "redis" | "rediss" if rest.startswith("//"):
            from ._redis import open_redis  # which needs the extra

            return open_redis(url)
        case _:
            raise ConfigurationError(
                f"the URL of a store is 'memory:', 'sqlite:///app.db' or 'redis://…', not {url!r:.200}"
            )


def _path_of(url: str, quoted: str) -> str:
    """The file that the URL of a SQLite database names."""
    path = unquote(quoted)
    if path == ":memory:" or path.startswith("file:"):
        # Each of our two connections would have a database of its own.
        raise ConfigurationError(
            f"{url!r:.200} names no file: write 'memory:' for streams in this process's memory, or a plain path, such as"
            " 'sqlite:///app.db'"
        )
    if "?" in quoted:
        raise ConfigurationError(
            f"the URL of a SQLite database has no options, as in {url!r:.200}: write its path alone, in which %3F is a"
            " question mark"
        )
    return path


@asynccontextmanager
async def _memory() -> AsyncGenerator[Store]:
    yield MemoryStore()


async def _sweep_regularly(store: Store) -> None:
    while True:
        try:
            await store.sweep()
        except (SinkError, TransportError) as error:
            _logger.warning("durable streams cannot be swept: %s", error)
        await trio.sleep(SWEEP_SECONDS)
