"""Transactions of SQLite for tasks of trio: one connection, one thread at a time, one commit for many.

SQLite blocks, so its work is done in a thread.  A turn of a thread takes about 100 µs and a commit
as long, or a whole turn of the disk.  So what many tasks want while a transaction is under way
waits, and goes into the next one together.  One of the tasks that wait leads: it takes all that
waits and goes to the thread with it.  No task runs in the background.  A transaction that fails is done again
in as many as there are tasks, so that each of them hears what was wrong with its own part, and of nothing else.
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


def _undone(jobs: list[_Job]) -> list[_Job]:
    return [job for job in jobs if not job.done]


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
        except Exception as error:  # locked for too long, mostly
            for job in _undone(jobs):
                self._fail(job, error)
        except BaseException:
            # Cancelled: what the others wait for is still to be done.
            self._waiting[:0] = _undone(jobs)
            raise
        finally:
            self._led = False
            for job in jobs:
                job.woken.set()

    async def _commit_patiently(self, jobs: list[_Job]) -> None:
        give_up = trio.current_time() + self._patience
        while True:
            try:
                await trio.to_thread.run_sync(self._commit, _undone(jobs), limiter=self._limiter)
            except sqlite3.OperationalError as error:
                if not is_locked(error) or trio.current_time() >= give_up:
                    raise
            else:
                return

    def _commit(self, jobs: list[_Job]) -> None:
        """Do *jobs* in one transaction; where that fails, each in its own.  In a thread.

        Each of them is some other task's, so what is wrong with one must not be told to the others.

        :raises sqlite3.OperationalError: the database is locked; what is not done is to be tried again.
        """
        try:
            self._commit_together(jobs)
        except Exception as error:
            if isinstance(error, sqlite3.OperationalError) and is_locked(error):
                raise
            if len(jobs) == 1:
                self._fail(jobs[0], error)
                return
            for job in jobs:
                self._commit([job])

    def _commit_together(self, jobs: list[_Job]) -> None:
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

    def _fail(self, job: _Job, error: Exception) -> None:
        """End *job* with *error*, and one of the database with a `SinkError` of its own: each adds its traceback."""
        job.done, job.error = True, error
        if isinstance(error, sqlite3.Error):
            job.error = SinkError(f"{self._url}: {error}", sink=self._url, retryable=True)
            job.error.__cause__ = error

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
