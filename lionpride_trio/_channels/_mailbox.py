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
2. A writer that was woken for room puts at least one item before it waits for anything else, or gives
   the room back.  Room is given to one writer at a time (`_admit_writers` counts it as used), so room that
   is neither used nor given back wakes nobody: the reader sleeps, and so do the writers behind.
3. After `_finish` nothing is put, and nobody sleeps: a reader, a writer, each is woken and sees the end.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias, get_args

import attrs
import trio

from .._checks import check_word
from .._errors import LimitExceeded
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
    """The number of items that were put already."""


class Mailbox(Channel[Any]):
    """A channel in which at most *size* items wait; *when_full* says what a writer does then.

    ``block``: it waits, and nothing is lost.  ``drop_oldest`` and ``drop_newest``: items are lost, and counted
    in ``dropped``.  ``detach``: the reader gets the items that are there, then `LimitExceeded`, and the
    writer goes on without it.
    """

    _is_pushed = True

    def __init__(self, size: int = DEFAULT_SIZE, when_full: WhenFull = "block") -> None:
        super().__init__()
        self._size = size
        self._when_full: WhenFull = when_full
        self._reader: trio.lowlevel.Task | None = None  # set while the reader waits
        # Those that wait, in the order in which they came.  A dict whose first is taken again and again walks
        # over the gaps that they left: with 40,000 writers that was three times the whole flow.
        self._writers: OrderedDict[_Writer, None] = OrderedDict()
        self.dropped = 0

    @property
    def reader_gone(self) -> bool:
        """True when nobody will take an item any more: the mailbox is finished or closed."""
        return self._end is not None

    @property
    def end(self) -> Exception | None:
        """The end: `trio.EndOfChannel`, a failure, or None before it."""
        return self._end

    @property
    def room(self) -> int:
        """The number of items that may be put without waiting.

        With another policy than ``block``, some of them may be dropped; all are dropped when nobody reads.
        """
        if self._when_full == "block" and self._end is None:
            return self._size - len(self._next_reversed) - self._backlog_size
        return self._size

    async def wait_room(self) -> int:
        """Wait until there is room; return how much.

        After this returns the caller must put at least one item, or call `give_back_room`: the room was
        counted as the caller's, and otherwise the next waiting writer is never woken.  The only writer of
        a mailbox is free of that, since nobody waits behind it.
        """
        while (room := self.room) <= 0:
            await self._wait_turn(())
        return room

    def give_back_room(self) -> None:
        """Give the room that `wait_room` promised to the next waiting writer: the caller puts nothing."""
        self._admit_writers()

    def put_nowait(self, items: list[Any]) -> None:
        """Put *items*, for which there is `room`.  The list is the mailbox's from now on."""
        if self._end is not None:
            return
        if self._when_full != "block":
            items = self._apply_policy(items)
        if items:
            self._deliver(items)
            self._wake_reader()

    async def send(self, items: Sequence[Any]) -> None:
        """Put *items*, waiting for room.  Cancelled, some of them may have been put.

        Senders are served in the order in which they came.  The reader takes the items of a waiting sender
        as it makes room, and wakes the sender when all of them are taken.
        """
        while items and not self._writers and not self.reader_gone and (room := self.room) > 0:
            self.put_nowait(list(items[:room]))
            items = items[room:]
        if items and not self.reader_gone:
            await self._wait_turn(items)

    async def _wait_turn(self, items: Sequence[Any]) -> None:
        """Wait until all of *items* were taken; without items, until there is room."""
        writer = _Writer(trio.lowlevel.current_task(), items)
        self._writers[writer] = None

        def withdraw(_: object) -> trio.lowlevel.Abort:
            # Cancelled: some of the items may have been taken; the others never will be.
            del self._writers[writer]
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(withdraw)

    def finish(self, error: Exception | None = None) -> None:
        """End the channel after the items that were put, with *error* if there is one."""
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
        """Fill the room with the items of waiting writers, in the order in which the writers came."""
        room = self.room
        while self._writers and room > 0:
            writer = next(iter(self._writers))
            taken = writer.items[writer.put : writer.put + room]
            if taken:
                # Behind: this may run in the reader's own task, whose loop must still come to a checkpoint
                # at the end of its row.
                self._deliver(list(taken), behind=True)
                writer.put += len(taken)
            # A writer that waits for room alone will put at least one item.  Not counted here, the room
            # would be promised to the next writer too, and the bound would be exceeded.
            room -= len(taken) or 1
            if writer.put == len(writer.items):
                del self._writers[writer]
                trio.lowlevel.reschedule(writer.task)

    def _wake_reader(self) -> None:
        if self._reader is not None:
            trio.lowlevel.reschedule(self._reader)
            self._reader = None

    def _wake_all(self) -> None:
        """Wake the reader and all writers: nothing more will be put or taken."""
        self._wake_reader()
        for writer in self._writers:
            trio.lowlevel.reschedule(writer.task)
        self._writers.clear()

    def close_nowait(self) -> None:
        super().close_nowait()
        self._wake_all()

    def __repr__(self) -> str:
        parts = [f"{self._buffered()} of {self._size} items ready"]
        if self._reader is not None:
            parts.append("its reader waits")
        if self._writers:
            parts.append(f"{len(self._writers)} writers wait")
        if self.dropped:
            parts.append(f"{self.dropped} dropped")
        return f"<{self._name()} {self._state()}, {', '.join(parts)}>"

    def _name(self) -> str:
        return type(self).__name__


async def pump(upstream: Channel[Any], into: Mailbox) -> None:
    """Put all items of *upstream* into a mailbox, then its end or its failure, which is not raised.

    The mailbox has no other writer: room is held here while *upstream* is waited for.
    """
    try:
        while True:
            room = into.room or await into.wait_room()
            if into.reader_gone:
                return
            items = await into._pull(upstream, room)
            if len(items) > room:
                # A read is returned whole and may be more than the room.  The rest goes back to *upstream*:
                # put here, it would exceed the bound; kept here, a cancellation would lose it.
                upstream._deliver(items[room:])
                del items[room:]
            into.put_nowait(items)
    except Exception as error:
        into.finish(error)


def check_when_full(value: object) -> None:
    """Refuse a policy of no known name.

    :raises ConfigurationError: it has none.
    """
    check_word("when_full", value, get_args(WhenFull))
