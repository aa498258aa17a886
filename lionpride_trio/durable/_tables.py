"""The steps of a `Store` in SQL: each function is one, within a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._store import End, LeaseLost, Page, Record, State, Topic


def claim(
    connection: sqlite3.Connection,
    name: str,
    writer: str,
    now: float,
    lease: float,
    keep_for: float | None,
) -> bool:
    """Begin the stream *name*, if there is none.  Whether it is *writer*'s."""
    row = _find(connection, name, now)
    if row is not None:
        return bool(row["writer"] == writer)
    delete(connection, name)  # it was kept long enough
    connection.execute(
        "INSERT INTO lionpride_streams (name, writer, started, changed, lease_until, keep_for)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (name, writer, now, now, now + lease, keep_for),
    )
    return True


def take_over(
    connection: sqlite3.Connection, name: str, writer: str, now: float, lease: float
) -> bool:
    """Begin the stream *name*, or go on with it where nobody writes it.  Whether it is *writer*'s."""
    row = _find(connection, name, now)
    if row is None:
        return claim(connection, name, writer, now, lease, None)
    if row["state"] == State.RUNNING and row["lease_until"] > now:
        return bool(row["writer"] == writer)
    connection.execute(
        "UPDATE lionpride_streams SET writer = ?, state = 'running', changed = ?, ended = NULL,"
        " lease_until = ?, keep_for = NULL, asked_to_stop = 0, verdict = NULL, error = NULL"
        " WHERE run = ?",
        (writer, now, now + lease, row["run"]),
    )
    return True


def append(
    connection: sqlite3.Connection,
    name: str,
    writer: str,
    first: int,
    items: Sequence[str],
    now: float,
    lease: float,
    end: End | None,
) -> None:
    """Write what is not there yet of *items*, and the *end*.

    :raises LeaseLost: before anything is written.
    """
    row = _find(connection, name, now)
    if row is None or row["writer"] != writer:
        raise LeaseLost
    if row["state"] != State.RUNNING:
        if end is not None and row["state"] == end.state:
            return  # said again, because the answer was lost
        raise LeaseLost
    run, there = row["run"], row["items"]
    if first > there + 1:
        raise LeaseLost
    new = items[there + 1 - first :]
    connection.executemany(
        "INSERT INTO lionpride_items VALUES (?, ?, ?)",
        [(run, number, item) for number, item in enumerate(new, there + 1)],
    )
    connection.execute(
        "UPDATE lionpride_streams SET items = ?, changed = ?, lease_until = ? WHERE run = ?",
        (there + len(new), now, now + lease, run),
    )
    if end is not None:
        connection.execute(
            "UPDATE lionpride_streams SET state = ?, ended = ?, verdict = ?, error = ? WHERE run = ?",
            (end.state, now, end.verdict, end.error, run),
        )


def renew(connection: sqlite3.Connection, name: str, writer: str, now: float, lease: float) -> bool:
    """Renew the lease.  Whether the writer is asked to stop.

    :raises LeaseLost: before anything is written.
    """
    row = _find(connection, name, now)
    if row is None or (row["writer"], row["state"]) != (writer, State.RUNNING):
        raise LeaseLost
    connection.execute(
        "UPDATE lionpride_streams SET lease_until = ? WHERE run = ?", (now + lease, row["run"])
    )
    return bool(row["asked_to_stop"])


def read(
    connection: sqlite3.Connection, name: str, now: float, after: int, limit: int
) -> Page | None:
    """The record, and the items behind number *after*."""
    row = _find(connection, name, now)
    if row is None:
        return None
    items = connection.execute(
        "SELECT item FROM lionpride_items WHERE run = ? AND number > ? ORDER BY number LIMIT ?",
        (row["run"], after, limit),
    )
    return Page(_record(row, now), [item for (item,) in items])


def records(connection: sqlite3.Connection, now: float) -> list[Record]:
    """All streams, the oldest first."""
    rows = connection.execute("SELECT * FROM lionpride_streams ORDER BY run")
    return [_record(row, now) for row in rows if not _is_over(row, now)]


def ask_to_stop(connection: sqlite3.Connection, name: str) -> None:
    """Ask the writer to stop."""
    connection.execute("UPDATE lionpride_streams SET asked_to_stop = 1 WHERE name = ?", (name,))


def expire(connection: sqlite3.Connection, now: float, name: str | None = None) -> None:
    """Mark *name*, or every stream, as lost if its lease has run out."""
    connection.execute(
        "UPDATE lionpride_streams SET state = 'lost', ended = ?"
        " WHERE state = 'running' AND lease_until <= ? AND coalesce(name = ?, TRUE)",
        (now, now, name),
    )


def delete(connection: sqlite3.Connection, name: str) -> bool:
    """Delete the stream and its items.  Whether there was one."""
    row = connection.execute(
        "DELETE FROM lionpride_streams WHERE name = ? RETURNING run", (name,)
    ).fetchone()
    if row is None:
        return False
    connection.execute("DELETE FROM lionpride_items WHERE run = ?", (row["run"],))
    return True


def sweep(connection: sqlite3.Connection, now: float) -> None:
    """Mark what is lost, and delete what was kept long enough."""
    expire(connection, now)
    for row in connection.execute("SELECT * FROM lionpride_streams").fetchall():
        if _is_over(row, now):
            delete(connection, row["name"])


def data_version(connection: sqlite3.Connection) -> int:
    """A number that changes when another connection commits, and not when this one does."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def marks(connection: sqlite3.Connection, topics: Iterable[Topic]) -> Mapping[Topic, Any]:
    """For each of *topics*, what changes when its bell is to ring; None where there is no stream."""
    found: dict[Topic, Any] = {}
    for topic in topics:
        kind, name = topic
        row = connection.execute(
            "SELECT writer, state, items, asked_to_stop FROM lionpride_streams WHERE name = ?",
            (name,),
        ).fetchone()
        found[topic] = None
        if row is not None:
            last = row["items"] if kind == "news" else row["asked_to_stop"]
            found[topic] = (row["writer"], row["state"], last)
    return found


def _find(connection: sqlite3.Connection, name: str, now: float) -> sqlite3.Row | None:
    """The row of the stream *name*, unless it was kept long enough."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM lionpride_streams WHERE name = ?", (name,)
    ).fetchone()
    return None if row is None or _is_over(row, now) else row


def _is_over(row: sqlite3.Row, now: float) -> bool:
    ended, keep_for = row["ended"], row["keep_for"]
    return ended is not None and keep_for is not None and bool(ended + keep_for <= now)


def _record(row: sqlite3.Row, now: float) -> Record:
    return Record(
        name=row["name"],
        writer=row["writer"],
        state=State(row["state"]),
        items=row["items"],
        started=row["started"],
        changed=row["changed"],
        ended=row["ended"],
        lease_left=row["lease_until"] - now,
        verdict=row["verdict"],
        error=row["error"],
    )
