"""Durable streams in a SQLite database: the default, for all processes of one machine.

The database is in WAL mode: readers wait for no writer.  What a method has written is there when it
returns, whatever happens to the process; with *fsync*, whatever happens to the machine, too.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import trio

from .._channels._nursery import open_pump_nursery
from .._errors import ConfigurationError, SinkError
from . import _tables as tables
from ._schema import migrate
from ._store import Bell, Bells, End, Page, Record, Topic
from ._transactions import LOCK_SECONDS, PATIENCE, Transactions, is_locked

POLL_SECONDS: Final = 0.01
"""Seconds between two looks for what another process has written, while somebody waits for news."""


@asynccontextmanager
async def open_sqlite(
    path: str,
    url: str,
    *,
    fsync: bool,
    clock: Callable[[], float] = time.time,
    patience: float = PATIENCE,
) -> AsyncGenerator[SQLiteStore]:
    """The store in the database at *path*, which is made where there is none.  Opens a nursery.

    :raises ConfigurationError: it cannot be opened, is no database, or is of a newer version.
    """
    async with (
        _transactions(path, url, fsync=fsync, patience=patience) as writing,
        _transactions(path, url, fsync=fsync, patience=patience) as reading,
        open_pump_nursery() as nursery,
    ):
        store = SQLiteStore(writing, reading, clock)
        nursery.start_soon(store.watch_others, name=f"watch {url}")
        try:
            yield store
        finally:
            store.close_nowait()


@asynccontextmanager
async def _transactions(
    path: str, url: str, *, fsync: bool, patience: float
) -> AsyncGenerator[Transactions]:
    connection = await _connect(path, url, fsync=fsync, patience=patience)
    transactions = Transactions(connection, url, patience)
    try:
        yield transactions
    finally:
        await transactions.aclose()


async def _connect(path: str, url: str, *, fsync: bool, patience: float) -> sqlite3.Connection:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA synchronous = {'FULL' if fsync else 'NORMAL'}")
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    give_up = trio.current_time() + patience
    while True:
        try:
            return await trio.to_thread.run_sync(connect)
        except sqlite3.Error as error:
            # Going over to WAL wants the database for itself, and does not wait for it.
            if not is_locked(error) or trio.current_time() >= give_up:
                raise ConfigurationError(f"{url} cannot be opened: {error}") from error
        await trio.sleep(LOCK_SECONDS / 10)


class SQLiteStore:
    """A `Store` in the tables of a database.

    It reads through a connection of its own, which waits for nobody who writes.
    """

    def __init__(
        self, writing: Transactions, reading: Transactions, clock: Callable[[], float]
    ) -> None:
        self._writing = writing
        self._reading = reading
        self._clock = clock
        self._bells = Bells()
        self._somebody_listens = trio.Event()

    async def claim(self, name: str, writer: str, lease: float, keep_for: float | None) -> bool:
        """See `Store`."""
        now = self._clock()
        claimed = await self._writing.write(
            lambda it: tables.claim(it, name, writer, now, lease, keep_for)
        )
        self._bells.ring(("news", name))
        return claimed

    async def take_over(self, name: str, writer: str, lease: float) -> bool:
        """See `Store`."""
        now = self._clock()
        taken = await self._writing.write(lambda it: tables.take_over(it, name, writer, now, lease))
        self._bells.ring(("news", name), ("stop", name))
        return taken

    async def append(
        self,
        name: str,
        writer: str,
        first: int,
        items: Sequence[str],
        lease: float,
        end: End | None = None,
    ) -> None:
        """See `Store`."""
        now = self._clock()
        await self._writing.write(
            lambda it: tables.append(it, name, writer, first, items, now, lease, end)
        )
        self._bells.ring(("news", name))

    async def renew(self, name: str, writer: str, lease: float) -> bool:
        """See `Store`."""
        now = self._clock()
        return await self._writing.write(lambda it: tables.renew(it, name, writer, now, lease))

    async def read(self, name: str, after: int, limit: int) -> Page | None:
        """See `Store`."""
        now = self._clock()
        return await self._reading.read(lambda it: tables.read(it, name, now, after, limit))

    async def records(self) -> list[Record]:
        """See `Store`."""
        now = self._clock()
        return await self._reading.read(lambda it: tables.records(it, now))

    async def ask_to_stop(self, name: str) -> None:
        """See `Store`."""
        await self._writing.write(lambda it: tables.ask_to_stop(it, name))
        self._bells.ring(("stop", name))

    async def expire(self, name: str) -> None:
        """See `Store`."""
        now = self._clock()
        await self._writing.write(lambda it: tables.expire(it, now, name))
        self._bells.ring(("news", name), ("stop", name))

    async def delete(self, name: str) -> bool:
        """See `Store`."""
        there = await self._writing.write(lambda it: tables.delete(it, name))
        self._bells.ring(("news", name), ("stop", name))
        return there

    async def sweep(self) -> None:
        """See `Store`."""
        now = self._clock()
        await self._writing.write(lambda it: tables.sweep(it, now))
        self._bells.ring(*self._bells.topics)

    @asynccontextmanager
    async def listen(self, topic: Topic) -> AsyncGenerator[Bell]:
        """See `Store`."""
        with self._bells.listening(topic) as bell:
            self._somebody_listens.set()
            yield bell

    async def watch_others(self) -> None:
        """Ring the bells for what other processes write, as long as somebody listens.

        ``data_version`` tells at the cost of a look into shared memory whether another connection
        than the one that is asked has committed.  So the writing one is asked: what it commits
        rings by itself.
        """
        seen_version: int | None = None
        seen: Mapping[Topic, Any] = {}
        while True:
            if not self._bells.topics:
                self._somebody_listens = trio.Event()
            await self._somebody_listens.wait()
            await trio.sleep(POLL_SECONDS)
            try:
                version = await self._writing.read(tables.data_version)
                if version != seen_version:
                    seen = await self._ring_changed(seen)
                    seen_version = version
            except SinkError:
                self._bells.ring(*self._bells.topics)  # who listens reads, and is told so

    async def _ring_changed(self, seen: Mapping[Topic, Any]) -> Mapping[Topic, Any]:
        """Ring for what is not as it was *seen*; what is seen now.

        A stream that is looked at for the first time rings, too: its listener may have looked before the
        change, and nobody knows what it saw.
        """
        topics = list(self._bells.topics)
        found = await self._reading.read(lambda it: tables.marks(it, topics))
        self._bells.ring(*(topic for topic in topics if (topic, found[topic]) not in seen.items()))
        return found

    def close_nowait(self) -> None:
        """Wake who listens: what they read next is refused."""
        self._bells.ring(*self._bells.topics)
