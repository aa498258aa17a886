"""Transactions of SQLite for tasks of trio: one connection, one thread at a time, one commit for many.

SQLite blocks, so its work is done in a thread.  A turn of a thread takes about 100 µs and a commit
as long, or a whole turn of the disk.  So what many tasks want while a transaction is under way
waits, and goes into the next one together.  One of the tasks that wait leads: it takes all that
waits and goes to the thread with it.  No task runs in the background.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar

import attrs
import trio

from .._errors import SinkError
from ._store import LeaseLost

T = TypeVar("T")
Work: TypeAlias = Callable[[sqlite3.Connection], T]

LOCK_SECONDS: Final = 0.1
"""Seconds that the thread waits for another process's transaction before it lets the task ask again."""
PATIENCE: Final = 5.0
"""Seconds that a locked database is waited for."""
_LOCKED: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY: Final = 0xFF
"""The part of an error code that says what kind it is; the rest says why."""


def is_locked(error: sqlite3.Error) -> bool:
    """Whether *error* is over when another process is done, such as with a commit or a recovery."""
    return error.sqlite_errorcode & _PRIMARY in _LOCKED


@attrs.define(eq=False)
class _Job:
    work: Work[Any]
    writes: bool
    woken: trio.Event = attrs.Factory(trio.Event)
    done: bool = False
    result: Any = None
    error: Exception | None = None


class Transactions:
    """Runs functions on *connection*, all that wait at one time in one transaction."""

    def __init__(
        self, connection: sqlite3.Connection, url: str, patience: float = PATIENCE
    ) -> None:
        self._connection = connection
        self._url = url
        self._patience = patience
        self._limiter = trio.CapacityLimiter(1)  # its own: the program's threads may be all in use
        self._waiting: list[_Job] = []
        self._led = False
        self._closed = False

    async def read(self, work: Work[T]) -> T:
        """The result of *work*, which only reads."""
        result: T = await self._run(_Job(work, writes=False))
        return result

    async def write(self, work: Work[T]) -> T:
        """The result of *work*, once all that it wrote is committed.

        *work* raises `LeaseLost` before it writes anything, or not at all.  Cancelled, it may have
        been done.

        :raises SinkError: the database is full, locked or damaged; nothing was written.
        """
        result: T = await self._run(_Job(work, writes=True))
        return result

    async def _run(self, job: _Job) -> Any:
        if self._closed:
            await trio.lowlevel.checkpoint()
            raise trio.ClosedResourceError(f"the block of {self._url} was left")
        self._waiting.append(job)
        try:
            while not job.done:
                if self._led:
                    await job.woken.wait()
                    job.woken = trio.Event()
                else:
                    self._led = True
                    await self._lead()
        finally:
            if job in self._waiting:
                self._waiting.remove(job)
            # A leader that was cancelled, or that was woken to lead and was cancelled before it did,
            # leaves others waiting whom nobody else would wake.
            if self._waiting and not self._led:
                self._waiting[0].woken.set()
        if job.error is not None:
            raise job.error
        return job.result

    async def _lead(self) -> None:
        jobs, self._waiting = self._waiting, []
        try:
            await self._commit_patiently(jobs)
        except (sqlite3.Error, SinkError) as error:
            for job in jobs:
                job.done, job.error = True, self._failure(error)
        except Exception as error:
            for job in jobs:
                job.done, job.error = True, error
        except BaseException:
            # Cancelled: what the others wait for is still to be done.
            self._waiting[:0] = jobs
            raise
        finally:
            self._led = False
            for job in jobs:
                job.woken.set()

    async def _commit_patiently(self, jobs: list[_Job]) -> None:
        give_up = trio.current_time() + self._patience
        while True:
            try:
                await trio.to_thread.run_sync(self._commit, jobs, limiter=self._limiter)
            except sqlite3.OperationalError as error:
                if not is_locked(error) or trio.current_time() >= give_up:
                    raise
            else:
                return

    def _commit(self, jobs: list[_Job]) -> None:
        """Do *jobs* in one transaction.  In a thread."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE" if any(job.writes for job in jobs) else "BEGIN")
        try:
            for job in jobs:
                job.error = None
                try:
                    job.result = job.work(connection)
                except LeaseLost as lost:
                    job.error = lost
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        for job in jobs:
            job.done = True

    def _failure(self, error: Exception) -> SinkError:
        """An error of its own for each task: each adds its traceback."""
        failure = SinkError(f"{self._url}: {error}", sink=self._url, retryable=True)
        failure.__cause__ = error
        return failure

    async def aclose(self) -> None:
        """Close the connection, when what is under way is done.  Who waits is refused."""
        self._closed = True
        for job in self._waiting:
            job.done = True
            job.error = trio.ClosedResourceError(f"the block of {self._url} was left")
            job.woken.set()
        self._waiting.clear()
        with trio.CancelScope(shield=True):
            await trio.to_thread.run_sync(self._connection.close, limiter=self._limiter)
