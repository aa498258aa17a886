"""Many streams into one: ``merge``, ``chain``, ``race`` and ``hedge``."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import trio

from ._channel import Channel
from ._mailbox import DEFAULT_SIZE, Mailbox, pump
from ._nursery import LateFailures, is_cancelled, open_pump_nursery
from ._source import Source

FAIR_SHARE: Final = 16
"""Items that one source of a merge may put before others get a turn."""


class _Merge:
    """A task for each source; the first failure ends them all."""

    def __init__(self, sources: Mapping[Any, Source[Any]], size: int, late: LateFailures) -> None:
        self._sources = sources
        self._late = late
        self._scope = trio.CancelScope()
        self.box = Mailbox(size)

    async def run(self) -> None:
        with self._scope:
            async with trio.open_nursery() as nursery:
                for label, source in self._sources.items():
                    nursery.start_soon(self._carry, label, source, name=f"merge {label}")
            self.box.finish()

    async def _carry(self, label: Any, source: Source[Any]) -> None:
        try:
            async with source as channel:
                async for batch in channel.batches(FAIR_SHARE):
                    await self.box.send([(label, item) for item in batch])
        except Exception as error:
            _tell(error, self.box, self._late)
            self._scope.cancel()


def _tell(error: Exception, box: Mailbox, late: LateFailures) -> None:
    """Give *error* to the reader of *box*, or where it has gone to the end of its block."""
    if box.gone or is_cancelled():
        late.add(error)
    else:
        box.finish(error)


@asynccontextmanager
async def merge(sources: Mapping[Any, Source[Any]], size: int) -> AsyncGenerator[Channel[Any]]:
    """All of *sources* at once, each item as ``(label, item)``."""
    with LateFailures() as late:
        merging = _Merge(sources, size, late)
        async with open_pump_nursery() as nursery:
            nursery.start_soon(merging.run, name="merge")
            yield merging.box


@asynccontextmanager
async def chain(sources: Sequence[Source[Any]]) -> AsyncGenerator[Channel[Any]]:
    """*sources* one after the other, each opened when the one before it has ended."""
    box = Mailbox(DEFAULT_SIZE)
    late = LateFailures()

    async def carry() -> None:
        try:
            for source in sources:
                async with source as channel:
                    async for batch in channel.batches(FAIR_SHARE):
                        await box.send(batch)
        except Exception as error:
            _tell(error, box, late)
        else:
            box.finish()

    with late:
        async with open_pump_nursery() as nursery:
            nursery.start_soon(carry, name="chain")
            yield box


class _Race:
    """Contenders start one after another; the first to speak has the mailbox to itself."""

    def __init__(self, sources: Sequence[Source[Any]], after: float, late: LateFailures) -> None:
        self._sources = sources
        self._late = late
        self._after = after
        self._scopes = [trio.CancelScope() for _ in sources]
        self._winner: int | None = None
        self._out: list[Exception | None] = []
        """How each contender ended that never spoke: a failure, or None for an end without an item."""
        self._ended = trio.Event()
        self.box = Mailbox(DEFAULT_SIZE)

    async def run(self, nursery: trio.Nursery) -> None:
        for number in range(len(self._sources)):
            if self._winner is not None:
                return
            nursery.start_soon(self._contend, number, name=f"race {number}")
            if self._after:
                # A contender that fails makes way for the next at once.
                with trio.move_on_after(self._after):
                    await self._ended.wait()
                self._ended = trio.Event()

    async def _contend(self, number: int) -> None:
        failure: Exception | None = None
        try:
            with self._scopes[number]:
                async with self._sources[number] as channel:
                    first = await channel.receive_batch()
                    if self._winner is not None:
                        return
                    self._win(number)
                    await self.box.send(first)
                    await pump(channel, self.box)
        except trio.EndOfChannel:
            pass
        except (
            Exception
        ) as error:  # outside the scope: one that was cancelled may fail in its clean-up
            failure = error
        # Whatever a loser does now touches neither the winner nor what it gave.
        if self._winner is None:
            self._drop_out(failure)
        elif self._winner == number and failure is not None:
            _tell(failure, self.box, self._late)
        self._ended.set()

    def _win(self, number: int) -> None:
        self._winner = number
        for other, scope in enumerate(self._scopes):
            if other != number:
                scope.cancel()

    def _drop_out(self, failure: Exception | None) -> None:
        """A contender is out before it spoke; when all are, an empty end counts more than a failure."""
        self._out.append(failure)
        if len(self._out) == len(self._sources):
            self.box.finish(None if None in self._out else self._out[0])


@asynccontextmanager
async def race(sources: Sequence[Source[Any]], after: float) -> AsyncGenerator[Channel[Any]]:
    """The one of *sources* that speaks first; the next is started every *after* seconds."""
    with LateFailures() as late:
        contest = _Race(sources, after, late)
        async with open_pump_nursery() as nursery:
            nursery.start_soon(contest.run, nursery, name="race")
            yield contest.box
