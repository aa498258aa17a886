"""``fork``: equal branches of one stream."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import trio

from .._errors import LocalProtocolError
from ._channel import Channel
from ._mailbox import Mailbox, WhenFull
from ._nursery import open_pump_nursery
from ._source import Source


class Branch(Mailbox):
    """One branch of a fork."""

    def __init__(self, number: int, hub: Hub, size: int, when_full: WhenFull) -> None:
        super().__init__(size, when_full)
        self._number = number
        self._hub = hub
        self.reader: trio.lowlevel.Task | None = None

    async def _wait(self) -> None:
        self.reader = trio.lowlevel.current_task()
        await super()._wait()

    async def _fetch(self) -> list[Any]:
        self._hub.check_lockstep(self)
        return await super()._fetch()

    def _noun(self) -> str:
        return f"branch {self._number}"


class Hub:
    """Reads the source once and puts each item into every branch that is still read."""

    def __init__(self, n: int, size: int, when_full: WhenFull) -> None:
        self.branches = tuple(Branch(number, self, size, when_full) for number in range(n))

    async def run(self, upstream: Channel[Any]) -> None:
        """Until the end of *upstream*, or until no branch is left."""
        error = None
        try:
            while True:
                for branch in self.branches:
                    if not branch.room:
                        await branch.wait_room()
                rooms = [branch.room for branch in self.branches if not branch.gone]
                if not rooms:
                    return
                batch = await upstream.receive_batch(min(rooms))
                for branch in self.branches:
                    branch.put(batch.copy())
        except trio.EndOfChannel:
            pass
        except Exception as failure:
            error = failure
        for branch in self.branches:
            branch.finish(error)

    def check_lockstep(self, waiting: Branch) -> None:
        """Refuse a wait that can never end: for a full branch that the waiting task itself reads."""
        task = trio.lowlevel.current_task()
        for branch in self.branches:
            if branch is not waiting and not branch.room and branch.reader is task:
                raise LocalProtocolError(
                    f"{branch!r} is full, and the task that reads it waits for another branch of the"
                    " same fork: read each branch in a task of its own, or close the one that is"
                    " not wanted any more"
                )


@asynccontextmanager
async def fork(
    upstream: Source[Any], n: int, size: int, when_full: WhenFull
) -> AsyncGenerator[Sequence[Channel[Any]]]:
    """*n* branches, each with all items."""
    hub = Hub(n, size, when_full)
    async with upstream as channel, open_pump_nursery() as nursery:
        nursery.start_soon(hub.run, channel, name="fork")
        yield hub.branches
