"""One run: a source written down while it is read, by the process that started it.

Items are gathered for a moment and written together.  A write renews the lease; where nothing comes
to be written, a guard beside it does, and hears there that the run is to stop.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import attrs
import trio

from .._channels._nursery import failure_in, is_cancelled, open_pump_nursery
from .._channels._source import Source
from .._chunks import Chunk, FinishChunk, Verdict
from .._errors import SinkError, TransportError
from .._observer import Listeners, begin_story, outcome_of
from .._observer._events import StreamFinished, StreamStarted
from ._records import write_error, write_item
from ._store import End, LeaseLost, State, Store

T = TypeVar("T")

MAX_GATHERED: Final = 512
"""Items that are taken from a source at once."""
RETRY_SECONDS: Final = 0.2
"""Pause before a store that failed is asked again."""
END_SECONDS: Final = 5.0
"""Seconds that writing the end of a run may take when the run was cancelled."""

_logger: Final = logging.getLogger("lionpride_trio")


@attrs.frozen
class Writing:
    """The bounds by which items are gathered before they are written."""

    flush_every: int = 64
    """Items that are written at once when there are so many …"""
    flush_seconds: float = 0.05
    """… or when the first of them has waited so long."""
    lease: float = 10.0
    """Seconds without a word of the writer after which it counts as dead."""


async def insist(attempt: Callable[[], Awaitable[T]], lease: float) -> T:
    """Ask a store that fails again, as long as the lease may hold."""
    give_up = trio.current_time() + lease
    while True:
        try:
            return await attempt()
        except (SinkError, TransportError):
            if trio.current_time() + RETRY_SECONDS > give_up:
                raise
        await trio.sleep(RETRY_SECONDS)


class Run:
    """Writes *source* down as the stream *name*, which *writer* has claimed."""

    def __init__(
        self,
        store: Store,
        name: str,
        writer: str,
        source: Source[Any],
        writing: Writing,
        observers: Listeners = (),
    ) -> None:
        self._store = store
        self._name = name
        self._writer = writer
        self._source = source
        self._writing = writing
        self._observers = observers
        self._failure: Exception | None = None
        self._scope = trio.CancelScope()
        self._gathered: list[str] = []
        self._written = 0
        self._has_chunks = False
        self._verdict: Verdict | None = None
        self._refused = False  # the stream is not this run's own any more
        self._was_stopped = False
        self._finished = False  # nothing is left to be written, or it cannot be

    async def carry_out(self) -> None:
        """Run to the end, and write the end down.  Never raises an `Exception`.

        Cancelled, the run counts as stopped: its block was left.
        """
        story = begin_story(self._observers)
        if story is None:
            await self._carry_out()
            return
        story.tell(StreamStarted, stream=self._name)
        story.enter_task()
        try:
            await self._carry_out()
        finally:
            outcome, failure = outcome_of(self._failure)
            if self._failure is None and self._was_stopped:
                outcome = "cancelled"
            story.end(
                StreamFinished,
                stream=self._name,
                outcome=outcome,
                error=failure,
                items=self._written,
            )

    async def _carry_out(self) -> None:
        end: End | None = None
        try:
            async with open_pump_nursery() as nursery:
                nursery.start_soon(self._guard, name=f"guard {self._name}")
                with self._scope:
                    end = await self._copy()
            if end is not None:
                await self._finish(end)
        finally:
            if not self._finished:
                with trio.CancelScope(shield=True, deadline=trio.current_time() + END_SECONDS):
                    await self._finish(end or self._stopped())
                if not self._finished:
                    _logger.error(
                        "the end of durable stream %r was not written in time", self._name
                    )

    async def _copy(self) -> End | None:
        """Write all that comes of the source; how it ended, or None where it was stopped."""
        try:
            async with self._source as channel:
                await self._copy_channel(channel)
        except LeaseLost:
            self._refused = True
            return None
        except BaseException as error:
            failure = failure_in(error)
            if failure is None:
                raise
            if self._scope.cancel_called or is_cancelled():
                _logger.warning("durable stream %r failed as it stopped: %r", self._name, failure)
                return None
            self._failure = failure
            return End(State.FAILED, self._verdict_word(), write_error(failure))
        return End(State.ENDED, self._verdict_word())

    async def _copy_channel(self, channel: Any) -> None:
        enough = self._writing.flush_every
        while True:
            try:
                if not self._gathered:
                    self._gather(await channel.receive_batch(MAX_GATHERED))
                due = trio.current_time() + self._writing.flush_seconds
                with trio.move_on_at(due):
                    # A receive that is cancelled loses nothing: what it waits for comes next time.
                    while len(self._gathered) < enough:
                        self._gather(await channel.receive_batch(MAX_GATHERED))
            except trio.EndOfChannel:
                return  # what is gathered is written with the end
            await self._write()

    def _gather(self, items: list[Any]) -> None:
        for item in items:
            self._gathered.append(write_item(item))
            if isinstance(item, Chunk):
                self._has_chunks = True
                if isinstance(item, FinishChunk) and not item.index:
                    self._verdict = item.verdict

    async def _write(self, end: End | None = None) -> None:
        """Write what is gathered.  Repeated, it is written once: items have numbers."""
        items = self._gathered
        first = self._written + 1
        lease = self._writing.lease
        await insist(
            lambda: self._store.append(self._name, self._writer, first, items, lease, end), lease
        )
        self._written += len(items)
        self._gathered = []

    async def _guard(self) -> None:
        """Renew the lease, and stop the run when it is asked to stop, or is not its own any more."""
        lease = self._writing.lease
        try:
            async with self._store.listen(("stop", self._name)) as bell:
                while not await insist(
                    lambda: self._store.renew(self._name, self._writer, lease), lease
                ):
                    with trio.move_on_after(lease / 3):
                        await bell.wait()
        except LeaseLost:
            self._refused = True
        except (SinkError, TransportError) as error:
            _logger.warning(
                "durable stream %r cannot be written any further: %s", self._name, error
            )
        self._scope.cancel()

    async def _finish(self, end: End) -> None:
        """Write the end, unless the stream is somebody else's by now."""
        self._was_stopped = end.state is State.STOPPED
        try:
            if not self._refused:
                await self._write(end)
        except LeaseLost:
            self._refused = True
        except (SinkError, TransportError) as error:
            _logger.warning("the end of durable stream %r cannot be written: %s", self._name, error)
        self._finished = True
        if self._refused:
            _logger.warning("durable stream %r was lost or deleted as it ran", self._name)

    def _stopped(self) -> End:
        """The end of a run that was stopped.  A reply without a finish is told that it has one."""
        if self._has_chunks and self._verdict is None:
            self._gather([FinishChunk(verdict=Verdict.STOPPED)])
        return End(State.STOPPED, self._verdict_word() or Verdict.STOPPED.value)

    def _verdict_word(self) -> str | None:
        return None if self._verdict is None else self._verdict.value
