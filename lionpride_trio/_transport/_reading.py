"""One read: at once where something is there, else after a wait, with a clock on the wait alone.

Sockets, TLS, a body, its inflated text and a body of another client's are all read by the same two
steps, `Readable`.  What is made of them, with its checkpoints and its clock, stands here once.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Protocol

import trio

if TYPE_CHECKING:
    from ._alarms import Alarm


class Readable(Protocol):
    """Bytes that come in their time."""

    def receive_nowait(self) -> bytes | None:
        """Return what is there: ``b""`` at the end, None where nothing is there yet.  No checkpoint."""
        ...

    def wait_readable(self) -> Awaitable[None]:
        """Wait for more, once `receive_nowait` gave None.  Always a checkpoint.

        It may return too early, and takes nothing that a cancellation could lose.  What fails is
        raised by `receive_nowait`, so that it comes after the bytes before it.  Asked by `receive`
        alone: where something is there already, it could wait for ever.

        No coroutine of its own where it passes on to another's: each costs a read 0.3 µs.

        :raises trio.ClosedResourceError: it was closed meanwhile, or woken.
        """
        ...

    def wake(self) -> None:
        """Make the wait of another task return, or raise `trio.ClosedResourceError`.  Closes nothing."""
        ...


class Body(Readable, Protocol):
    """The body of an answer.  Closed by its exchange.

    Its `receive_nowait` raises this library's errors, and `trio.ClosedResourceError` once it is
    closed.
    """

    def abort_nowait(self) -> None:
        """Break the connection off; who waits in it gets `trio.ClosedResourceError`.  Does not wait."""
        ...

    async def aclose(self, *, understood: bool) -> None:
        """Close it, within a second even when the caller is cancelled.  Safe twice.

        Its connection may serve again if it was read to its end and *understood*.
        """
        ...


async def receive(
    source: Readable,
    due: float = math.inf,
    alarm: Alarm | None = None,
    *,
    looked: bool = False,
) -> bytes:
    """Return the next bytes of *source*, ``b""`` at its end.  Always a checkpoint.

    Cancelling it loses nothing, and it can be asked again: between the step that takes bytes and
    the return there is no checkpoint at which a cancellation could come.

    A wait ends at the time *due*.  *alarm* keeps the time, if it is watched; else a cancel scope does.
    *looked* says that `receive_nowait` was just asked and gave None: the wait begins at once.

    :raises trio.TooSlowError: nothing had come when it was *due*.
    """
    if not looked:
        await trio.lowlevel.checkpoint_if_cancelled()
        data = source.receive_nowait()
        if data is not None:
            # Shielded, for the bytes are taken: a cancellation must wait for the next checkpoint.
            await trio.lowlevel.cancel_shielded_checkpoint()
            return data
    if alarm is None or not alarm.is_watched():
        return await _receive_in_scope(source, due)
    alarm.set(due)
    try:
        while True:
            try:  # ruff: ignore[suppressible-exception] - a context costs 0.4 µs, and this nothing
                await source.wait_readable()
            except trio.ClosedResourceError:
                pass  # woken, or closed: `receive_nowait` tells
            data = source.receive_nowait()
            if data is not None:
                return data
            if alarm.rang:
                raise trio.TooSlowError
            if not alarm.is_watched():
                return await _receive_in_scope(source, due)
    finally:
        alarm.clear()


async def _receive_in_scope(source: Readable, due: float) -> bytes:
    """As `receive`, after a look, where no watcher keeps the time: a cancel scope costs a third of a read."""
    with trio.CancelScope(deadline=due):
        while True:
            await source.wait_readable()
            data = source.receive_nowait()
            if data is not None:
                return data
    data = source.receive_nowait()
    if data is None:
        raise trio.TooSlowError
    return data  # it came with the deadline, or no time was left to begin with
