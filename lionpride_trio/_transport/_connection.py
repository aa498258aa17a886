"""HTTP/1.1 over one stream: one request, and the body of its answer.

Strategy: h11 knows the request and the heads, `_framing` where a body ends, the stream moves the
bytes, and nothing is consumed before the one await of a read.  So a read that is cancelled loses
nothing and can be repeated.

A `Connection` is made for one request and is never used for another: what it holds of an answer
(bytes that came with the head, half a chunk, a failure) goes with it.  Only the stream below may
serve again, and only when nothing of the answer is left anywhere: its reader was given its end, the
framing ended exactly where the bytes read so far end, the request was sent whole, and nothing else
waits in the stream.  Every other way out closes the stream.  Otherwise what one caller left would
be read as the answer of the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import h11
import trio

from .._channels._nursery import open_pump_nursery
from .._errors import ConnectionLost, HTTPProtocolError, LionprideError, StreamTimeout
from ._framing import Framing, Unsized, framing_of
from ._socket import READ_BYTES, NowaitStream

MAX_HEAD_BYTES: Final = 64 * 1024
"""Longest status line with headers."""
SENT_AT_ONCE: Final = 64 * 1024
"""A request up to this size fits into the socket's buffer: no answer can come while it is sent."""
END_SECONDS: Final = 0.05
"""How long the end of the HTTP framing is waited for when the answer itself is whole."""

_HEAD_END: Final = re.compile(rb"\n\r?\n")
_IDENTITY: Final = re.compile(rb"(?im)^transfer-encoding:[ \t]*identity[ \t]*\r?\n")
"""Of RFC 2616, and gone since RFC 7230; some gateways still say it, and h11 refuses it."""


class Connection:
    """One request and its answer over *stream*.  Its owner closes it."""

    # A thousand idle replies have one each: a dict for each took 4 % of their memory.
    __slots__ = (
        "_at_end",
        "_framing",
        "_head_bytes",
        "_held",
        "_http",
        "_sent_whole",
        "answered",
        "failure",
        "sent_at",
        "stream",
    )

    def __init__(self, stream: NowaitStream) -> None:
        self.stream = stream
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._framing: Framing = Unsized()
        self._head_bytes = b""
        self._held = b""
        self._at_end = False
        self._sent_whole = False
        self.failure: LionprideError | None = None
        self.answered = False
        """A byte of an answer came."""
        self.sent_at = 0.0
        """When the request had been sent."""

    async def ask(
        self,
        method: str,
        target: bytes,
        headers: Mapping[str, str],
        body: bytes,
        wait: float,
        send_idle: float,
    ) -> h11.Response:
        """Send a request and wait for the head of its answer; when that fails, close the stream.

        The answer may come while the request is still being sent: one that refuses it ends the
        sending.  *send_idle* are the seconds in which some of the request must leave, *wait* those
        from the end of the request to the head.

        :raises ConnectionLost: the connection ended or broke.
        :raises HTTPProtocolError: what came is no HTTP, or its head is too long.
        :raises StreamTimeout: one of the clocks ran out.
        """
        http = self._http
        request = h11.Request(method=method, target=target, headers=list(headers.items()))
        message = b"".join([
            http.send(request) or b"",
            http.send(h11.Data(data=body)) or b"",
            http.send(h11.EndOfMessage()) or b"",
        ])
        try:
            head = await self._exchange(message, wait, send_idle)
        except BaseException:
            await self.aclose()  # which is shielded, and does not wait
            raise
        self._framing = framing_of(head)
        rest, self._head_bytes = self._head_bytes, b""
        self._body(rest, self._at_end)
        return head

    async def _exchange(self, message: bytes, wait: float, send_idle: float) -> h11.Response:
        sent = False
        with trio.CancelScope(deadline=trio.current_time() + send_idle) as clock:
            head, broken = await self._send(message, clock, send_idle)
            sent = True
            self.sent_at = trio.current_time()
            clock.deadline = self.sent_at + wait
            while head is None:
                head = await self._read_head(broken)
            return head
        if sent:
            raise StreamTimeout(f"no answer within {wait:g} s", clock="first_content")
        raise StreamTimeout(f"nothing could be sent for {send_idle:g} s", clock="byte_idle")

    async def _send(
        self, message: bytes, clock: trio.CancelScope, idle: float
    ) -> tuple[h11.Response | None, trio.BrokenResourceError | None]:
        """Send *message*; the head that came meanwhile, and what broke the sending."""
        if len(message) <= SENT_AT_ONCE:
            return None, await self._send_piece(message, last=True)
        early: list[h11.Response] = []
        failures: list[LionprideError] = []

        async def watch(sending: trio.CancelScope) -> None:
            try:
                while (head := await self._read_head(None)) is None:
                    pass
            except LionprideError as error:
                failures.append(error)
                sending.cancel()
            else:
                early.append(head)
                if head.status_code >= 300:
                    sending.cancel()  # nobody reads the rest

        broken = None
        async with open_pump_nursery() as nursery:
            with trio.CancelScope() as sending:
                nursery.start_soon(watch, sending)
                broken = await self._send_pieces(message, clock, idle)
        if failures:
            raise failures[0]
        return (early[0] if early else None), broken

    async def _send_pieces(
        self, message: bytes, clock: trio.CancelScope, idle: float
    ) -> trio.BrokenResourceError | None:
        broken = None
        for start in range(0, len(message), SENT_AT_ONCE):
            end = start + SENT_AT_ONCE
            clock.deadline = trio.current_time() + idle
            broken = await self._send_piece(message[start:end], last=end >= len(message))
            if broken is not None:
                break
        return broken

    async def _send_piece(self, piece: bytes, *, last: bool) -> trio.BrokenResourceError | None:
        try:
            await self.stream.send_all(piece)
        except trio.BrokenResourceError as error:
            return error  # a server that refuses may answer before it has read everything
        self._sent_whole = last
        return None

    async def _read_head(self, broken: Exception | None) -> h11.Response | None:
        """Read once, if it is needed; the head of the answer, if it is whole now."""
        head = self._next_head(broken)
        if head is None:
            try:
                received = await self.stream.receive_some(READ_BYTES)
            except trio.BrokenResourceError as error:
                raise ConnectionLost("the connection broke before it was answered") from error
            self._at_end = not received
            self.answered = self.answered or bool(received)
            self._head_bytes += received
            head = self._next_head(broken)
        return head

    def _next_head(self, broken: Exception | None) -> h11.Response | None:
        """The head of the answer; None where more must be read first.

        h11 is given whole heads, one at a time, without the one line that it refuses for nothing.
        """
        try:
            while self._at_end or _HEAD_END.search(self._head_bytes) or self._head_is_too_long:
                found = _HEAD_END.search(self._head_bytes)
                end = found.end() if found else len(self._head_bytes)
                head, self._head_bytes = self._head_bytes[:end], self._head_bytes[end:]
                self._http.receive_data(_IDENTITY.sub(b"", head))
                event = self._http.next_event()
                if isinstance(event, h11.Response):
                    return event
        except h11.RemoteProtocolError as error:
            raise self._protocol_failure(error) from broken or error
        return None

    @property
    def _head_is_too_long(self) -> bool:
        return len(self._head_bytes) > MAX_HEAD_BYTES

    @property
    def ended(self) -> bool:
        """The answer ended."""
        return self._framing.ended

    def read_nowait(self) -> bytes | None:
        """What there is of the body: b"" at its end, None when a read would wait.

        :raises LionprideError: `failure`, once what came before it was given.
        """
        data = self._ready()
        while data is None:
            try:
                received = self.stream.receive_nowait()
            except trio.BrokenResourceError as error:
                raise self._broken(error) from error
            if received is None:
                break
            self._body(received, not received)
            data = self._ready()
        return data

    async def read(self) -> bytes:
        """The next bytes of the body, b"" at its end.  Always a checkpoint."""
        await trio.lowlevel.checkpoint_if_cancelled()
        data = self.read_nowait()
        if data is not None:
            await trio.lowlevel.cancel_shielded_checkpoint()
            return data
        while data is None:
            try:
                received = await self.stream.receive_some(READ_BYTES)
            except trio.BrokenResourceError as error:
                raise self._broken(error) from error
            self._body(bytes(received), not received)
            data = self._ready()
        return data

    @property
    def leaves_stream_clean(self) -> bool:
        """The stream may serve again: nothing of this exchange is left in it, or here."""
        # h11 leaves DONE at the head when one side has said that it will close.
        agreed = self._http.our_state is h11.DONE and self._sent_whole
        taken = self.ended and not self._held
        exactly = taken and not self._framing.rest and not self._at_end
        return agreed and exactly and self.failure is None and self.stream.has_no_unread_bytes

    async def aclose(self) -> None:
        """Close the connection without waiting for the other side, cancelled or not."""
        with trio.CancelScope(shield=True):
            await self.stream.aclose()

    def _body(self, received: bytes, at_end: bool) -> None:  # ruff: ignore[boolean-type-hint-positional-argument] - h11's pair
        """Take what was read: body bytes are held, an end or a failure comes after them."""
        framing = self._framing
        if received:
            self._held += framing.feed(received)
            self.failure = self.failure or framing.failure
        if at_end:
            self._at_end = True
            framing.ended = framing.ended or framing.ends_with_connection
            if not framing.ended and self.failure is None:
                self.failure = ConnectionLost("the connection ended inside the answer")

    def _ready(self) -> bytes | None:
        """All of the body that is held; None where more must be read first."""
        if self._held:
            data, self._held = self._held, b""
            return data
        if self.failure is not None:
            raise self.failure
        return b"" if self.ended else None

    def _broken(self, error: Exception) -> LionprideError:
        self.failure = ConnectionLost("the connection broke")
        self.failure.__cause__ = error
        return self.failure

    def _protocol_failure(self, error: h11.RemoteProtocolError) -> LionprideError:
        if self._at_end:
            inside = "inside the head of its answer" if self.answered else "before it answered"
            return ConnectionLost(f"the server closed the connection {inside}")
        return HTTPProtocolError(f"what came is not HTTP: {error}")


class Body:
    """The body of one answer.

    Cancelling a `receive_some` loses nothing, and it can be asked again.  *release* gets the stream
    back when it may serve again; otherwise it is closed.
    """

    __slots__ = ("_closed", "_connection", "_release")

    def __init__(self, connection: Connection, release: Callable[[NowaitStream], Any]) -> None:
        self._connection = connection
        self._release = release
        self._closed = False

    def receive_nowait(self) -> bytes | None:
        """As `receive_some`, but None where that would wait.  No checkpoint."""
        self._check()
        return self._connection.read_nowait()

    async def receive_some(self) -> bytes:
        """The next bytes, ``b""`` at the end.  Always a checkpoint.

        :raises LionprideError: the connection failed, after the bytes before that.
        :raises trio.ClosedResourceError: the body was closed.
        """
        self._check()
        return await self._connection.read()

    async def wait_end(self) -> None:
        """Read what is left of a body whose answer is whole, for a moment and a little at most.

        The end of the framing often comes apart from the last bytes.
        """
        if self._closed:
            return
        try:
            if self._connection.read_nowait() == b"":
                return
            with trio.move_on_after(END_SECONDS):
                await self.receive_some()
                self._connection.read_nowait()
        except (LionprideError, trio.ClosedResourceError):
            return  # the connection will be closed, and the answer is whole

    async def aclose(self, *, understood: bool = True) -> None:
        """Close the connection, or give its stream back.  Does not wait.  Safe twice.

        It is given back where the reader was given the end of the body, and *understood* it.
        """
        if self._closed:
            return
        self._closed = True
        connection = self._connection
        if understood and connection.leaves_stream_clean:
            self._release(connection.stream)
        else:
            await connection.aclose()

    def _check(self) -> None:
        if self._closed:
            raise trio.ClosedResourceError("this body was closed")
