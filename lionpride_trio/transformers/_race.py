"""``race`` and ``hedge``: of several streams, the one that speaks first."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import trio

from .._channels._channel import Channel
from .._channels._mailbox import DEFAULT_SIZE, Mailbox, pump
from .._channels._nursery import LateFailures, open_pump_nursery
from .._channels._source import Source
from .._checks import check_seconds
from .._errors import ConfigurationError
from ._sources import made_of, source_of, tell_failure

T = TypeVar("T")


def race(*sources: Source[T] | Channel[T]) -> Source[T]:
    """The source that speaks first; the others are closed at once.

    Opens a nursery.  To speak is to give an item: a source that fails or ends before its first item is out of
    the race.  When all are out, the race ends without an item, or raises the first failure if all
    failed.  Leaving early closes all.
    """
    return _contest("race", sources, after=0.0)


def hedge(*sources: Source[T], after: float) -> Source[T]:
    """Race, but start each next source only when *after* seconds passed in silence.

    One source alone is opened twice; a call with ``background=True``, which would be two jobs, is
    refused.  When a source fails, or ends without an item, the next starts at once.
    """
    if len(sources) == 1 and isinstance(sources[0], Source) and sources[0].opens_once:
        raise ConfigurationError(
            "hedge() would open this source twice, and each opening starts a job of its own"
            " (background=True): give it two sources, or use the source by itself"
        )
    contenders = sources * 2 if len(sources) == 1 else sources
    return _contest("hedge", contenders, after=check_seconds("after", after))


def _contest(name: str, sources: Sequence[Source[T] | Channel[T]], after: float) -> Source[T]:
    if not sources:
        raise ConfigurationError(f"{name}() needs at least one source")
    opened = [source_of(one) for one in sources]
    return made_of(opened, lambda: _open_race(opened, after), name)


class _Race:
    """Contenders start one after another; the first to speak has the mailbox to itself."""

    def __init__(self, sources: Sequence[Source[Any]], after: float, late: LateFailures) -> None:
        self._sources = sources
        self._late = late
        self._after = after
        self._scopes = [trio.CancelScope() for _ in sources]
        self._winner: int | None = None
        self._out: list[Exception | None] = []
        """The ends of the contenders that never spoke: a failure, or None for an end without an item."""
        self._ended = trio.Event()
        self.box = Mailbox(DEFAULT_SIZE)

    async def run(self, nursery: trio.Nursery) -> None:
        for number in range(len(self._sources)):
            if self._winner is not None:
                return
            nursery.start_soon(self._contend, number, name=f"race {number}")
            if self._after:
                # When a contender fails, the next starts at once.
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
        # A loser that fails now touches neither the winner nor its items.
        if self._winner is None:
            self._drop_out(failure)
        elif self._winner == number and failure is not None:
            tell_failure(failure, self.box, self._late)
        self._ended.set()

    def _win(self, number: int) -> None:
        self._winner = number
        for other, scope in enumerate(self._scopes):
            if other != number:
                scope.cancel()

    def _drop_out(self, failure: Exception | None) -> None:
        """Note the end of a contender that never spoke; when all are out, an empty end counts more than a failure."""
        self._out.append(failure)
        if len(self._out) == len(self._sources):
            self.box.finish(None if None in self._out else self._out[0])


@asynccontextmanager
async def _open_race(sources: Sequence[Source[Any]], after: float) -> AsyncGenerator[Channel[Any]]:
    """The first of *sources* to speak; the next is started every *after* seconds."""
    with LateFailures() as late:
        contest = _Race(sources, after, late)
        async with open_pump_nursery() as nursery:
            nursery.start_soon(contest.run, nursery, name="race")
            yield contest.box
