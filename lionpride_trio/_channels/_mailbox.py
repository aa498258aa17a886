"""A mailbox: the channel between a task that fills it and a task that reads it.

All operators that have tasks stand on it.  It is bounded in items, and exactly so: what is ready
to be handed out counts.  A writer that waits for room is woken when half of it is free, so that
two tasks do not take turns for each item.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias, get_args

import attrs
import trio

from .._errors import ConfigurationError, LimitExceeded
from ._channel import Channel

WhenFull: TypeAlias = Literal["block", "drop_oldest", "drop_newest", "detach"]

DEFAULT_SIZE: Final = 64


@attrs.define(eq=False)
class _Offer:
    """What a sender that waits has to put."""

    items: Sequence[Any]
    sender: trio.lowlevel.Task


class Mailbox(Channel[Any]):
    """At most *size* items wait in it; *when_full* says what a writer does then.

    ``block``: waits; nothing is lost.  ``drop_oldest`` and ``drop_newest``: loses items, counted in
    `dropped`.  ``detach``: the reader gets what is there, then `LimitExceeded`, and the writer goes
    on without it.
    """

    def __init__(self, size: int = DEFAULT_SIZE, when_full: WhenFull = "block") -> None:
        super().__init__()
        self._size = size
        self._when_full: WhenFull = when_full
        self._blocking = when_full == "block"
        self._wake = trio.lowlevel.ParkingLot()
        self._writers = trio.lowlevel.ParkingLot()
        self._offers: dict[_Offer, None] = {}  # of senders that wait, the first first
        self._awaited = False  # someone may wait for room
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
    def takes(self) -> int:
        """How many items may be put now without waiting; some may be dropped where that is allowed."""
        return self.room if self._blocking else self._size

    @property
    def blocks(self) -> bool:
        """A writer has to wait now."""
        return self._blocking and self._buffered() >= self._size and not self.gone

    async def wait_room(self) -> int:
        """Wait until there is room, or nobody reads any more; how much there is."""
        while self.blocks:
            self._awaited = True
            await self._writers.park()
        return self.takes

    def put(self, items: Sequence[Any]) -> None:
        """Put *items*, which fit where the policy is ``block``."""
        if self.gone:
            return
        if not self._blocking:
            lost = len(items) - self.room
            if lost > 0:
                items = self._make_room(items, lost)
        self._deliver(list(items))
        if self._wake:
            self._wake.unpark_all()

    async def send(self, items: Sequence[Any]) -> None:
        """Put *items*, waiting for room.  Cancelled, some of them may have been put.

        Of many senders, each is served in the order in which they came: what does not fit is
        taken from them as room is made, and a sender is woken when all of its items are.
        """
        while items and not self._offers and not self.blocks and not self.gone:
            room = self.takes
            self.put(items[:room])
            items = items[room:]
        if not items or self.gone:
            return
        offer = _Offer(items, trio.lowlevel.current_task())
        self._offers[offer] = None
        self._awaited = True

        def withdraw(_: object) -> trio.lowlevel.Abort:
            del self._offers[offer]
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(withdraw)

    def finish(self, error: Exception | None = None) -> None:
        """Nothing more will be put."""
        if self._end is None:
            self._finish(error)
        self._refuse_offers()
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
            super()._draw(oldest)
            self._items -= oldest
        return items

    async def _fetch(self) -> None:
        self._writers.unpark(count=self._size)
        if self._offers:
            self._take_offers()
            await trio.lowlevel.checkpoint()
        else:
            await self._wake.park()

    async def receive(self) -> Any:
        item = await super().receive()
        self._taken()
        return item

    def _draw(self, limit: int | None) -> list[Any]:
        batch = super()._draw(limit)
        self._taken()
        return batch

    async def __anext__(self) -> Any:
        row = self._row
        item = row.pop() if row else await super().__anext__()
        if self._awaited:
            self._taken()
        return item

    async def _wait(self) -> None:
        self.reader = trio.lowlevel.current_task()
        await super()._wait()

    def _taken(self) -> None:
        # Woken are no more writers than there is room for, in the order in which they came.
        if self._awaited and self._buffered() * 2 <= self._size:
            self._writers.unpark(count=self.room)
            self._take_offers()
            self._awaited = bool(self._writers or self._offers)

    def _take_offers(self) -> None:
        """Take what fits of what waiting senders have to put."""
        while self._offers and (room := self.room) > 0:
            offer = next(iter(self._offers))
            self._deliver(list(offer.items[:room]))
            offer.items = offer.items[room:]
            if not offer.items:
                del self._offers[offer]
                trio.lowlevel.reschedule(offer.sender)

    def _refuse_offers(self) -> None:
        """Nobody will take anything any more."""
        for offer in self._offers:
            trio.lowlevel.reschedule(offer.sender)
        self._offers.clear()

    def close_nowait(self) -> None:
        super().close_nowait()
        self._refuse_offers()
        self._writers.unpark_all()
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
