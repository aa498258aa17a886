"""Lending: a slot of a limited model does not count while its holder waits for others of its flow.

An operation that has a reply open holds a slot of the model's ``max_concurrent``.  While its chunks
wait for their reader it cannot go on, and the reader may need a slot of the same model to go on: each
would wait for the other for ever.  The same holds for an operation that reads a stream with a reply
of its own open, while the writer waits for a slot.  So the slots of an operation are lent while it
waits in one of these ways: the model's limiter has one token more for each.  They are taken back when
the wait is over.  Who borrowed one then keeps it to its end, and no new one gets any before that.

Each operation has a `Lending`; its tasks find it in a context variable, and the operations of a flow
inside it have theirs linked to it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

import attrs
import trio

from ._mailbox import Mailbox

_Task: TypeAlias = trio.lowlevel.Task


@attrs.define(eq=False)
class _Slot:
    """One token of *limiter*, held by *task*."""

    limiter: trio.CapacityLimiter
    task: _Task
    is_lent: bool = False


class Lending:
    """The slots that one operation's tasks hold, and which of its tasks wait."""

    __slots__ = ("_slots", "_waits", "outer")

    def __init__(self, outer: Lending | None) -> None:
        self.outer = outer
        """That of the operation whose flow this one is in."""
        self._slots: tuple[_Slot, ...] = ()
        self._waits: tuple[_Task | None, ...] = ()

    def add(self, slot: _Slot) -> None:
        self._slots += (slot,)
        self._update()

    def remove(self, slot: _Slot) -> None:
        self._slots = tuple(other for other in self._slots if other is not slot)
        _lend(slot, lent=False)

    def begin_wait(self, task: _Task | None) -> None:
        """Lend what *task* holds, or the tasks that it is a child of; what all hold for None."""
        self._waits += (task,)
        if self._slots:
            self._update()

    def end_wait(self, task: _Task | None) -> None:
        at = self._waits.index(task)
        self._waits = self._waits[:at] + self._waits[at + 1 :]
        if self._slots:
            self._update()

    def _update(self) -> None:
        for slot in self._slots:
            waits = (task is None or slot.task in _above(task) for task in self._waits)
            _lend(slot, lent=any(waits))


def _lend(slot: _Slot, *, lent: bool) -> None:
    if lent is not slot.is_lent:
        slot.is_lent = lent
        slot.limiter.total_tokens += 1 if lent else -1


def _above(task: _Task | None) -> Iterator[_Task]:
    """*task*, and the tasks in whose blocks it runs."""
    while task is not None:
        yield task
        nursery = task.parent_nursery
        task = None if nursery is None else nursery.parent_task


_current: ContextVar[Lending | None] = ContextVar("lending", default=None)


def begin_lending() -> None:
    """Count what the calling task and its children hold from now on as held by one operation."""
    _current.set(Lending(_current.get()))


@contextmanager
def holding(limiter: trio.CapacityLimiter) -> Generator[None]:
    """The calling task holds a token of *limiter* in this block, which ends before it gives it back."""
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


@contextmanager
def lent(*, of_all_tasks: bool = False) -> Generator[None]:
    """The calling task waits in this block: the slots that it holds are lent.

    With *of_all_tasks*, those of its operation's other tasks too: none of them can go on for long.
    """
    task = None if of_all_tasks else trio.lowlevel.current_task()
    chain: list[Lending] = []
    lending = _current.get()
    while lending is not None:
        chain.append(lending)
        lending.begin_wait(task)
        lending = lending.outer
    try:
        yield
    finally:
        for lending in chain:
            lending.end_wait(task)


class LendingMailbox(Mailbox):
    """A mailbox between tasks of a flow: who waits at one of its ends lends what its task holds."""

    async def _fetch(self) -> list[Any]:
        with lent():
            return await super()._fetch()

    async def _wait_turn(self, items: Sequence[Any]) -> None:
        with lent():
            await super()._wait_turn(items)
