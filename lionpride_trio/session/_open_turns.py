"""Open turns: whether an ask would wait for a turn that itself waits for that ask.

A turn holds its branch until its block is left, and a second ask on the branch waits for that.  An ask from
*inside* the block (in its task, in a task of a nursery that was opened in it, in a tool of the turn) would
wait for ever, and is refused.  An ask from a task beside the block only waits its turn.

Goal: tell the two apart, whatever is between the ask and the block.  Strategy: go up from the asking task
through the tasks that wait for it, and look whether that leads into the block.

- A task waits for the tasks of its nurseries.  A nursery that was open before the turn is around its block,
  so its tasks are beside the block, though their parent is the turn's own task.
- A loop over a bare source waits for the session's task that holds the source open.  So from that task the
  way goes on to the loop, and a turn of such a source is held open by its loop too.
- A loop that was left waits no more, though the session closes its source a little later.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from itertools import count
from typing import Self, TypeAlias

import attrs
import trio

_Task: TypeAlias = trio.lowlevel.Task

_numbers = count()


@attrs.frozen(eq=False)
class Place:
    """A place in the course of a task: what the task began later is inside of what it begins here."""

    task: _Task
    nurseries: tuple[trio.Nursery, ...]
    """Those that the task had open already."""
    number: int

    @classmethod
    def here(cls) -> Self:
        """The place where the calling task is."""
        task = trio.lowlevel.current_task()
        return cls(task, tuple(task.child_nurseries), next(_numbers))

    def is_around(self, began: trio.Nursery | Self | None) -> bool:
        """Whether something that the task *began* is inside; None is the task itself, as it is now."""
        if isinstance(began, Place):
            return began.number > self.number
        return began not in self.nurseries


@attrs.frozen(eq=False)
class BareLoop:
    """A loop over a source without a block, which a task of the session holds open for it."""

    place: Place
    """Where the loop stands."""
    goes_on: Callable[[], bool]
    """False once the loop was left or has ended."""
    holder: _Task


_bare_loop: ContextVar[BareLoop | None] = ContextVar("bare_loop", default=None)


def hold_for(place: Place, goes_on: Callable[[], bool]) -> None:
    """Note that the calling task holds a source open for a bare loop at *place*."""
    _bare_loop.set(BareLoop(place, goes_on, trio.lowlevel.current_task()))


def _loop_of(task: _Task) -> BareLoop | None:
    """The bare loop for which *task* holds a source open, if it goes on."""
    loop = task.context.get(_bare_loop)
    # Contexts are inherited: the loop is another task's in the tasks below its holder.
    return loop if loop is not None and loop.holder is task and loop.goes_on() else None


def _waiting_tasks() -> Iterator[tuple[_Task, trio.Nursery | Place | None]]:
    """The calling task and all that wait for it, each with what it began that leads to the calling one."""
    task: _Task | None = trio.lowlevel.current_task()
    began: trio.Nursery | Place | None = None
    while task is not None:
        yield task, began
        if loop := _loop_of(task):
            task, began = loop.place.task, loop.place
        else:
            began = task.parent_nursery
            task = None if began is None else began.parent_task


class BranchTurns:
    """The turns on one branch, one at a time, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = trio.Lock()
        self._open: Place | None = None

    def would_wait_for_itself(self) -> bool:
        """Whether the open turn cannot end before an ask of the calling task has."""
        if self._open is None:
            return False
        places = [self._open]
        if loop := _loop_of(self._open.task):
            places.append(loop.place)
        return any(
            place.task is task and place.is_around(began)
            for task, began in _waiting_tasks()
            for place in places
        )

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """A block in which no other turn is on the branch."""
        async with self._lock:
            self._open = Place.here()
            try:
                yield
            finally:
                self._open = None
