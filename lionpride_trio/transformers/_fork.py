"""``fork``: equal branches of one stream."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar, cast

import trio

from .._channels._channel import Channel
from .._channels._mailbox import (
    DEFAULT_SIZE,
    Mailbox,
    WhenFull,
    check_when_full,
)
from .._channels._nursery import open_pump_nursery
from .._channels._source import Source
from .._checks import check_seconds, check_size
from .._errors import LocalProtocolError
from ._sources import source_of

T = TypeVar("T")


def fork(
    source: Source[T] | Channel[T],
    n: int,
    *,
    size: int = DEFAULT_SIZE,
    when_full: WhenFull = "block",
    patience: float = 10.0,
) -> AbstractAsyncContextManager[tuple[Channel[T], ...]]:
    """Equal branches of one stream, as many as *n*.

    Used with ``async with fork(source, 2) as (one, other):``.

    Opens a nursery.  The source is read once, at the pace of the slowest branch; *when_full* says what
    happens to a branch that is *size* items behind (see `tee`).  Each branch ends as the source
    does, a failure included; a branch that is closed is detached; leaving the block closes all.

    With ``"block"``, read each branch in a task of its own: a loop that reads one branch to its end before
    it begins the other waits for ever once the other is full.  Such a wait becomes `LocalProtocolError`
    when another branch was full for *patience* seconds and no other task reads that branch: none has
    begun to, or its reader has ended.  A slow reader is waited for.
    """
    check_size("n", n)
    check_size("size", size)
    check_when_full(when_full)
    check_seconds("patience", patience)
    return cast(
        AbstractAsyncContextManager[tuple[Channel[T], ...]],
        _open_fork(source_of(source), n, size, when_full, patience),
    )


class Branch(Mailbox):
    """One branch of a fork."""

    def __init__(self, number: int, hub: _Fanout, size: int, when_full: WhenFull) -> None:
        super().__init__(size, when_full)
        self._number = number
        self._hub = hub
        self.reader: trio.lowlevel.Task | None = None

    async def _wait(self) -> None:
        self.reader = trio.lowlevel.current_task()
        await super()._wait()

    async def _fetch(self) -> list[Any]:
        hub = self._hub
        while hub.is_held_up_besides(self):
            with trio.move_on_after(hub.patience):
                return await super()._fetch()
            hub.check_readers(self)
        return await super()._fetch()

    @property
    def is_full(self) -> bool:
        """True while the source waits for this branch's reader."""
        return self._end is None and self.room <= 0

    def is_read_besides(self, task: trio.lowlevel.Task) -> bool:
        """True if its last reader still runs and is not *task*."""
        reader = self.reader
        if reader is None or reader is task:
            return False
        # trio does not say whether a task has ended; the task's coroutine does.
        return not (
            inspect.iscoroutine(reader.coro)
            and inspect.getcoroutinestate(reader.coro) == inspect.CORO_CLOSED
        )

    def _noun(self) -> str:
        return f"branch {self._number}"

    def _name(self) -> str:
        return self._noun()


class _Fanout:
    """Reads the source once and puts each item into every branch that is still read."""

    def __init__(self, n: int, size: int, when_full: WhenFull, patience: float) -> None:
        self.patience = patience
        self.branches = tuple(Branch(number, self, size, when_full) for number in range(n))

    async def run(self, upstream: Channel[Any]) -> None:
        """Carry *upstream* to its end, or until no branch is left."""
        error = None
        try:
            while True:
                for branch in self.branches:
                    if not branch.room:
                        await branch.wait_room()
                rooms = [branch.room for branch in self.branches if not branch.reader_gone]
                if not rooms:
                    return
                batch = await upstream.receive_batch(min(rooms))
                for branch in self.branches:
                    branch.put_nowait(batch.copy())
        except trio.EndOfChannel:
            pass
        except Exception as failure:
            error = failure
        for branch in self.branches:
            branch.finish(error)

    def is_held_up_besides(self, waiting: Branch) -> bool:
        """True while another branch than *waiting* is full: no item comes until it is read."""
        return any(branch.is_full for branch in self.branches if branch is not waiting)

    def check_readers(self, waiting: Branch) -> None:
        """Refuse a wait that will never end: for a full branch that no other task reads.

        :raises LocalProtocolError: there is such a branch.
        """
        task = trio.lowlevel.current_task()
        for branch in self.branches:
            if branch is not waiting and branch.is_full and not branch.is_read_besides(task):
                raise LocalProtocolError(
                    f"{branch!r} is full and nobody else reads it, while this task waits for"
                    f" {waiting!r} of the same fork: read each branch in a task of its own, or close"
                    " the one that is not wanted any more"
                )


@asynccontextmanager
async def _open_fork(
    upstream: Source[Any], n: int, size: int, when_full: WhenFull, patience: float
) -> AsyncGenerator[Sequence[Channel[Any]]]:
    """*n* branches, each with all items."""
    hub = _Fanout(n, size, when_full, patience)
    async with upstream as channel, open_pump_nursery() as nursery:
        nursery.start_soon(hub.run, channel, name="fork")
        yield hub.branches
