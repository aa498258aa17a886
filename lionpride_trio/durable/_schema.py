"""The tables of durable streams in a SQLite database, their version, and the way from each to the next.

The database may be the program's own, with tables of its own, so these have a prefix, and their
version stands in one of them instead of in ``PRAGMA user_version``.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from .._errors import ConfigurationError

MIGRATIONS: Final = [
    # 1
    (
        """
        CREATE TABLE lionpride_streams (
            run INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            writer TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'running',
            items INTEGER NOT NULL DEFAULT 0,
            started REAL NOT NULL,
            changed REAL NOT NULL,
            ended REAL,
            lease_until REAL NOT NULL,
            keep_for REAL,
            asked_to_stop INTEGER NOT NULL DEFAULT 0,
            verdict TEXT,
            error TEXT
        )
        """,
        # Without a rowid the items of a stream stand in one tree, in their order, and once.
        """
        CREATE TABLE lionpride_items (
            run INTEGER NOT NULL,
            number INTEGER NOT NULL,
            item TEXT NOT NULL,
            PRIMARY KEY (run, number)
        ) WITHOUT ROWID
        """,
    ),
]
"""The statements that make each version of the tables of the one before it."""


def migrate(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring them to the newest version.  Two processes may do it at once.

    :raises ConfigurationError: a newer version of this library made them.
    """
    newest = len(MIGRATIONS)
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS lionpride_version (version INTEGER NOT NULL)"
        )
        row = connection.execute("SELECT version FROM lionpride_version").fetchone()
        version = 0 if row is None else int(row[0])
        if version > newest:
            raise ConfigurationError(
                f"the database's streams have version {version}, made by a newer lionpride_trio;"
                f" this one knows {newest}"
            )
        if version == newest:
            return
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute("DELETE FROM lionpride_version")
        connection.execute("INSERT INTO lionpride_version VALUES (?)", (newest,))
