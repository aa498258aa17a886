"""The run of trio on the loop of asyncio: begun by the first opening, ended with the last.

Goals.  trio allows one guest run in a thread.  Whoever opens something takes part in the one that is there,
and nobody has to start it, keep it or stop it.

What must hold:

1. A run that ends is waited for by whoever begins the next: trio refuses a second one until it is over.
2. The last to leave waits for the end, also when it is cancelled.  A loop that closed before would abandon
   the run, with its sockets.
3. A run that dies, by Ctrl-C or an error inside trio, lets no task of asyncio wait for ever.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

import trio

from .._channels._nursery import alone_in
from .._errors import LocalProtocolError


class Member(Protocol):
    """Something that lives in a guest run."""

    def run_is_over(self) -> None:
        """The run has ended; nothing on trio's side will do anything more."""


class Guest:
    """One run of trio on a loop of asyncio."""

    nursery: trio.Nursery

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.members: set[Member] = set()
        self.openings = 0
        self._scope = trio.CancelScope()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.over: asyncio.Future[None] = loop.create_future()

    def start(self) -> None:
        """Begin the run."""
        try:
            trio.lowlevel.start_guest_run(
                self._live,
                run_sync_soon_threadsafe=self.loop.call_soon_threadsafe,
                run_sync_soon_not_threadsafe=self.loop.call_soon,
                done_callback=self._end,
                host_uses_signal_set_wakeup_fd=True,
            )
        except RuntimeError as error:
            raise LocalProtocolError(
                "trio runs in this thread already: a guest run of your own, or one whose loop was closed"
                " before its blocks were left.  Open the source in that run, with"
                " 'async with source as channel'"
            ) from error

    async def _live(self) -> None:
        """Be the main task of trio: have the nursery of all that is opened."""
        with self._scope:
            async with trio.open_nursery() as self.nursery:
                settle(self.ready)
                await trio.sleep_forever()

    def _end(self, outcome: Any) -> None:
        if _here.guest is self:
            _here.guest = None
        settle(self.ready)
        settle(self.over)
        for member in self.members:
            member.run_is_over()
        try:
            outcome.unwrap()
        except BaseException as error:
            # Where no handler of asyncio's is set, trio takes Ctrl-C for its main task.  Raised here, in a
            # callback of the loop, it ends the loop as it would without a guest.
            raise alone_in(error) from None

    def check_running(self) -> None:
        """Refuse what comes after Ctrl-C has ended the run."""
        if self.over.done():
            raise trio.RunFinishedError("the run of trio on this loop has ended")

    async def leave(self) -> None:
        """Take part no more; the last one to leave ends the run."""
        self.openings -= 1
        if not self.openings:
            self._scope.cancel()
            await wait_until(self.over)


class _Here(threading.local):
    guest: Guest | None = None


_here = _Here()


@asynccontextmanager
async def take_part() -> AsyncGenerator[Guest]:
    """Take part in the guest run of this loop, as long as the block.

    :raises LocalProtocolError: this is no task of asyncio, or trio runs here already.
    """
    loop = _running_loop()
    while (guest := _here.guest) is not None and guest.loop is loop and not guest.openings:
        await wait_until(guest.over)
    if guest is None or guest.loop is not loop:
        guest = Guest(loop)
        guest.start()
        _here.guest = guest
    guest.openings += 1
    try:
        await asyncio.wait([guest.ready])
        guest.check_running()
        yield guest
    finally:
        await guest.leave()


def _running_loop() -> asyncio.AbstractEventLoop:
    if trio.lowlevel.in_trio_task():
        raise LocalProtocolError(
            "aio is the door for asyncio programs, and this is trio: write"
            " 'async with source as channel', and 'await model.complete(…)'"
        )
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise LocalProtocolError(
            "aio is used in a running asyncio program: start it with asyncio.run(main())"
        ) from None


def settle(future: asyncio.Future[None]) -> None:
    """Let those who wait for *future* go on.  Who was cancelled has settled it already."""
    if not future.done():
        future.set_result(None)


async def wait_until(
    future: asyncio.Future[None], if_cancelled: Callable[[], None] = lambda: None
) -> None:
    """Wait for *future*, whatever happens.  A cancellation is raised afterwards."""
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError as error:
            cancelled = error
            if_cancelled()
    if cancelled is not None:
        raise cancelled
