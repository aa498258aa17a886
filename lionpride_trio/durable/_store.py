"""The protocol of a store of durable streams, which memory, SQLite and Redis follow.

A store knows names, numbered lines of text, and leases; what the lines mean is not its business.
Two rules make a stream safe, and each store keeps them by doing each step as a whole or not at all:

**One writer.**  Who claims a name first is its writer, known by a word that it made up.  It says that
it lives by renewing a lease.  Once the lease has run out, anybody may `expire` the stream; from then
on, whatever the writer wants to write is refused with `LeaseLost`.  So a process that was paused for
a minute cannot add to a stream that others have seen lost, or have taken over.

**One place for each item.**  A writer says which number its first item has.  What is there already is
not written again, so a write whose answer was lost can be repeated.

A store wakes who listens for news of a name: it rings a `Bell`.  A bell says to look again and
nothing more; one that rings for nothing costs a read.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Generator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Literal, Protocol, TypeAlias

import attrs
import trio


class State(enum.StrEnum):
    """The state of a durable stream."""

    RUNNING = "running"
    ENDED = "ended"
    """Its source came to its end."""
    STOPPED = "stopped"
    """It was stopped, or the block that ran it was left."""
    FAILED = "failed"
    """Its source raised an error, which its readers get."""
    LOST = "lost"
    """Its writer's lease ran out."""


@attrs.frozen
class End:
    """The end of a stream, as its writer says."""

    state: State
    verdict: str | None = None
    error: str | None = None
    """The error as `write_error` writes it."""


@attrs.frozen(kw_only=True)
class Record:
    """The facts that a store has of a stream, at one moment.  Times are seconds since 1970."""

    name: str
    writer: str
    state: State
    items: int
    started: float
    changed: float
    ended: float | None
    lease_left: float
    """Seconds until the lease of a running stream runs out; below 0 if it has."""
    verdict: str | None
    error: str | None


@attrs.frozen
class Page:
    """A stream's record, and the next of its items, read at one moment."""

    record: Record
    items: Sequence[str]


Topic: TypeAlias = tuple[Literal["news", "stop"], str]
"""The reason that a bell rings, and the stream: there is news of it, or its writer is to stop."""


class LeaseLost(Exception):
    """The stream is not, or not any more, the writer's own: what it wanted to write is refused."""


class Bell:
    """Rings for one listener.  A ring before the wait is not lost."""

    def __init__(self) -> None:
        self._event = trio.Event()

    def ring(self) -> None:
        """Wake the listener, now or when it waits next."""
        self._event.set()

    async def wait(self) -> None:
        """Wait until the bell has rung since the last wait.  Always a checkpoint."""
        await self._event.wait()
        self._event = trio.Event()


class Bells:
    """The bells of all listeners in this process, by topic."""

    def __init__(self) -> None:
        self._bells: dict[Topic, set[Bell]] = {}

    @property
    def topics(self) -> Collection[Topic]:
        """The topics that somebody listens for."""
        return self._bells.keys()

    def count(self, topic: Topic) -> int:
        """The number of listeners for *topic*."""
        return len(self._bells.get(topic, ()))

    def ring(self, *topics: Topic) -> None:
        """Wake who listens for one of *topics*."""
        for topic in topics:
            for bell in self._bells.get(topic, ()):
                bell.ring()

    @contextmanager
    def listening(self, topic: Topic) -> Generator[Bell]:
        """A bell that rings for *topic* as long as the block is open."""
        bell = Bell()
        self._bells.setdefault(topic, set()).add(bell)
        try:
            yield bell
        finally:
            self._bells[topic].discard(bell)
            if not self._bells[topic]:
                del self._bells[topic]


class Store(Protocol):
    """A place where streams are written down.  Every method is a checkpoint.

    :raises SinkError: from each method: the database cannot be written or read.
    :raises TransportError: from each method: the store's server cannot be reached.
    """

    async def claim(self, name: str, writer: str, lease: float, keep_for: float | None) -> bool:
        """Begin the stream *name* and give its writer a lease of so many seconds.

        False where another writer's stream has the name, running or ended.  The same writer may
        ask again.  *keep_for* is how many seconds the stream is kept after its end.
        """
        ...

    async def take_over(self, name: str, writer: str, lease: float) -> bool:
        """Begin the stream *name*, or go on behind the last item of one that nobody writes.

        False where another writer's lease holds.  A stream that has ended, in whatever way, runs again
        then, and its end is forgotten.  It is kept until it is deleted.
        """
        ...

    async def append(
        self,
        name: str,
        writer: str,
        first: int,
        items: Sequence[str],
        lease: float,
        end: End | None = None,
    ) -> None:
        """Write *items*, the first with the number *first*, and the *end* if it is known.

        All of it is written or nothing, and it renews the lease.  What is there already is left out.

        :raises LeaseLost: the stream is lost, was deleted, or ended otherwise; or an item before the *first* is not
            there, so that it is another stream than the one that the writer has written.
        """
        ...

    async def renew(self, name: str, writer: str, lease: float) -> bool:
        """Renew the lease.  Whether the writer is to stop.

        :raises LeaseLost: the stream is lost, was deleted, or has ended.
        """
        ...

    async def read(self, name: str, after: int, limit: int) -> Page | None:
        """The items behind number *after*, at most *limit*.  None where no stream has the name."""
        ...

    async def records(self) -> list[Record]:
        """All streams, the oldest first."""
        ...

    async def ask_to_stop(self, name: str) -> None:
        """Ask the writer of a running stream to stop."""
        ...

    async def expire(self, name: str) -> None:
        """Mark a running stream as lost if its lease has run out."""
        ...

    async def delete(self, name: str) -> bool:
        """Forget the stream, whatever its state.  Whether there was one."""
        ...

    async def sweep(self) -> None:
        """Mark what is lost, and forget what was kept long enough."""
        ...

    def listen(self, topic: Topic) -> AbstractAsyncContextManager[Bell]:
        """A bell that rings for *topic* in this and in any other process, while the block is open."""
        ...
