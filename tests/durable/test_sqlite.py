"""Streams in SQLite: a database that is locked, full, damaged or shared, and nothing lost that was acknowledged."""

from __future__ import annotations

import sqlite3

import pytest
import trio

from lionpride_trio import ConfigurationError, DecodeError, SinkError, WriterLost
from lionpride_trio.durable import open_streams
from tests.durable.sources import Tap, given, read_all, read_some, texts


def url_of(path):
    return f"sqlite:///{path}"


def set_patience(streams, seconds):
    streams._store._writing._patience = seconds


async def test_a_locked_database_is_waited_for(path, impatient):
    tap = Tap()
    async with open_streams(url_of(path), flush_every=1) as streams:
        await streams.start("chat", tap.source())
        tap.put("a")
        async with streams.follow("chat") as channel:
            assert await channel.receive() == "a"
            with sqlite3.connect(path, isolation_level=None) as other:
                other.execute("BEGIN IMMEDIATE")
                tap.put("b")
                # Readers wait for no writer, and nothing is handed on that is not written.
                assert (await streams.status("chat")).items == 1
                other.execute("COMMIT")
            other.close()
            assert await channel.receive() == "b"


async def test_a_database_that_stays_locked_is_an_error_and_loses_nothing(path, impatient):
    tap = Tap()
    async with open_streams(url_of(path), flush_every=1, lease=60) as streams:
        await streams.start("chat", tap.source())
        tap.put("a")
        async with streams.follow("chat") as channel:
            assert await channel.receive() == "a"
            set_patience(streams, 0.05)
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            tap.put("b")
            with pytest.raises(SinkError, match="database is locked") as caught:
                await streams.start("other", given([]))
            assert (caught.value.sink, caught.value.retryable) == (url_of(path), True)
            assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
            other.execute("COMMIT")
            other.close()
            # The run has asked again, again and again.
            assert await channel.receive() == "b"


async def test_a_cancellation_does_not_wait_for_a_locked_database(path, impatient):
    async with open_streams(url_of(path)) as streams:
        await streams.start("chat", given(["a"]))
        await read_all(streams.follow("chat"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with trio.move_on_after(0.05) as scope:
            await streams.delete("chat")
        assert scope.cancelled_caught
        other.execute("COMMIT")
        other.close()
        assert await read_all(streams.follow("chat")) == ["a"]


async def limit_size(streams, pages):
    """Let the database be full at so many *pages* more than it has."""

    def work(connection):
        there = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {there + pages}")

    await streams._store._writing.read(work)


async def test_a_full_disk_is_an_error_and_loses_nothing_that_was_acknowledged(path, impatient):
    tap = Tap()
    async with open_streams(url_of(path), flush_every=1, lease=60) as streams:
        await streams.start("chat", tap.source())
        tap.put(*texts(10))
        async with streams.follow("chat") as channel:
            assert await read_some(channel, 10) == texts(10)
            await limit_size(streams, 0)
            tap.put("x" * 100_000)
            await streams._store.claim("other", "one", 60, None)  # which fits
            with pytest.raises(SinkError, match="full"):
                await streams._store.append("other", "one", 1, ["y" * 100_000], 60)
            assert (await streams.status("chat")).items == 10
            # Room is made: the run goes on where it was.
            await limit_size(streams, 1000)
            assert await channel.receive() == "x" * 100_000
            tap.put("end")
            assert await channel.receive() == "end"
        assert (await streams.status("chat")).items == 12
        assert (await streams._store.read("other", 0, 10)).items == []


async def test_a_run_that_cannot_write_ends_with_the_error_when_its_lease_is_over(
    path, impatient, caplog
):
    tap = Tap()
    async with open_streams(url_of(path), flush_every=1, lease=0.2) as streams:
        await streams.start("chat", tap.source())
        tap.put("a")
        async with streams.follow("chat") as channel:
            assert await channel.receive() == "a"
            await limit_size(streams, 0)
            tap.put("x" * 100_000)
            with pytest.raises((SinkError, WriterLost)) as caught:
                await channel.receive()
            assert caught.value.partial.text == "a"
        await tap.closed.wait()
        assert (await streams.status("chat")).items == 1


async def test_a_damaged_item_is_an_error(path):
    async with open_streams(url_of(path)) as streams:
        await streams.start("chat", given(texts(3)))
        await read_all(streams.follow("chat"))
        with sqlite3.connect(path) as other:
            other.execute("UPDATE lionpride_items SET item = '{' WHERE number = 2")
        other.close()
        async with streams.follow("chat") as channel:
            assert await channel.receive() == "item 0"
            with pytest.raises(DecodeError, match="a stored item cannot be read"):
                await channel.receive()
            assert channel.last_id == 1


async def test_a_file_that_is_no_database_is_refused(path):
    path.write_text("no database\n" * 1000)
    with pytest.raises(ConfigurationError, match="not a database"):
        async with open_streams(url_of(path)):
            pass
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        async with open_streams(url_of(path.parent / "no" / "such" / "folder.db")):
            pass


async def test_a_database_that_is_locked_as_it_is_opened(path, impatient):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    async def release():
        await trio.lowlevel.checkpoint()
        other.execute("COMMIT")
        other.close()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(release)
        async with open_streams(url_of(path)) as streams:
            assert await streams.list() == ()


async def test_many_that_open_a_new_database_at_once(path):
    async def open_one():
        async with open_streams(url_of(path)) as streams:
            await streams.list()

    async with trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(open_one)


@pytest.mark.parametrize(("fsync", "level"), [(False, 1), (True, 2)])
async def test_fsync_waits_for_the_disk(path, fsync, level):
    async with open_streams(url_of(path), fsync=fsync) as streams:
        read = streams._store._writing.read
        pragma = await read(lambda it: it.execute("PRAGMA synchronous").fetchone()[0])
        mode = await read(lambda it: it.execute("PRAGMA journal_mode").fetchone()[0])
        assert (pragma, mode) == (level, "wal")
