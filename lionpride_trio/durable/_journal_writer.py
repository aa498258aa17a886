"""Writing a journal: one process does, and knows when it is to stop, or when the journal is another's.

Strategy.  A journal is a stream of the store, and who writes it has its lease, as the writer of any
stream; but it may be taken over when nobody writes it, and then goes on behind its last line.  A guard beside the work
renews the lease; it cancels the work when the journal is asked to stop, or is another's.

What must hold: a line that `write` has returned from is there after a kill, and the lines before it.  So lines have
one order, that of the calls, and are written from the front.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Awaitable, Callable
from typing import Final

import attrs
import trio

from .._errors import LionprideError, RunStopped, SinkError, TransportError, WriterLost
from ._run import END_SECONDS, insist
from ._store import Bell, End, LeaseLost, Record, Store

FLUSH_SECONDS: Final = 0.05
"""Seconds that a line which nobody waits for may wait for others."""


class Holders:
    """The journals that are written through one block of streams, which ends them with it."""

    def __init__(self) -> None:
        self._writers: set[JournalWriter] = set()
        self._closed = False
        self._left = trio.lowlevel.ParkingLot()

    def add(self, writer: JournalWriter) -> None:
        """Note that *writer* begins.

        :raises trio.ClosedResourceError: the block was left.
        """
        if self._closed:
            raise _left_block()
        self._writers.add(writer)

    def remove(self, writer: JournalWriter) -> None:
        """Note that *writer* has written its end."""
        self._writers.discard(writer)
        self._left.unpark_all()

    def close_nowait(self) -> None:
        """Cancel the work of all, and let no other begin."""
        self._closed = True
        for writer in self._writers:
            writer.give_up(_left_block())

    async def wait_left(self) -> None:
        """Wait until all have written their ends, if they do in time."""
        with trio.CancelScope(shield=True, deadline=trio.current_time() + END_SECONDS):
            while self._writers:
                await self._left.park()


def _left_block() -> trio.ClosedResourceError:
    return trio.ClosedResourceError("the block of these streams was left")


@attrs.frozen
class Place:
    """A journal in a store."""

    store: Store
    name: str
    """Its name in the store."""
    id: str
    lease: float
    own_writers: set[str]
    holders: Holders
    news: Callable[[Bell, Record], Awaitable[None]]
    """Waits for news of a running stream; looks after a lease that runs out."""


class JournalWriter:
    """Writes the lines of a journal, once it has taken it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._writer = uuid.uuid4().hex
        self._written = 0
        self._started: float | None = None
        self._holds = False
        self._waiting: list[str] = []
        self._lock = trio.StrictFIFOLock()
        self._wanted = trio.Event()
        self.scope = trio.CancelScope()
        """The scope of the work, which ends when there is a `reason`."""
        self.reason: Exception | None = None
        """The reason for which the work cannot go on."""

    @property
    def id(self) -> str:
        """The word by which the store knows the writer."""
        return self._writer

    @property
    def holds(self) -> bool:
        """Whether the journal is this writer's, as far as it knows."""
        return self._holds

    async def take_over(self) -> None:
        """Take the journal, if nobody writes it."""
        place = self._place
        place.own_writers.add(self._writer)
        with trio.CancelScope(shield=True):  # a journal that is taken has to be given back
            self._holds = await place.store.take_over(place.name, self._writer, place.lease)
        if self._holds:
            place.holders.add(self)

    def begin(self, position: int, started: float | None) -> None:
        """Go on behind line *position* of the journal that was begun at *started*."""
        self._written, self._started = position, started

    def write_nowait(self, line: str) -> None:
        """Write *line* soon, with others, and before any line that comes later."""
        self._waiting.append(line)
        self._wanted.set()

    async def write(self, line: str) -> None:
        """Write *line*, and return when it is there.  A cancellation waits for that.

        :raises WriterLost: the journal is another's by now.
        :raises SinkError: the store has failed for as long as the lease may hold.
        :raises TransportError: the store's server could not be reached for so long.
        """
        self._waiting.append(line)
        mine = self._written + len(self._waiting)
        with trio.CancelScope(shield=True):  # `insist` gives up in time
            await self._flush()
            while self._written < mine:
                await self._flush()

    async def _flush(self, end: End | None = None) -> None:
        place = self._place
        async with self._lock:
            lines, first = list(self._waiting), self._written + 1
            if not lines and end is None:
                return
            was_lost = False
            try:
                await insist(
                    lambda: place.store.append(
                        place.name, self._writer, first, lines, place.lease, end
                    ),
                    place.lease,
                )
            except LeaseLost:
                was_lost = True
            if was_lost:
                lost = await self._lost()
                self.give_up(lost)
                raise lost
            self._written += len(lines)
            del self._waiting[: len(lines)]

    async def flush_regularly(self) -> None:
        """Write what nobody waits for."""
        while True:
            await self._wanted.wait()
            await trio.sleep(FLUSH_SECONDS)
            self._wanted = trio.Event()
            try:
                await self._flush()
            except (LionprideError, trio.ClosedResourceError) as error:
                self.give_up(error)

    async def guard(self) -> None:
        """Renew the lease; end the work when the journal is to stop, or is not its own any more."""
        place, was_lost = self._place, False
        try:
            async with place.store.listen(("stop", place.name)) as bell:
                while not await insist(
                    lambda: place.store.renew(place.name, self._writer, place.lease), place.lease
                ):
                    with trio.move_on_after(place.lease / 3):
                        await bell.wait()
        except LeaseLost:
            was_lost = True
        except (SinkError, TransportError, trio.ClosedResourceError) as error:
            self.give_up(error)
        else:
            self.give_up(RunStopped(f"the run {place.id!r} was stopped"))
        if was_lost:
            self.give_up(await self._lost())

    async def _lost(self) -> WriterLost:
        """The error that says why the journal is not this writer's any more."""
        place = self._place
        why = "the lease of the journal {!r} ran out, so that another process may go on with it"
        with contextlib.suppress(LionprideError, trio.ClosedResourceError):  # of the store
            page = await place.store.read(place.name, 0, 0)
            if page is None or page.record.started != self._started:
                why = "the journal {!r} was deleted while this run wrote it, so that the run cannot go on"
        return WriterLost(why.format(place.id))

    def give_up(self, reason: Exception) -> None:
        """Cancel the work, for *reason*."""
        if self.reason is None:
            self.reason = reason
        self.scope.cancel()

    async def finish(self, end: End) -> None:
        """Write what is left, and the *end*, if that is possible in time."""
        self._place.own_writers.discard(self._writer)
        if isinstance(self.reason, WriterLost) or not self._holds:
            return
        with trio.CancelScope(shield=True, deadline=trio.current_time() + END_SECONDS):
            try:
                await self._flush(end)
            except (LionprideError, trio.ClosedResourceError) as error:
                self.reason = self.reason or error
