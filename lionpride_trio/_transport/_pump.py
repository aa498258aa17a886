"""The body of a client that is not ours, read by a task of its own.

httpx and httpx2 give bodies as async generators, and a generator that is cancelled once is dead.  So
a task that lives as long as the exchange does the reading, one piece ahead at most; who waits for
the pieces may be cancelled as often as they like.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import trio

from ._failures import translated, without_request


class PumpedBody:
    """A `Body` over the iterator of a response's pieces.

    `pump` is to run in a nursery of the exchange's block.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self._scope = trio.CancelScope()
        self._stopped = trio.Event()
        self._closed = False
        self._pieces = response.aiter_raw()
        self._send, self._receive = trio.open_memory_channel[bytes](0)
        self._waited_for = b""  # the piece that ended the last wait
        self._failure: Exception | None = None

    async def pump(self) -> None:
        """Read until the end.  Delivers failures in their order, and never raises them."""
        try:
            with self._scope:
                await self._carry()
        finally:
            self._send.close()
            self._stopped.set()

    async def _carry(self) -> None:
        try:
            async for piece in self._pieces:
                if piece:
                    await self._send.send(bytes(piece))
        except Exception as error:
            self._failure = error

    def receive_nowait(self) -> bytes | None:
        """As `Body.receive_nowait`.

        :raises LionprideError: the connection failed, after the pieces before that.
        """
        if self._waited_for:
            piece, self._waited_for = self._waited_for, b""
            return piece
        try:
            return self._receive.receive_nowait()
        except trio.WouldBlock:
            return None
        except trio.EndOfChannel:
            if self._failure is None:
                return b""
            raise translated(self._failure) from without_request(self._failure)

    async def wait_readable(self) -> None:
        """Wait until the task has a piece, or is done."""
        with suppress(trio.EndOfChannel):  # `receive_nowait` tells how it ended
            self._waited_for = await self._receive.receive()

    def abort_nowait(self) -> None:
        """Stop the task; who waits for a piece gets `trio.ClosedResourceError`."""
        self._receive.close()
        self._scope.cancel()

    async def aclose(self, *, understood: bool) -> None:
        """Stop reading and close the response.  Safe twice; to be bounded in time by the caller.

        Its client decides whether the connection serves again, *understood* or not.  The response is
        closed before its generators are stepped to their end: they then end by themselves, instead
        of being left to the garbage collector.
        """
        del understood
        if self._closed:
            return
        self._closed = True
        self._waited_for = b""
        self._receive.close()
        self._scope.cancel()
        await self._stopped.wait()
        await self._response.aclose()
        try:
            async for _ in self._pieces:
                pass
        except Exception:  # ruff: ignore[try-except-pass] - what a closed body says at its last step is no news
            pass

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

    def abort_nowait(self) -> None:
        """Nothing: there is no connection."""

    async def aclose(self, *, understood: bool) -> None:
        """Give nothing more."""
        del understood
        self._content = b""
