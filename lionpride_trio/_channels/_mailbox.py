"""A mailbox: the channel between a task that fills it and a task that reads it.

All operators that have tasks stand on it.

Goals.  It is bounded in items, and exactly so: what is ready to be handed out counts.  Nothing is lost
when a reader or a writer is cancelled.  Writers are served in the order in which they came.  Two tasks do
not take turns for each item: a switch of tasks costs many times what handing over an item does.

Strategy.  There is no lock and no event: trio runs one task at a time, so whoever changes the mailbox
wakes exactly the task that can now go on.

- A writer puts what there is room for, and wakes the reader that waits.
- A writer without room leaves its items in ``_writers`` and sleeps.  The *reader* takes them from there, as
  it makes room, and wakes the writer when all of them are taken.  So a writer's items never overtake
  those of a writer that came before, and a writer that is cancelled leaves nothing behind that is half put.
- The reader serves writers when half of the room is free (`_after_pop`), not at each item.

What must hold:

1. A reader that sleeps finds nothing ready, and no writer has items.  Otherwise both would sleep for ever:
   so `_fetch` serves the writers before it sleeps, and every put wakes the reader.
2. A writer that was woken for room puts at least one item before it waits for anything else.  Room is
   given to one writer at a time (`_admit_writers` counts it as used), so room that is not used wakes nobody.
3. After `_finish` nothing is put, and nobody sleeps: a reader, a writer, each is woken and sees the end.
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
FAIR_SHARE: Final = 16
"""Items that one of many writers may put before the others get a turn."""


@attrs.define(eq=False)
class _Writer:
    """A task that waits for room, and what it has to put, if anything."""

    task: trio.lowlevel.Task
    items: Sequence[Any]
    put: int = 0
    """How many of them were put already."""


class Mailbox(Channel[Any]):
    """At most *size* items wait in it; *when_full* says what a writer does then.

    ``block``: waits; nothing is lost.  ``drop_oldest`` and ``drop_newest``: loses items, counted in
    `dropped`.  ``detach``: the reader gets what is there, then `LimitExceeded`, and the writer goes
    on without it.
    """

    _is_pushed = True

    def __init__(self, size: int = DEFAULT_SIZE, when_full: WhenFull = "block") -> None:
        super().__init__()
        self._size = size
        self._when_full: WhenFull = when_full
        self._blocking = when_full == "block"
        self._reader: trio.lowlevel.Task | None = None  # while it waits
        self._writers: dict[_Writer, None] = {}  # that wait, the first first
        self.dropped = 0

    @property
    def reader_gone(self) -> bool:
        """Nobody will take what is put: the reader closed the channel, or was detached."""
        return self._end is not None

    @property
    def end(self) -> Exception | None:
        """How it was finished: `trio.EndOfChannel`, a failure, or None for not yet."""
        return self._end

    @property
    def room(self) -> int:
        """How many items may be put now without waiting; none where a writer has to wait.

        Some may be dropped where that is allowed, and all are where nobody reads any more.
        """
        if self._blocking and self._end is None:
            return self._size - len(self._next_reversed) - self._backlog_size
        return self._size

    async def wait_room(self) -> int:
        """Wait until there is room; how much there is.

        After this returns the caller must put at least one item, or the next waiting writer is never
        woken: the room was counted as the caller's.
        """
        while (room := self.room) <= 0:
            await self._wait_turn(())
        return room

    def put_nowait(self, items: list[Any]) -> None:
        """Put *items*, for which there is `room`.  The list is the mailbox's from now on."""
        if self._end is not None:
            return
        if not self._blocking:
            items = self._apply_policy(items)
        if items:
            self._deliver(items)
            self._wake_reader()

    async def send(self, items: Sequence[Any]) -> None:
        """Put *items*, waiting for room.  Cancelled, some of them may have been put.

        Of many senders, each is served in the order in which they came: what does not fit is
        taken from them as room is made, and a sender is woken when all of its items are.
        """
        while items and not self._writers and not self.reader_gone and (room := self.room) > 0:
            self.put_nowait(list(items[:room]))
            items = items[room:]
        if items and not self.reader_gone:
            await self._wait_turn(items)

    async def _wait_turn(self, items: Sequence[Any]) -> None:
        """Wait until *items* were taken, or there is room where there are none."""
        writer = _Writer(trio.lowlevel.current_task(), items)
        self._writers[writer] = None

        def withdraw(_: object) -> trio.lowlevel.Abort:
            # Cancelled: what was taken of its items is put, the rest never will be.
            del self._writers[writer]
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(withdraw)

    def finish(self, error: Exception | None = None) -> None:
        """Nothing more will be put."""
        if self._end is None:
            self._finish(error)

    def _finish(self, error: Exception | None = None) -> None:
        super()._finish(error)
        self._wake_all()

    def _apply_policy(self, items: list[Any]) -> list[Any]:
        """Apply the overflow policy; return the items to enqueue.  `drop_oldest` first removes queued items."""
        room = self._size - self._buffered()
        lost = len(items) - room
        if lost <= 0:
            return items
        if self._when_full == "detach":
            self._finish(
                LimitExceeded(
                    f"this branch fell behind by more than {self._size} items and was detached",
                    limit="buffer",
                    value=self._size,
                )
            )
            return items[:room]
        self.dropped += lost
        if self._when_full == "drop_newest":
            return items[:room]
        items = items[-self._size :]
        oldest = len(items) - room
        if oldest > 0:
            super()._pop_batch(oldest)
            self._items -= oldest
        return items

    async def _fetch(self) -> list[Any]:
        # Before sleeping: a writer that waits for half of the room would wait for a reader that waits.
        self._admit_writers()
        if self._next_reversed or self._backlog_size:
            await trio.lowlevel.checkpoint()
        else:
            self._reader = trio.lowlevel.current_task()
            await trio.lowlevel.wait_task_rescheduled(self._leave)
        return []

    def _leave(self, _: object) -> trio.lowlevel.Abort:
        self._reader = None
        return trio.lowlevel.Abort.SUCCEEDED

    async def receive(self) -> Any:
        item = await super().receive()
        self._after_pop()
        return item

    def _pop_batch(self, limit: int | None) -> list[Any]:
        batch = super()._pop_batch(limit)
        self._after_pop()
        return batch

    async def __anext__(self) -> Any:
        row = self._next_reversed
        item = row.pop() if row else await super().__anext__()
        if self._writers:
            self._after_pop()
        return item

    def _after_pop(self) -> None:
        if self._writers and self._buffered() * 2 <= self._size:
            self._admit_writers()

    def _admit_writers(self) -> None:
        """Give waiting writers what room there is, in the order in which they came."""
        room = self.room
        while self._writers and room > 0:
            writer = next(iter(self._writers))
            taken = writer.items[writer.put : writer.put + room]
            if taken:
                # Behind: this may run in the reader's own task, whose loop must still come to a checkpoint
                # at the end of its row.
                self._deliver(list(taken), behind=True)
                writer.put += len(taken)
            # One that waits for room alone will put at least one item: without counting it, the room
            # would be promised to the writer behind it too, and the bound would be exceeded.
            room -= len(taken) or 1
            if writer.put == len(writer.items):
                del self._writers[writer]
                trio.lowlevel.reschedule(writer.task)

    def _wake_reader(self) -> None:
        if self._reader is not None:
            trio.lowlevel.reschedule(self._reader)
            self._reader = None

    def _wake_all(self) -> None:
        """Nothing more will be put, or taken."""
        self._wake_reader()
        for writer in self._writers:
            trio.lowlevel.reschedule(writer.task)
        self._writers.clear()

    def close_nowait(self) -> None:
        super().close_nowait()
        self._wake_all()

    def __repr__(self) -> str:
        parts = [self._state(), f"{self._buffered()} of {self._size} items"]
        if self._reader is not None:
            parts.append("its reader waits")
        if self._writers:
            parts.append(f"{len(self._writers)} writers wait")
        if self.dropped:
            parts.append(f"{self.dropped} dropped")
        return f"<{type(self).__name__} {', '.join(parts)}>"


async def pump(upstream: Channel[Any], into: Mailbox) -> None:
    """Carry *upstream* over into a mailbox, its end or failure included.  Never raises those."""
    try:
        while True:
            room = into.room or await into.wait_room()
            if into.reader_gone:
                return
            items = await into._pull(upstream, room)
            if len(items) > room:
                # A read is given whole and may be more than the room.  The rest goes back to where it
                # came from: put here it would exceed the bound, and kept here a cancellation would lose it.
                upstream._deliver(items[room:])
                del items[room:]
            into.put_nowait(items)
    except Exception as error:
        into.finish(error)


def check_when_full(value: object) -> None:
    """Refuse a policy of no known name.

    :raises ConfigurationError: it has none.
    """
    if value not in get_args(WhenFull):
        raise ConfigurationError(
            f"when_full must be one of {', '.join(map(repr, get_args(WhenFull)))}, not {value!r}"
        )
