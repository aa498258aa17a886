"""``runs``, ``show``, ``stop`` and ``send``: runs with a journal, looked at and spoken to from outside."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import trio
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .._errors import ConfigurationError
from .._safe_text import escape_controls
from ..durable import (
    JournalOperation,
    JournalStatus,
    OperationState,
    Streams,
    open_streams,
)
from ._paths import check_file
from ._screen import PlainPipeConsole

_SQLITE: Final = "sqlite:///"
_SIGNS: Final[Mapping[OperationState, tuple[str, str]]] = {
    OperationState.WAITING: ("·", "dim"),
    OperationState.RUNNING: ("▶", "yellow"),
    OperationState.DONE: ("✓", "green"),
    OperationState.FAILED: ("✗", "red"),
}


def url_of(journal: str) -> str:
    """The URL of the store that *journal* names: itself, or a file for SQLite."""
    return journal if ":" in journal and urlsplit(journal).scheme else f"{_SQLITE}{quote(journal)}"


@asynccontextmanager
async def open_journals(journal: str, *, must_exist: bool = True) -> AsyncGenerator[Streams]:
    """The streams at *journal*.

    :raises ConfigurationError: it is a file that is not there, and *must_exist*: neither looking nor sending makes one.
    """
    url = url_of(journal)
    if must_exist:
        await _check_is_there(url)
    async with open_streams(url) as streams:
        yield streams


async def _check_is_there(url: str) -> None:
    if url.startswith("memory:"):
        raise ConfigurationError(
            "streams in memory are those of one process, which this is not: name a file, or a redis:// URL"
        )
    if url.startswith(_SQLITE):
        path = unquote(url.removeprefix(_SQLITE))
        hint = "name the one that 'flow --journal' was given"
        await trio.to_thread.run_sync(check_file, path, hint)


async def list_runs(journal: str, *, console: Console | None = None) -> int:
    """A line for each run."""
    async with open_journals(journal) as streams:
        table = _table("run", "kind", "state", "done", "began", "took", "waits for")
        for status in await streams.journals():
            _add(
                table,
                status.id,
                status.kind or "",
                status.state,
                _done(status),
                _clock(status.started),
                _span(status.started, status.ended or status.changed),
                ", ".join(status.waits_for),
            )
    (console or PlainPipeConsole()).print(table)
    return 0


async def show_run(run: str, journal: str, *, console: Console | None = None) -> int:
    """The run, and a line for each of its operations."""
    async with open_journals(journal) as streams:
        status = await streams.journal(run).status()
    console = console or PlainPipeConsole()
    console.print(
        Text(
            f"{escape_controls(status.id)}: {status.state}, {_done(status)} done,"
            f" began {_clock(status.started)}",
            style="bold",
        )
    )
    if status.error is not None:
        console.print(Text(_words(status.error), style="red"))
    if status.operations:
        table = _table("", "operation", "began", "ended", "took", "")
        for operation in status.operations:
            _add_operation(table, operation, status.started)
        console.print(table)
    return 0


def _add_operation(table: Table, operation: JournalOperation, start: datetime) -> None:
    sign, style = _SIGNS[operation.state]
    note = ""
    if operation.error is not None:
        note = _words(operation.error)
    elif operation.waits_for is not None and operation.state is OperationState.RUNNING:
        note = f"waits for the answer {operation.waits_for!r}"
    elif operation.items:
        note = f"{operation.items} items"
    began, ended = operation.began, operation.ended
    took = operation.seconds
    _add(
        table,
        sign,
        operation.key,
        "" if began is None else f"+{(began - start).total_seconds():.2f} s",
        "" if ended is None else f"+{(ended - start).total_seconds():.2f} s",
        "" if took is None else f"{took:.2f} s",
        note,
        style=style,
    )


async def stop_run(run: str, journal: str, *, console: Console | None = None) -> int:
    """Stop the run, wherever it is, and say how it stands."""
    async with open_journals(journal) as streams:
        status = await streams.journal(run).stop()
    (console or PlainPipeConsole()).print(
        Text(f"{escape_controls(status.id)}: {status.state}, {_done(status)} done")
    )
    return 0


async def send_answer(
    run: str, name: str, value: str, journal: str, *, console: Console | None = None
) -> int:
    """Send an answer; 1 where there was one before, which counts."""
    async with open_journals(journal) as streams:
        sent = await streams.send(run, name, _value(value))
    words = "sent" if sent else "there was an answer before, and it counts"
    (console or PlainPipeConsole()).print(Text(words))
    return 0 if sent else 1


def _value(text: str) -> Any:
    """What *text* says in JSON, or the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _add(table: Table, *cells: str, style: str = "") -> None:
    table.add_row(*(Text(" ".join(escape_controls(cell).split())) for cell in cells), style=style)


def _done(status: JournalStatus) -> str:
    return str(status.done) if status.total is None else f"{status.done} of {status.total}"


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _span(began: datetime, ended: datetime) -> str:
    minutes, second = divmod(math.ceil((ended - began).total_seconds()), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}"


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
