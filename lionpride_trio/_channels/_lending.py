"""Lending: a slot of a limited model does not count while its holder waits for other operations.

An operation that has a reply open holds a slot of the model's ``max_concurrent``.  While its chunks
wait for their reader it cannot go on, and the reader may need a slot of the same model to go on: each
would wait for the other for ever.  The same holds for an operation that reads a stream with a reply
of its own open, while the writer waits for a slot.  So the slots of an operation are lent while it
waits in one of these ways: the model's limiter has one token more for each.  They are taken back when
the wait is over.  A call that borrowed a slot keeps it to its end, and no other call gets one before that.

Each operation has a `Lending`; its tasks find it in a context variable, and the operations of a flow
inside it have theirs linked to it.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias, TypeVar

import attrs
import trio

from ._mailbox import Mailbox

T = TypeVar("T")
_Task: TypeAlias = trio.lowlevel.Task


@attrs.define(eq=False)
class _Slot:
    """One token of *limiter*, held by *task*."""

    limiter: trio.CapacityLimiter
    task: _Task
    is_lent: bool = False


class Lending:
    """The slots that one operation's tasks hold, and which of its tasks wait."""

    # Each operation makes one, and few ever hold a slot: so it begins with the attributes of the class.
    outer: Lending | None = None
    """The lending of the operation that runs this one's flow."""
    _slots: tuple[_Slot, ...] = ()
    _waits: tuple[_Task | None, ...] = ()

    @property
    def has_slots(self) -> bool:
        return bool(self._slots)

    def add(self, slot: _Slot) -> None:
        self._slots += (slot,)
        self._update()

    def remove(self, slot: _Slot) -> None:
        self._slots = tuple(other for other in self._slots if other is not slot)
        _lend(slot, lent=False)

    def begin_wait(self, task: _Task | None) -> None:
        """Lend the slots of *task* and of the tasks above it; for None, those of all tasks."""
        self._waits += (task,)
        if self._slots:
            self._update()

    def end_wait(self, task: _Task | None) -> None:
        waits = self._waits
        at = waits.index(task)
        self._waits = waits[:at] + waits[at + 1 :] if len(waits) > 1 else ()
        if self._slots:
            self._update()

    def _update(self) -> None:
        for slot in self._slots:
            waits = (task is None or slot.task in tasks_above(task) for task in self._waits)
            _lend(slot, lent=any(waits))


def _lend(slot: _Slot, *, lent: bool) -> None:
    if lent is not slot.is_lent:
        slot.is_lent = lent
        slot.limiter.total_tokens += 1 if lent else -1


def tasks_above(task: _Task | None) -> Iterator[_Task]:
    """*task*, and the tasks in whose blocks it runs."""
    while task is not None:
        yield task
        nursery = task.parent_nursery
        task = None if nursery is None else nursery.parent_task


_current: ContextVar[Lending | None] = ContextVar("lending", default=None)


def begin_lending() -> None:
    """Count the slots of the calling task and its children, from now on, as those of one operation."""
    lending = Lending()
    lending.outer = _current.get()
    _current.set(lending)


@contextmanager
def holding(limiter: trio.CapacityLimiter) -> Generator[None]:
    """A block in which the calling task holds a token of *limiter*; the token is given back after it."""
    lending = _current.get()
    if lending is None:
        yield
        return
    slot = _Slot(limiter, trio.lowlevel.current_task())
    lending.add(slot)
    try:
        yield
    finally:
        lending.remove(slot)


class SlotsLent:
    """A block in which the calling task waits: the slots that it holds are lent.

    With *of_all_tasks*, the slots of its operation's other tasks too: none of them can go on for long.
    """

    # Entered at each wait for room: `contextmanager` would cost half a microsecond more.
    __slots__ = ("_lending", "_task")

    def __init__(self, *, of_all_tasks: bool = False) -> None:
        self._task = None if of_all_tasks else trio.lowlevel.current_task()
        self._lending = _current.get()

    def __enter__(self) -> None:
        lending = self._lending
        while lending is not None:
            lending.begin_wait(self._task)
            lending = lending.outer

    def __exit__(self, *_: object) -> None:
        lending = self._lending
        while lending is not None:
            lending.end_wait(self._task)
            lending = lending.outer


class LendingMailbox(Mailbox):
    """A mailbox between tasks of a flow: a task that waits at one of its ends lends its slots.

    A slot that is taken while the wait goes on already is not lent for it.
    """

    # A reader that is as fast as its writer waits for each chunk, and mostly no task holds a slot.  A
    # `SlotsLent` at each of these waits would cost a twelfth of the chunk's way, and a coroutine of its own
    # is one more object for each of ten thousand tasks that wait.

    # To pyright a coroutine function gives a narrower type than it can be told to give.
    def _fetch(self) -> Coroutine[Any, Any, list[Any]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        waiting = super()._fetch()
        return _lending_meanwhile(waiting) if _holds_slots() else waiting

    def _wait_turn(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, items: Sequence[Any]
    ) -> Coroutine[Any, Any, None]:
        waiting = super()._wait_turn(items)
        return _lending_meanwhile(waiting) if _holds_slots() else waiting


async def _lending_meanwhile(waiting: Coroutine[Any, Any, T]) -> T:
    with SlotsLent():
        return await waiting


def _holds_slots() -> bool:
    """Whether the operation of the calling task, or one around it, holds a slot."""
    lending = _current.get()
    while lending is not None:
        if lending.has_slots:
            return True
        lending = lending.outer
    return False
