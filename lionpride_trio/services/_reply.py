"""The reply: one model call as a channel of chunks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import trio

from .._channels._channel import Channel
from .._chunks import Chunk, FinishChunk, Usage, UsageChunk
from .._errors import LimitExceeded, LionprideError, ProviderError
from .._response import Response, ResponseBuilder, add_call, as_stopped
from .._timings import RateLimits, Timings
from .._transport import Exchange
from ..providers import StreamDecoder
from ..providers._content import is_content, is_progress
from ._clocks import ReplyClocks
from ._record import CallRecord

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
        record: CallRecord,
        decoder: StreamDecoder,
        *,
        clocks: ReplyClocks,
        max_kept_chars: int | None,
        locate: Callable[[LionprideError, Response], None],
        begun: bytes = b"",
    ) -> None:
        """*begun* is the start of the body, if it was read to learn whether the body is a stream."""
        super().__init__()
        self._begun = begun
        self._exchange = exchange
        self._record = record
        self._decoder = decoder
        self._clocks = clocks
        self._wait_limit = math.inf  # of who reads it
        self._max_kept = max_kept_chars
        self._locate = locate
        self._builder = ResponseBuilder()
        self._has_content = False
        self._stopped = False
        self._was_interrupted = False
        """A wait brought nothing, and the clock of bytes goes on from there until some come."""

    @property
    def response(self) -> Response:
        """The response that all bytes received so far add up to.

        With ``keep=False`` it has the verdict and the usage, and no text.
        """
        response = add_call(self._builder.response(), self._record.facts(self._builder.usage))
        return as_stopped(response) if self._stopped else response

    @property
    def timings(self) -> Timings:
        """When what of the call came, so far."""
        return self._record.timings(self._builder.usage)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the answer, names in small letters; without cookies, which are keys."""
        return self._record.facts(None).headers

    @property
    def request_id(self) -> str | None:
        """The id that the provider gave the request."""
        return self._record.request_id

    @property
    def rate_limits(self) -> RateLimits | None:
        """The limits that the headers tell of, as numbers; None where they do not."""
        return self._record.facts(None).rate_limits

    def stop(self) -> None:
        """End the reply on purpose: what came is the answer, with the verdict STOPPED.

        Does not wait; may be called from any task.  The connection closes.  What is ready can still be
        read, and then the reply ends as if it were whole.  Does nothing once the reply has ended.
        """
        if self._end is None and not self._closed:
            self._stopped = True
            self._finish()
            self._exchange.abort_nowait()

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
            held += self._decode(self._begun)
            self._begun = b""
        while not self._has_content and self._end is None and len(held) < HELD_CHUNKS:
            held += await self._fetch()
        if held:
            self._deliver(held)
        if not self._has_content and isinstance(self._end, LionprideError):
            raise self._end

    async def aclose(self) -> None:
        """Close the connection.  Safe at any time, and twice."""
        self.close_nowait()
        await self._exchange.aclose()
        await trio.lowlevel.checkpoint()

    async def _fetch(self) -> list[Any]:
        """Read the network once, and return the chunks that this completes."""
        silence = self._decoder.seconds_of_silence
        due = self._clocks.start(silence)
        limit = stop = min(due, self._wait_limit)
        watch = self._record.watch
        if watch is not None:
            half = watch.begin_wait(limit)
            if silence is None:
                stop = half
        try:
            try:
                data = await self._exchange.receive(stop)
            except trio.TooSlowError:
                if watch is None or stop == limit:
                    raise
                watch.server_is_slow()
                data = await self._exchange.receive(limit)
        except trio.TooSlowError:
            if self._wait_limit < due:
                self._interrupt()
                raise
            if silence is None:
                return self._break_off(self._clocks.timeout())
            data = b""
        except LionprideError as error:
            return self._break_off(error)
        except trio.ClosedResourceError:
            if not self._stopped:
                raise
            return []
        except trio.Cancelled:
            self._interrupt()
            raise
        self._record.pace.waited(self._clocks.stop())
        chunks = self._decode(data)
        if self._end is None:
            # A server whose keep-alives never stop lets no read wait, so that the clock of a wait
            # would never run out.
            if self._decoder.seconds_of_silence is None:
                if self._clocks.content_is_due:
                    self._end_with(self._clocks.content_timeout())
            elif self._clocks.silence_is_over:
                chunks += self._decode(b"")
        return chunks

    def _interrupt(self) -> None:
        """Count a wait that brought nothing: for the server it is one wait with the next."""
        self._was_interrupted = True
        self._record.pace.waited(self._clocks.interrupt())
        if self._record.watch is not None:
            self._record.watch.leave_off()

    def _limit_wait(self, due: float) -> bool:
        self._wait_limit = due
        return True

    def _fetch_nowait(self) -> list[Any] | None:
        try:
            data = self._exchange.receive_nowait()
        except LionprideError as error:
            return self._break_off(error)
        if data is None:
            return None
        if self._was_interrupted:
            self._was_interrupted = False
            self._clocks.byte_came()
        return self._decode(data)

    def _decode(self, data: bytes) -> list[Chunk]:
        """Return the chunks that *data* completes, and add them up; ``b""`` is the end of the body."""
        chunks = self._add_up(self._decoder.feed(data) if data else self._decoder.flush())
        if self._end is not None:
            return chunks
        if self._decoder.ended or not data:
            if data:
                chunks += self._add_up(self._decoder.flush())
            self._exchange.understood = self._decoder.failure is None
            self._end_with(self._decoder.failure)
        return chunks

    def _add_up(self, chunks: list[Chunk]) -> list[Chunk]:
        """Add *chunks* to the response; return them to be handed out."""
        if not chunks:
            return chunks
        if self._max_kept is None:
            self._builder.extend([c for c in chunks if isinstance(c, FinishChunk | UsageChunk)])
        else:
            self._builder.extend(chunks)
        has_content = any(map(is_content, chunks))
        if has_content and not self._has_content:
            self._has_content = True
            self._record.content_came()
        if has_content or any(map(is_progress, chunks)):
            self._clocks.restart()
        self._record.came(len(chunks))
        if self._max_kept is not None and self._builder.characters > self._max_kept:
            self._end_with(
                LimitExceeded(
                    f"the reply is longer than max_kept_chars={self._max_kept};"
                    " pass keep=False to take it without adding it up",
                    limit="max_kept_chars",
                    value=self._max_kept,
                )
            )
        return chunks

    def _break_off(self, error: LionprideError) -> list[Chunk]:
        """Return what the decoder still held, and end: by *error*, unless what had come says how.

        All of the answer may have come, or the provider's own word for a failure.
        """
        rest = self._add_up(self._decoder.flush())
        if self._end is None:
            failure = self._decoder.failure
            told = isinstance(failure, ProviderError) or (self._decoder.ended and not failure)
            self._end_with(failure if told else error)
        return rest

    def _end_with(self, error: LionprideError | None) -> None:
        if error is not None:
            self._record.stop_clock()
            self._locate(error, self.response)
        self._finish(error)

    def _finish(self, error: Exception | None = None) -> None:
        super()._finish(error)
        self._record.stop_clock()
        if self._record.opened:
            self._tell_end()

    def _tell_end(self) -> None:
        """Tell its observers how it ended, if it has.  A reply that may be tried again has not."""
        record, end = self._record, self._end
        if end is not None and record.story is not None:
            record.finish(self.response, None if isinstance(end, trio.EndOfChannel) else end)

    def _noun(self) -> str:
        return "reply"
