"""Many tasks' wishes of a database go into one transaction, and are done whoever leaves."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import asynccontextmanager

import pytest
import trio

from lionpride_trio import SinkError
from lionpride_trio.durable._store import LeaseLost
from lionpride_trio.durable._transactions import Transactions


class Database:
    """A database, what is said to it, and a way to keep its thread busy."""

    def __init__(self, path):
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
        self.said = []
        self.connection.set_trace_callback(self.said.append)
        self.transactions = Transactions(self.connection, "sqlite:///numbers.db")
        self._go_on = threading.Event()

    def insert(self, number):
        return self.transactions.write(
            lambda it: it.execute("INSERT INTO numbers VALUES (?)", (number,)).lastrowid
        )

    async def numbers(self):
        return await self.transactions.read(
            lambda it: [number for (number,) in it.execute("SELECT number FROM numbers")]
        )

    @asynccontextmanager
    async def busy(self):
        """The thread is busy in this block, so that what is asked for waits together."""
        began = trio.Event()
        token = trio.lowlevel.current_trio_token()

        def work(_):
            token.run_sync_soon(began.set)
            assert self._go_on.wait(60)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.transactions.read, work)
            await began.wait()
            try:
                yield
            finally:
                self._go_on.set()


@pytest.fixture
async def database(tmp_path):
    database = Database(tmp_path / "numbers.db")
    yield database
    await database.transactions.aclose()


async def run_all(*calls):
    """Run them side by side; their results or errors, in their order."""
    outcomes = [None] * len(calls)

    async def run(at, call):
        try:
            outcomes[at] = await call
        except (SinkError, LeaseLost, ValueError, OverflowError, trio.ClosedResourceError) as error:
            outcomes[at] = error

    async with trio.open_nursery() as nursery:
        for at, call in enumerate(calls):
            nursery.start_soon(run, at, call)
    return outcomes


async def release_when(database, count):
    """Let the busy thread go on when so many jobs wait."""
    await wait_for_jobs(database, count)
    database._go_on.set()


async def test_what_waits_together_is_committed_together(database):
    async with database.busy(), trio.open_nursery() as nursery:
        nursery.start_soon(release_when, database, 50)
        assert await run_all(*map(database.insert, range(50))) == list(range(50))
    # The first was the one that kept the thread busy.
    assert database.said.count("COMMIT") == 2
    assert await database.numbers() == list(range(50))


async def test_what_is_wrong_with_one_is_not_told_to_the_others(database):
    """Neither what the database refuses, nor what Python does: a number that is too large for it."""
    await database.insert(7)
    async with database.busy(), trio.open_nursery() as nursery:
        nursery.start_soon(release_when, database, 5)
        one, there, two, large, three = await run_all(*map(database.insert, (6, 7, 8, 2**63, 9)))
    assert (one, two, three) == (6, 8, 9)
    assert str(there.__cause__) == "UNIQUE constraint failed: numbers.number"
    assert isinstance(large, OverflowError)
    assert await database.numbers() == [6, 7, 8, 9]


async def test_what_waits_together_for_a_lock_fails_together(database):
    database.transactions._patience = 0
    database.connection.execute("PRAGMA busy_timeout = 1")
    other = open_other(database)
    async with database.busy(), trio.open_nursery() as nursery:
        await trio.lowlevel.checkpoint()
        other.execute("BEGIN IMMEDIATE")
        nursery.start_soon(release_when, database, 2)
        errors = await run_all(*map(database.insert, (1, 2)))
    other.execute("COMMIT")
    other.close()
    assert [type(error) for error in errors] == [SinkError] * 2
    assert errors[0] is not errors[1]
    assert await database.numbers() == []


async def test_what_was_done_before_a_lock_is_not_done_again(database):
    """One fails, so each goes alone; then a lock comes between them."""
    runs, results = [], {}
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    failures = {"b": [ValueError("mine"), locked]}

    async def run(name):
        def work(_):
            runs.append(name)
            if failures.get(name):
                raise failures[name].pop(0)
            return name.upper()

        results[name] = await database.transactions.write(work)

    async with trio.open_nursery() as nursery, database.busy():
        for number, name in enumerate("abc", 1):
            nursery.start_soon(run, name)
            await wait_for_jobs(database, number)
    assert results == {"a": "A", "b": "B", "c": "C"}
    assert runs == ["a", "b", "a", "b", "b", "c"]


async def test_a_lost_lease_is_told_to_the_one_whose_it_is(database):
    def refuse(_):
        raise LeaseLost

    async with database.busy(), trio.open_nursery() as nursery:
        nursery.start_soon(release_when, database, 3)
        one, lost, two = await run_all(
            database.insert(1), database.transactions.write(refuse), database.insert(2)
        )
    assert (one, type(lost), two) == (1, LeaseLost, 2)
    assert await database.numbers() == [1, 2]


async def test_a_mistake_of_the_work_is_raised_and_nothing_is_written(database):
    def wrong(connection):
        connection.execute("INSERT INTO numbers VALUES (5)")
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await database.transactions.write(wrong)
    assert await database.numbers() == []


async def test_who_leaves_before_its_turn_is_not_served_and_the_others_are(database):
    async with database.busy(), trio.open_nursery() as nursery:
        nursery.start_soon(database.insert, 1)
        with trio.move_on_after(0) as scope:
            await database.insert(2)
        assert scope.cancelled_caught
        nursery.start_soon(release_when, database, 1)
    assert await database.numbers() == [1]


def open_other(database):
    """Another connection to the same file."""
    path = database.connection.execute("PRAGMA database_list").fetchone()[2]
    return sqlite3.connect(path, isolation_level=None)


async def test_a_leader_that_is_cancelled_hands_over(database):
    """It waits for a lock with the work of others in its hands."""
    other = open_other(database)
    database.connection.execute("PRAGMA busy_timeout = 1")
    leader = trio.CancelScope()

    async def lead():
        with leader:
            await database.insert(1)

    async with trio.open_nursery() as nursery:
        async with database.busy():
            nursery.start_soon(lead)
            await wait_for_jobs(database, 1)
            for number in (2, 3, 4):
                nursery.start_soon(database.insert, number)
            await wait_for_jobs(database, 4)
            other.execute("BEGIN IMMEDIATE")
        # All four are in the first one's hands now.
        while database.transactions._waiting:
            await trio.lowlevel.checkpoint()
        leader.cancel()
        while not leader.cancelled_caught:
            await trio.lowlevel.checkpoint()
        other.execute("COMMIT")
    other.close()
    assert await database.numbers() == [2, 3, 4]


async def wait_for_jobs(database, count):
    while len(database.transactions._waiting) < count:
        await trio.lowlevel.checkpoint()


async def test_who_writes_says_so_at_the_beginning(database):
    """A transaction that begins to write after it has read may find that it read what is old."""
    await database.insert(1)
    await database.numbers()
    begins = [statement for statement in database.said if statement.startswith("BEGIN")]
    assert begins == ["BEGIN IMMEDIATE", "BEGIN"]


async def test_a_lock_is_waited_for_whatever_its_reason(database):
    """Such as the recovery of a database whose last writer was killed."""
    reasons = [sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_BUSY]

    def work(connection):
        if reasons:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = reasons.pop()
            raise error
        return "done"

    assert await database.transactions.write(work) == "done"


async def test_who_waits_as_it_is_closed_is_refused(database):
    async with database.busy(), trio.open_nursery() as nursery:

        async def close():
            while len(database.transactions._waiting) < 2:
                await trio.lowlevel.checkpoint()
            nursery.start_soon(database.transactions.aclose)
            await trio.lowlevel.checkpoint()
            database._go_on.set()

        nursery.start_soon(close)
        errors = await run_all(database.insert(1), database.insert(2))
    assert [type(error) for error in errors] == [trio.ClosedResourceError] * 2
    with pytest.raises(trio.ClosedResourceError):
        await database.numbers()


async def test_cancelled_anywhere_what_was_acknowledged_is_there(database):
    acknowledged = []

    async def insert(number, delay):
        with trio.move_on_after(delay):
            await database.insert(number)
            acknowledged.append(number)

    async with trio.open_nursery() as nursery:
        for number in range(300):
            nursery.start_soon(insert, number, number % 20 / 4000)
    assert set(acknowledged) <= set(await database.numbers())
    assert not database.transactions._led
