"""The reply: one model call as a channel of chunks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import trio

from .._chunks import Chunk, FinishChunk, OtherChunk
from .._errors import LionprideError, StreamTimeout
from .._response import Response, ResponseBuilder
from .._transport import Exchange
from ..providers import StreamDecoder
from ._settings import Timeouts

READY_ITEMS: Final = 64
"""Items handed out of the ready list before others get a turn."""
AFTER_FINISH_SECONDS: Final = 5.0
"""How long a body may stay silent after the answer's finish reason before it counts as ended."""


class Reply(trio.abc.ReceiveChannel[Chunk]):
    """The channel of one model call.

    ``async for chunk in reply`` gives the chunks; `response` is what they add up to so far.  Bytes,
    events and chunks are one synchronous chain in the caller's task: nothing runs in the
    background, and a reply that is not read does not read ahead.

    Cancelling a `receive` loses nothing; it can be asked again.  An error of the network or the
    provider arrives after the chunks before it, with ``partial``.  `receive` always is a
    checkpoint; iteration is one at each read of the network and at the latest after 64 items.
    """

    def __init__(
        self,
        exchange: Exchange,
        decoder: StreamDecoder,
        *,
        timeouts: Timeouts,
        waited: float,
        locate: Callable[[LionprideError, Response], None],
    ) -> None:
        self._exchange = exchange
        self._decoder = decoder
        self._timeouts = timeouts
        self._locate = locate
        self._ready: deque[Chunk] = deque()
        self._handed_out = 0
        self._builder = ResponseBuilder()
        self._clock = "first_content"
        self._budget = timeouts.first_content - waited
        self._error: LionprideError | None = None
        self._at_end = False
        self._closed = False
        self._receiving = False

    @property
    def response(self) -> Response:
        """What all the bytes received so far add up to."""
        return self._builder.response()

    async def receive(self) -> Chunk:
        """The next chunk.

        :raises trio.EndOfChannel: the answer is whole and was handed out.
        :raises trio.ClosedResourceError: the reply was closed.
        :raises trio.BusyResourceError: another task is receiving; ``fork`` is the way to share.
        :raises LionprideError: what went wrong, after the chunks before it.
        """
        self._check_open()
        if self._ready:
            await trio.lowlevel.checkpoint()
            self._check_open()
        else:
            await self._fill()
        return self._ready.popleft()

    async def __anext__(self) -> Chunk:
        if self._ready and not self._closed and self._handed_out < READY_ITEMS:
            self._handed_out += 1
            return self._ready.popleft()
        self._handed_out = 0
        try:
            return await self.receive()
        except trio.EndOfChannel:
            raise StopAsyncIteration from None

    async def aclose(self) -> None:
        """Close the connection.  Safe at any time, and twice."""
        self.close_nowait()
        await self._exchange.aclose()
        await trio.lowlevel.checkpoint()

    def close_nowait(self) -> None:
        """Hand nothing out any more; the block that opened the reply closes its connection."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise trio.ClosedResourceError("this reply was closed")
        if self._receiving:
            raise trio.BusyResourceError("another task is receiving from this reply")

    async def _fill(self) -> None:
        """Read until something is ready, or raise why nothing will be."""
        self._receiving = True
        try:
            while not self._ready:
                if self._at_end:
                    await trio.lowlevel.checkpoint()
                    if self._error is not None:
                        raise self._error
                    raise trio.EndOfChannel
                await self._read()
        finally:
            self._receiving = False

    async def _read(self) -> None:
        """One read of the network, and all that follows from it."""
        try:
            data = await self._timed_read()
        except LionprideError as error:
            self._take(self._decoder.feed(b""))
            self._end(error)
            return
        if self._closed:
            raise trio.ClosedResourceError("this reply was closed while it was read")
        chunks = self._decoder.feed(data) if data else self._decoder.flush()
        self._take(chunks)
        if self._decoder.ended or not data:
            if data:
                self._take(self._decoder.flush())
            self._end(self._decoder.failure)

    async def _timed_read(self) -> bytes:
        idle = AFTER_FINISH_SECONDS if self._decoder.whole else self._timeouts.byte_idle
        clock, seconds = min(("byte_idle", idle), (self._clock, self._budget), key=lambda c: c[1])
        began = trio.current_time()
        with trio.move_on_after(max(seconds, 0.0)):
            data = await self._exchange.receive_some()
            self._budget -= trio.current_time() - began
            return data
        if self._decoder.whole:
            return b""
        raise StreamTimeout(f"nothing came for {seconds:g} s", clock=clock)

    def _take(self, chunks: Sequence[Chunk]) -> None:
        if not chunks:
            return
        self._ready.extend(chunks)
        self._builder.extend(chunks)
        if any(not isinstance(chunk, OtherChunk | FinishChunk) for chunk in chunks):
            self._clock = "content_idle"
            self._budget = self._timeouts.content_idle

    def _end(self, error: LionprideError | None) -> None:
        self._at_end = True
        self._error = error
        if error is not None:
            self._locate(error, self.response)

    def __repr__(self) -> str:
        state = "closed" if self._closed else "ended" if self._at_end else "open"
        return f"<Reply {state}, {len(self._ready)} chunks ready>"
