"""A mailbox: the channel between a task that fills it and a task that reads it.

All operators that have tasks stand on it.  It is bounded in items, and exactly so: what is ready
to be handed out counts.  A writer that waits for room is woken when half of it is free, so that
two tasks do not take turns for each item.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias, get_args

import trio

from .._errors import ConfigurationError, LimitExceeded
from ._channel import READY_ITEMS, Channel

WhenFull: TypeAlias = Literal["block", "drop_oldest", "drop_newest", "detach"]

DEFAULT_SIZE: Final = 64


class Mailbox(Channel[Any]):
    """At most *size* items wait in it; *when_full* says what a writer does then.

    ``block``: waits; nothing is lost.  ``drop_oldest`` and ``drop_newest``: loses items, counted in
    `dropped`.  ``detach``: the reader gets what is there, then `LimitExceeded`, and the writer goes
    on without it.
    """

    def __init__(self, size: int = DEFAULT_SIZE, when_full: WhenFull = "block") -> None:
        super().__init__()
        self._size = size
        self._portion = 1  # how much a writer puts at a time: what the last one put
        self._when_full: WhenFull = when_full
        self._blocking = when_full == "block"
        self._wake = trio.lowlevel.ParkingLot()
        self._writers = trio.lowlevel.ParkingLot()
        self._woken = 0  # writers that were woken and did not run yet
        self.dropped = 0
        self.reader: trio.lowlevel.Task | None = None

    @property
    def gone(self) -> bool:
        """Nobody will take what is put: the reader closed the channel, or was detached."""
        return self._closed or self._end is not None

    @property
    def end(self) -> Exception | None:
        """How it was finished: `trio.EndOfChannel`, a failure, or None for not yet."""
        return self._end

    @property
    def room(self) -> int:
        """How many items may be put now without waiting or losing any."""
        return self._size - self._buffered()

    @property
    def _queue(self) -> bool:
        """Whether writers wait, or are about to put."""
        return bool(self._writers) or self._woken > 0

    @property
    def takes(self) -> int:
        """How many items may be put now without waiting; some may be dropped where that is allowed."""
        return self._size - len(self._row) - len(self._ready) if self._blocking else self._size

    @property
    def blocks(self) -> bool:
        """A writer has to wait now."""
        return (
            self._blocking
            and len(self._row) + len(self._ready) >= self._size
            and not (self._closed or self._end is not None)
        )

    async def wait_room(self) -> int:
        """Wait until there is room, or nobody reads any more; how much there is.

        Writers are served in the order in which they came: one that comes while others wait, or
        are on their way to the room they were woken for, waits behind them.
        """
        while self.blocks or (self._queue and not self.gone):
            await self._writers.park()
            self._woken -= 1
            if not self.blocks:
                break
        return self.takes

    def put(self, items: Sequence[Any]) -> None:
        """Put *items*, which fit where the policy is ``block``."""
        if self._closed or self._end is not None:
            return
        if not self._blocking:
            lost = len(items) - self.room
            if lost > 0:
                items = self._make_room(items, lost)
        self._deliver(list(items))
        if self._wake:
            self._wake.unpark_all()

    async def send(self, items: Sequence[Any]) -> None:
        """Put *items* one portion after another, waiting for room."""
        self._portion = max(1, len(items))
        while items and not self.gone:
            room = await self.wait_room()
            self.put(items[:room])
            items = items[room:]

    def finish(self, error: Exception | None = None) -> None:
        """Nothing more will be put."""
        if self._end is None:
            self._finish(error)
        self._wake.unpark_all()

    def _make_room(self, items: Sequence[Any], lost: int) -> Sequence[Any]:
        if self._when_full == "detach":
            kept = items[: self.room]
            self._finish(
                LimitExceeded(
                    f"this branch fell behind by more than {self._size} items and was detached",
                    limit="buffer",
                    value=self._size,
                )
            )
            return kept
        self.dropped += lost
        if self._when_full == "drop_newest":
            return items[: self.room]
        items = items[-self._size :]
        oldest = len(items) - self.room
        if oldest > 0:
            self._ready = self._draw(None)[oldest:]
            self._items -= oldest
        return items

    async def _fetch(self) -> None:
        self.reader = trio.lowlevel.current_task()
        self._wake_writers(max(self._size, self._portion))
        await self._wake.park()

    async def receive(self) -> Any:
        item = await super().receive()
        self._taken()
        return item

    def _draw(self, limit: int | None) -> list[Any]:
        batch = super()._draw(limit)
        self._taken()
        return batch

    def _fill_row(self, most: int = READY_ITEMS) -> list[Any]:
        # A row that is handed out makes room, which is noticed when the next one is filled.
        row = super()._fill_row(min(most, max(1, self._size // 2)))
        self._taken()
        return row

    def _taken(self) -> None:
        self.reader = trio.lowlevel.current_task()
        if self._writers and self._buffered() * 2 <= self._size:
            self._wake_writers(self.room)

    def _wake_writers(self, room: int) -> None:
        """Wake the writers that *room* is enough for, in the order in which they began to wait.

        There may be many; waking no more is what makes them take turns, and at little cost.
        """
        fit = room // self._portion - self._woken
        if fit > 0 and self._writers:
            self._woken += len(self._writers.unpark(count=fit))

    def close_nowait(self) -> None:
        super().close_nowait()
        self._woken += len(self._writers.unpark_all())
        self._wake.unpark_all()


async def pump(upstream: Channel[Any], into: Mailbox) -> None:
    """Carry *upstream* over into a mailbox, its end or failure included.  Never raises those."""
    try:
        while True:
            if into.blocks:
                await into.wait_room()
            if into.gone:
                return
            await upstream._wait()
            into.put(upstream._draw(into.takes))
    except trio.EndOfChannel:
        into.finish()
    except Exception as error:
        into.finish(error)


def check_size(name: str, value: object, least: int = 1) -> int:
    """*value* as a whole number of at least *least*.

    :raises ConfigurationError: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ConfigurationError(
            f"{name} must be a whole number of at least {least}, not {value!r}"
        )
    return value


def check_seconds(name: str, value: object) -> float:
    """*value* as a positive number of seconds.

    :raises ConfigurationError: it is none.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
        raise ConfigurationError(f"{name} must be a positive number of seconds, not {value!r}")
    return value


def check_when_full(value: object) -> None:
    """Refuse a policy of no known name.

    :raises ConfigurationError: it has none.
    """
    if value not in get_args(WhenFull):
        raise ConfigurationError(
            f"when_full must be one of {', '.join(map(repr, get_args(WhenFull)))}, not {value!r}"
        )
