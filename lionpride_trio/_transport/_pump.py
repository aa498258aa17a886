"""The body of a client that is not ours, read by a task of its own.

httpx and httpx2 give bodies as async generators, and a generator that is cancelled once is dead.  So
a task that lives as long as the exchange does the reading; who waits for the pieces may be cancelled as
often as they like.

The reader could step the generator itself where that does not wait.  But nothing tells before the step
whether it will: and one that has begun to wait belongs to the task that began it, for it has opened
cancel scopes there, which can neither be left nor taken along.

So a piece goes from one task to the other, and costs a step of each.  Nothing more: the task goes on
reading while its reader has not come yet, up to `MOST_AHEAD`: httpx hands out what one read of the
network has brought in a piece for each of the frames in it, without a wait between them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Final

import trio

from .._errors import ConnectionLost
from ._failures import translated, without_request
from ._request import CLOSE_SECONDS

MOST_AHEAD: Final = 64 * 1024
"""Bytes that are held for a reader who has not come; the piece that exceeds them is held too."""
END_SECONDS: Final = 0.05
"""How long the end of the body is waited for when the answer itself is whole."""


async def _next_piece(pieces: AsyncIterator[bytes]) -> bytes:
    """The next of *pieces* that is not empty, ``b""`` at their end."""
    async for piece in pieces:
        if piece:
            return piece
    return b""


async def close_response(response: Any, pieces: AsyncIterator[bytes]) -> None:
    """Close *response* before its generators are stepped to their end.

    They end by themselves then, instead of being left to the garbage collector.
    """
    await response.aclose()
    try:
        async for _ in pieces:
            pass
    except Exception:  # ruff: ignore[try-except-pass] - what a closed body says at its last step is no news
        pass


class DirectBody:
    """A `Body` that its reader reads itself, and that ends when a read is cancelled.

    For an answer that is read in one go: there a task of its own would be for nothing, and costs a tenth
    of a call.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self._pieces: AsyncIterator[bytes] = response.aiter_raw()
        self._read: bytes | None = None
        self._reading = False
        self._failure: Exception | None = None
        self._closed = False

    def receive_nowait(self) -> bytes | None:
        """As `Body.receive_nowait`: what the last wait has read.

        :raises LionprideError: the connection failed, or a read was cancelled.
        """
        if self._closed:
            raise trio.ClosedResourceError("this body was closed")
        if self._failure is not None:
            raise translated(self._failure) from without_request(self._failure)
        read = self._read
        if read:
            self._read = None
        return read  # the end stays

    async def wait_readable(self) -> None:
        """Read once."""
        if self._reading:
            self._failure = ConnectionLost("this body ended when a read of it was cancelled")
            return
        self._reading = True
        try:
            self._read = bytes(await _next_piece(self._pieces))
        except Exception as error:
            self._failure = error
        self._reading = False  # a cancellation leaves it as it is

    def wake(self) -> None:
        """Nothing: only the reader itself waits, and by no clock but the caller's."""

    def abort_nowait(self) -> None:
        """Give nothing more.  Nobody waits: only the reader itself could."""
        self._closed = True

    async def aclose(self, *, understood: bool) -> None:
        """Close the response, whose client decides whether the connection serves again.  Safe twice."""
        del understood
        if self._response is None:
            return
        response, self._response = self._response, None
        self._closed = True
        with trio.move_on_after(CLOSE_SECONDS, shield=True):
            await close_response(response, self._pieces)

    def __repr__(self) -> str:
        return f"<DirectBody {'closed' if self._closed else 'open'}>"


class PumpedBody:
    """A `Body` over the iterator of a response's pieces.

    `pump` is to run in a nursery of the exchange's block.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self._pieces: AsyncIterator[bytes] = response.aiter_raw()
        self._scope = trio.CancelScope()
        self._stopped = trio.Event()
        self._closed = False
        self._held: deque[bytes] = deque()
        self._held_bytes = 0
        self._failure: Exception | None = None
        self._reader: trio.lowlevel.Task | None = None  # while it waits for a piece
        self._room: trio.Event | None = None  # what the pump waits for, where it is far ahead

    async def pump(self) -> None:
        """Read until the end.  Delivers failures in their order, and never raises them."""
        try:
            with self._scope:
                await self._carry()
        finally:
            self._stopped.set()
            self._wake_reader()

    async def _carry(self) -> None:
        try:
            async for piece in self._pieces:
                if not piece:
                    continue
                self._held.append(piece)
                self._held_bytes += len(piece)
                self._wake_reader()
                if self._held_bytes > MOST_AHEAD:
                    self._room = trio.Event()
                    await self._room.wait()
        except Exception as error:
            self._failure = error

    def receive_nowait(self) -> bytes | None:
        """As `Body.receive_nowait`.

        :raises LionprideError: the connection failed, after the pieces before that.
        """
        if self._held:
            piece = self._held.popleft()
            self._held_bytes -= len(piece)
            if self._room is not None and self._held_bytes <= MOST_AHEAD:
                self._room.set()
                self._room = None
            return bytes(piece)
        if self._closed:
            raise trio.ClosedResourceError("this body was closed")
        if not self._stopped.is_set():
            return None
        if self._failure is None:
            return b""
        raise translated(self._failure) from without_request(self._failure)

    async def wait_readable(self) -> None:
        """Wait until the task has a piece, or is done."""
        if self._held or self._stopped.is_set():
            # It came since the reader looked: nobody would wake it.
            await trio.lowlevel.checkpoint()
            return
        self._reader = trio.lowlevel.current_task()

        def abort(_: object) -> trio.lowlevel.Abort:
            self._reader = None
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(abort)

    def _wake_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            trio.lowlevel.reschedule(reader)

    def wake(self) -> None:
        """As `Readable.wake`."""
        self._wake_reader()

    def abort_nowait(self) -> None:
        """Stop the task; who waits for a piece gets `trio.ClosedResourceError`."""
        self._closed = True
        self._held.clear()
        self._scope.cancel()
        self._wake_reader()

    async def aclose(self, *, understood: bool) -> None:
        """Stop reading and close the response.  Safe twice.

        Its client decides whether the connection serves again: where the answer was *understood*, its
        end is read for that, for a moment and a little at most.
        """
        if self._response is None:
            return
        response, self._response = self._response, None
        with trio.move_on_after(CLOSE_SECONDS, shield=True):
            if not self._stopped.is_set():
                if understood and not self._closed:
                    with trio.move_on_after(END_SECONDS):
                        await self._stopped.wait()
                self._scope.cancel()
                await self._stopped.wait()
            self._closed = True
            self._held.clear()
            await close_response(response, self._pieces)

    def __repr__(self) -> str:
        state = "closed" if self._closed else "read" if self._stopped.is_set() else "being read"
        return f"<PumpedBody {state}>"


class ReadBody:
    """A `Body` that was read before."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def receive_nowait(self) -> bytes:
        """Return all of it, and then its end."""
        content, self._content = self._content, b""
        return content

    async def wait_readable(self) -> None:
        """Nothing: it never waits."""
        await trio.lowlevel.checkpoint()

    def wake(self) -> None:
        """Nothing: it never waits."""

    def abort_nowait(self) -> None:
        """Nothing: there is no connection."""

    async def aclose(self, *, understood: bool) -> None:
        """Give nothing more."""
        del understood
        self._content = b""
