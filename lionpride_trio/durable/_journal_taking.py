"""Taking a journal: whoever writes it is followed, until that run has ended or its writer has died.

Strategy.  All that a journal has is read before it is taken, so that one that cannot be gone on with stays as it is.
What is written between that read and the taking is read after it.

What must hold: the lines that were read and the place behind them are those of the journal that is written then.
One that was deleted meanwhile begins at its first line again, and none of the old lines counts.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final, Literal, TypeAlias

import trio

from .._channels._lending import tasks_above
from .._channels._nursery import open_pump_nursery
from .._errors import ConfigurationError, LocalProtocolError, RunStopped
from ._follow import PAGE
from ._journal_lines import JournalLines, Kind
from ._journal_writer import JournalWriter, Place
from ._records import read_error, write_error
from ._store import End, Record, State

IfRunning: TypeAlias = Literal["follow", "refuse"]

_holders: Final[dict[str, trio.lowlevel.Task]] = {}
"""The tasks of this process that hold a journal, by the ids of their writers."""


@asynccontextmanager
async def hold_journal(
    place: Place, if_running: IfRunning, kind: Kind
) -> AsyncGenerator[tuple[JournalLines, JournalWriter]]:
    """A block in which the journal is this process's own; what it has so far, and its writer.

    Where another process writes it, that is followed until it has ended, or refused.  Opens a nursery.

    :raises ConfigurationError: it is a journal of another kind.
    :raises LocalProtocolError: it is held around this block, and would be waited for for ever.
    :raises trio.BusyResourceError: another process writes it, and that is refused.
    :raises RunStopped: it was stopped, here or in the process that was followed.
    :raises WriterLost: another process has taken it over, or has deleted it.
    """
    writer = JournalWriter(place)
    end = End(State.STOPPED)
    try:
        lines = await _take(place, writer, if_running, kind)
        _holders[writer.id] = trio.lowlevel.current_task()
        async with open_pump_nursery() as nursery:
            nursery.start_soon(writer.guard, name=f"guard journal {place.id}")
            nursery.start_soon(writer.flush_regularly, name=f"write journal {place.id}")
            with writer.scope:
                yield lines, writer
                end = End(State.ENDED)
    except Exception as error:
        end = End(State.FAILED, error=write_error(error))
        raise
    finally:
        await writer.finish(end)
        _holders.pop(writer.id, None)
        place.holders.remove(writer)
    if writer.scope.cancelled_caught and writer.reason is not None:
        raise writer.reason


async def _take(
    place: Place, writer: JournalWriter, if_running: IfRunning, kind: Kind
) -> JournalLines:
    """Wait until the journal is the *writer*'s; all that is in it.

    :raises Exception: the run that was followed failed so.
    """
    lines, position, started, followed = JournalLines(), 0, None, False
    async with place.store.listen(("news", place.name)) as bell:
        while True:
            page = await place.store.read(place.name, position, PAGE)
            began = None if page is None else page.record.started
            if began != started:
                lines, started, followed = JournalLines(), began, False
                if position:
                    position = 0  # it was deleted, and may have been made anew: read it from there
                    continue
            is_written = page is not None and not writer.holds and _is_written(place, page.record)
            if page is not None and is_written:
                _check_may_wait(place, page.record, if_running)
                followed = True
            if page is not None and page.items:
                lines.add(page.items)
                position += len(page.items)
                _check_kind(place, lines, kind)
            elif writer.holds:
                writer.begin(position, started)
                return lines
            elif page is not None and is_written:
                await place.news(bell, page.record)
            else:
                if page is not None and followed:
                    _raise_end(place, page.record)
                await writer.take_over()


def _is_written(place: Place, record: Record) -> bool:
    """Whether somebody writes the journal, as far as its lease tells."""
    alive = record.lease_left > 0 or record.writer in place.own_writers
    return record.state is State.RUNNING and alive


def _check_may_wait(place: Place, record: Record, if_running: IfRunning) -> None:
    """Refuse to wait for the writer, where that is asked, or where the writer would wait for this task."""
    if if_running == "refuse":
        raise trio.BusyResourceError(
            f"another process, or another task, runs {place.id!r}: wait until it has ended, or stop it"
        )
    holder = _holders.get(record.writer)
    if holder is not None and holder in tasks_above(trio.lowlevel.current_task()):
        raise LocalProtocolError(
            f"the journal {place.id!r} belongs to the run that this one is a part of, and each would wait for the"
            " other: give this one a journal with an id of its own"
        )


def _check_kind(place: Place, lines: JournalLines, kind: Kind) -> None:
    if lines.kind not in {None, kind}:
        raise ConfigurationError(
            f"the journal {place.id!r} is that of a {lines.kind}, not of a {kind}: give this one an id of its own"
        )


def _raise_end(place: Place, record: Record) -> None:
    """Raise how a run has ended that was followed; a normal end, or a death, is for who goes on."""
    if record.state is State.STOPPED:
        raise RunStopped(f"the run {place.id!r} was stopped, in the process that had it")
    if record.error is not None:
        raise read_error(record.error)
