"""The tables of a database: made beside those of the program, and brought to this version as a whole."""

from __future__ import annotations

import sqlite3

import pytest

from lionpride_trio import ConfigurationError
from lionpride_trio.durable import _schema, open_streams
from tests.durable.sources import given, read_all


def url_of(path):
    return f"sqlite:///{path}"


async def test_a_program_s_own_tables_stand_beside_ours(path):
    with sqlite3.connect(path) as own:
        own.execute("CREATE TABLE streams (name TEXT)")
        own.execute("PRAGMA user_version = 77")
    async with open_streams(url_of(path)) as streams:
        await streams.start("chat", given(["a"]))
        assert await read_all(streams.follow("chat")) == ["a"]
    assert own.execute("PRAGMA user_version").fetchone() == (77,)
    own.close()


async def test_an_older_schema_is_migrated_with_what_it_holds(path, monkeypatch):
    async with open_streams(url_of(path)) as streams:
        await streams.start("chat", given(["a"]))
        await read_all(streams.follow("chat"))
    newer = ("ALTER TABLE lionpride_streams ADD COLUMN note TEXT DEFAULT 'new'",)
    with monkeypatch.context() as patched:
        patched.setattr(_schema, "MIGRATIONS", [*_schema.MIGRATIONS, newer])
        for _ in range(2):
            async with open_streams(url_of(path)) as streams:
                assert await read_all(streams.follow("chat")) == ["a"]
    with pytest.raises(ConfigurationError, match="have version 2, made by a newer"):
        async with open_streams(url_of(path)):
            pass


async def test_a_migration_is_done_as_a_whole_or_not_at_all(path, monkeypatch):
    async with open_streams(url_of(path)):
        pass
    broken = ("CREATE TABLE lionpride_more (a)", "CREATE TABLE lionpride_streams (a)")
    with monkeypatch.context() as patched:
        patched.setattr(_schema, "MIGRATIONS", [*_schema.MIGRATIONS, broken])
        with pytest.raises(ConfigurationError, match="already exists"):
            async with open_streams(url_of(path)):
                pass
    with sqlite3.connect(path) as other:
        tables = other.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    other.close()
    assert ("lionpride_more",) not in tables
    async with open_streams(url_of(path)) as streams:
        assert await streams.list() == ()
