"""A request on its way: sent over a stream, up to the head of its answer.

The answer may come while the request is still being sent, and a server that refuses a large request
may read no more of it: so while a large one is sent, a task reads.  One that fits into the socket's
buffer is sent in one step, during which no answer can come.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterable
from typing import Final

import trio

from .._channels._nursery import open_pump_nursery
from .._errors import ConnectionLost, LionprideError, StreamTimeout
from ._head import Head, HeadMachine
from ._reading import receive
from ._request import CLOSE_SECONDS, Request
from ._socket import NowaitStream
from ._writing import RequestWriter

SENT_AT_ONCE: Final = 64 * 1024
"""A request up to this size fits into the socket's buffer: no answer can come while it is sent."""


class Asking:
    """One request over *stream*.  Whoever makes it owns the stream."""

    def __init__(self, stream: NowaitStream) -> None:
        self._stream = stream
        self._broken: trio.BrokenResourceError | None = None
        self._early_failure: LionprideError | None = None
        self.machine = HeadMachine()
        self.sent_at = 0.0
        """When the request had been sent, or the sending had ended."""
        self.sent_whole = False

    async def ask(self, request: Request) -> Head:
        """Send *request* and wait for the head of its answer.

        :raises ConnectionLost: the connection ended or broke.
        :raises HTTPProtocolError: what came is no HTTP, or its head is too long.
        :raises StreamTimeout: one of the clocks of *request* ran out.
        """
        idle, wait = request.send_idle, request.wait
        sending = True
        with trio.CancelScope(deadline=trio.current_time() + idle) as clock:
            await self._send(request, clock)
            sending = False
            self.sent_at = trio.current_time()
            clock.deadline = self.sent_at + wait
            request.on_sent()
            if request.slow_after < wait:
                with trio.move_on_after(request.slow_after):
                    return await self._read_head()
                request.on_slow()
            return await self._read_head()
        if sending:
            raise StreamTimeout(f"nothing could be sent for {idle:g} s", clock="byte_idle")
        raise StreamTimeout(f"no answer within {wait:g} s", clock="first_content")

    async def _send(self, request: Request, clock: trio.CancelScope) -> None:
        pieces = request.body_pieces
        writer = self.machine.writer_of(request)
        message = writer.whole(request) if pieces is None else b""
        if pieces is None and len(message) <= SENT_AT_ONCE:
            await self._send_piece(message)
            self.sent_whole = self._broken is None
            return
        async with open_pump_nursery() as nursery:
            with trio.CancelScope() as sending:
                nursery.start_soon(self._watch, sending)
                if pieces is None:
                    await self._send_pieces(message, clock, request.send_idle)
                else:
                    await self._send_made(request, writer, pieces, clock)
        if self._early_failure is not None:
            raise self._early_failure

    async def _watch(self, sending: trio.CancelScope) -> None:
        """Read while the request is being sent; end the sending when nobody will read the rest."""
        try:
            head = await self._read_head()
        except LionprideError as error:
            self._early_failure = error
            sending.cancel()
        else:
            if head.status >= 300:
                sending.cancel()

    async def _send_pieces(self, message: bytes, clock: trio.CancelScope, idle: float) -> None:
        for start in range(0, len(message), SENT_AT_ONCE):
            clock.deadline = trio.current_time() + idle
            await self._send_piece(message[start : start + SENT_AT_ONCE])
            if self._broken is not None:
                return
        self.sent_whole = True

    async def _send_made(
        self,
        request: Request,
        writer: RequestWriter,
        pieces: AsyncIterable[bytes],
        clock: trio.CancelScope,
    ) -> None:
        """Send a body that is made meanwhile.  Its maker has all the time that it takes."""
        made = aiter(pieces)
        try:
            await self._send_piece(writer.head(request))
            while self._broken is None:
                clock.deadline = math.inf
                piece = await anext(made, None)
                clock.deadline = trio.current_time() + request.send_idle
                if piece is None:
                    await self._send_piece(writer.end())
                    self.sent_whole = self._broken is None
                    return
                await self._send_piece(writer.piece(piece))
        finally:
            # A generator that was not read to its end would be left to the garbage collector.
            close = getattr(made, "aclose", None)
            if close is not None:
                with trio.move_on_after(CLOSE_SECONDS, shield=True):
                    await close()

    async def _send_piece(self, piece: bytes) -> None:
        try:
            await self._stream.send_all(piece)
        except trio.BrokenResourceError as error:
            # No failure yet: a server that refuses a request may close after its answer, without
            # having read everything, and the answer says more than the break.
            self._broken = error

    async def _read_head(self) -> Head:
        machine = self.machine
        while machine.head is None:
            try:
                received = await receive(self._stream)
            except trio.BrokenResourceError as error:
                raise ConnectionLost("the connection broke before it was answered") from error
            try:
                machine.feed(received)
            except LionprideError as failure:
                raise failure from self._broken or failure.__cause__
        return machine.head
