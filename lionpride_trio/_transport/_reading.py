"""One read: at once where something is there, else after a wait, with a clock on the wait alone.

Sockets, TLS, a body, its inflated text and a body of another client's are all read by the same two
steps, `Readable`.  What is made of them, with its checkpoints and its clock, stands here once.
"""

from __future__ import annotations

import math
from typing import Protocol

import trio


class Readable(Protocol):
    """Bytes that come in their time."""

    def receive_nowait(self) -> bytes | None:
        """Return what is there: ``b""`` at the end, None where nothing is there yet.  No checkpoint."""
        ...

    async def wait_readable(self) -> None:
        """Wait for more, once `receive_nowait` gave None.  Always a checkpoint.

        It may return too early, and takes nothing that a cancellation could lose.  What fails is
        raised by `receive_nowait`, so that it comes after the bytes before it.  Asked by `receive`
        alone: where something is there already, it could wait for ever.
        """
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
        """Close it.  Its connection may serve again if it was read to its end and *understood*."""
        ...


async def receive(source: Readable, seconds: float = math.inf, *, looked: bool = False) -> bytes:
    """Return the next bytes of *source*, ``b""`` at its end.  Always a checkpoint.

    Cancelling it loses nothing, and it can be asked again: between the step that takes bytes and
    the return there is no checkpoint at which a cancellation could come.

    *looked* says that `receive_nowait` was just asked and gave None: the wait begins at once.

    :raises trio.TooSlowError: nothing came for *seconds*.
    """
    if not looked:
        await trio.lowlevel.checkpoint_if_cancelled()
        data = source.receive_nowait()
        if data is not None:
            # Shielded, for the bytes are taken: a cancellation must wait for the next checkpoint.
            await trio.lowlevel.cancel_shielded_checkpoint()
            return data
    # A scope with a deadline costs about a third of a read, so that only a read which waits has one.
    with trio.CancelScope(deadline=trio.current_time() + seconds):
        while True:
            await source.wait_readable()
            data = source.receive_nowait()
            if data is not None:
                return data
    data = source.receive_nowait()
    if data is None:
        raise trio.TooSlowError
    return data  # it came with the deadline, or no time was left to begin with
