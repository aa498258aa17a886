"""The body of a client that is not ours, read by a task of its own.

httpx and httpx2 give bodies as async generators, and a generator that is cancelled once is dead.  So
a task that lives as long as the exchange does the reading, one piece ahead at most; what waits for
the pieces may be cancelled as often as it likes.
"""

from __future__ import annotations

from typing import Any

import trio

from .._errors import LionprideError
from ._failures import translated, without_request


class PumpedBody:
    """As `Body`, over the iterator of a response's pieces.

    `pump` is to run in a nursery of the exchange's block.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self._scope = trio.CancelScope()
        self._stopped = trio.Event()
        self._closed = False
        self._pieces = response.aiter_raw()
        self._send, self._receive = trio.open_memory_channel[bytes](0)
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
        """As `receive_some`, but None where that would wait.  No checkpoint."""
        try:
            return self._receive.receive_nowait()
        except trio.WouldBlock:
            return None
        except trio.EndOfChannel:
            return self._end()

    async def receive_some(self) -> bytes:
        """The next piece, ``b""`` at the end.  Always a checkpoint; cancelling loses nothing.

        :raises LionprideError: the connection failed, after the pieces before that.
        """
        try:
            return await self._receive.receive()
        except trio.EndOfChannel:
            return self._end()

    async def aclose(self, *, understood: bool = True) -> None:
        """Stop reading and close the response.  Safe twice; to be bounded in time by the caller.

        Its client decides whether the connection serves again, *understood* or not.  The response is
        closed before its generators are stepped to their end: they then end by themselves, instead
        of being left to the garbage collector.
        """
        if self._closed:
            return
        self._closed = True
        self._receive.close()
        self._scope.cancel()
        await self._stopped.wait()
        await self._response.aclose()
        try:
            async for _ in self._pieces:
                pass
        except Exception:  # ruff: ignore[try-except-pass] - what a closed body says at its last step is no news
            pass

    async def wait_end(self) -> None:
        """Nothing to wait for: its client looks after its connections itself."""

    def _end(self) -> bytes:
        if self._failure is None:
            return b""
        failure: LionprideError = translated(self._failure)
        raise failure from without_request(self._failure)
