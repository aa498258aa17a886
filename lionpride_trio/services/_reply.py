"""The reply: one model call as a channel of chunks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import trio

from .._channels._channel import Channel
from .._chunks import Chunk, FinishChunk, Usage, UsageChunk
from .._errors import LimitExceeded, LionprideError, ProviderError, StreamTimeout
from .._response import Response, ResponseBuilder
from .._transport import Exchange
from ..providers import StreamDecoder
from ..providers._content import is_content, is_progress
from ._settings import Timeouts

HELD_CHUNKS: Final = 64
"""Chunks without content that are held back, at most, while a call may still be repeated."""


class Reply(Channel[Chunk]):
    """The channel of one model call.

    ``async for chunk in reply`` gives the chunks; `response` is what they add up to so far.  Bytes,
    events and chunks are one synchronous chain in the caller's task: nothing runs in the
    background, and a reply that is not read does not read ahead.

    Cancelling a `receive` loses nothing; it can be asked again.  An error of the network or the
    provider arrives after the chunks before it, with ``partial``.  `receive` always is a
    checkpoint; iteration is one at each read that waits and at the latest after 64 items.
    """

    _can_poll = True

    def __init__(
        self,
        exchange: Exchange,
        decoder: StreamDecoder,
        *,
        timeouts: Timeouts,
        waited: float,
        max_kept_chars: int | None,
        locate: Callable[[LionprideError, Response], None],
        begun: bytes = b"",
    ) -> None:
        """*begun* is the start of the body, where it was read to learn what it is."""
        super().__init__()
        self._begun = begun
        self._exchange = exchange
        self._decoder = decoder
        self._timeouts = timeouts
        self._max_kept = max_kept_chars
        self._locate = locate
        self._builder = ResponseBuilder()
        self._spoken = False
        self._clock = "first_content"
        self._budget = timeouts.first_content - waited

    @property
    def response(self) -> Response:
        """The sum of all the bytes received so far.

        With ``keep=False`` it has the verdict and the usage, and no text.
        """
        return self._builder.response()

    @property
    def usage(self) -> Usage | None:
        """The tokens used, as far as the provider has told."""
        return self._builder.usage

    async def _wait_content(self) -> None:
        """Read until content has come, or the end.  What comes before it stays ready, in order.

        :raises LionprideError: the answer failed before its first content.
        """
        held: list[Any] = []
        if self._begun:
            held += self._decoded(self._begun)
            self._begun = b""
        while not self._spoken and self._end is None and len(held) < HELD_CHUNKS:
            held += await self._fetch()
        if held:
            self._deliver(held)
        if not self._spoken and isinstance(self._end, LionprideError):
            raise self._end

    async def aclose(self) -> None:
        """Close the connection.  Safe at any time, and twice."""
        self.close_nowait()
        await self._exchange.aclose()
        await trio.lowlevel.checkpoint()

    async def _fetch(self) -> list[Any]:
        """One read of the network, and all that follows from it."""
        began = trio.current_time()
        try:
            data = await self._timed_read()
        except LionprideError as error:
            return self._broken(error)
        self._budget -= trio.current_time() - began
        return self._decoded(data)

    def _fetch_nowait(self) -> list[Any] | None:
        try:
            data = self._exchange.receive_nowait()
        except LionprideError as error:
            return self._broken(error)
        return None if data is None else self._decoded(data)

    def _decoded(self, data: bytes) -> list[Chunk]:
        """The chunks that *data* completes, added up; ``b""`` is the end of the body."""
        chunks = self._take(self._decoder.feed(data) if data else self._decoder.flush())
        if self._end is not None:
            return chunks
        if self._decoder.ended or not data:
            if data:
                chunks += self._take(self._decoder.flush())
            self._exchange.complete = self._decoder.failure is None
            self._fail(self._decoder.failure)
        elif self._budget <= 0 and self._decoder.seconds_of_silence is None:
            # Keep-alives that are always there would never let a read wait.
            self._fail(self._timeout(self._clock))
        return chunks

    async def _timed_read(self) -> bytes:
        """The next bytes.  A clock is only set where they must be waited for."""
        await trio.lowlevel.checkpoint_if_cancelled()
        data = self._exchange.receive_nowait()
        if data is not None:
            await trio.lowlevel.cancel_shielded_checkpoint()
            return data
        silence = self._decoder.seconds_of_silence
        idle = self._timeouts.byte_idle if silence is None else silence
        clock, seconds = ("byte_idle", idle) if idle < self._budget else (self._clock, self._budget)
        with trio.CancelScope(deadline=trio.current_time() + max(seconds, 0.0)):
            return await self._exchange.receive_some()
        if silence is not None:
            return b""
        raise self._timeout(clock)

    def _timeout(self, clock: str) -> StreamTimeout:
        seconds: float = getattr(self._timeouts, clock)
        what = "nothing" if clock == "byte_idle" else "no content"
        return StreamTimeout(f"{what} came for {seconds:g} s", clock=clock)

    def _take(self, chunks: list[Chunk]) -> list[Chunk]:
        """Add *chunks* up, and hand them on."""
        if not chunks:
            return chunks
        if self._max_kept is None:
            self._builder.extend([c for c in chunks if isinstance(c, FinishChunk | UsageChunk)])
        else:
            self._builder.extend(chunks)
        spoken = any(map(is_content, chunks))
        self._spoken = self._spoken or spoken
        if spoken or any(map(is_progress, chunks)):
            self._clock = "content_idle"
            self._budget = self._timeouts.content_idle
        if self._max_kept is not None and self._builder.characters > self._max_kept:
            self._fail(
                LimitExceeded(
                    f"the reply is longer than max_kept_chars={self._max_kept};"
                    " pass keep=False to take it without adding it up",
                    limit="max_kept_chars",
                    value=self._max_kept,
                )
            )
        return chunks

    def _broken(self, error: LionprideError) -> list[Chunk]:
        """The body broke off: what had come still counts, and may even have been all."""
        rest = self._take(self._decoder.flush())
        if self._end is None:
            failure = self._decoder.failure
            told = isinstance(failure, ProviderError) or (self._decoder.ended and not failure)
            self._fail(failure if told else error)
        return rest

    def _fail(self, error: LionprideError | None) -> None:
        if error is not None:
            self._locate(error, self.response)
        self._finish(error)

    def _noun(self) -> str:
        return "reply"
