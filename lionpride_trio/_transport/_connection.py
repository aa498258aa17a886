"""HTTP/1.1 over one stream: requests one after the other, and the body of each answer.

Strategy: h11 knows the requests and the heads, `_framing` where a body ends, the stream moves the
bytes, and nothing is consumed before the one await of a read.  So a read that is cancelled loses
nothing and can be repeated.

A connection serves again only when the answer ended exactly where the bytes read so far end.
Surplus bytes would be read as the next answer, so they, and every error, close the socket.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import h11
import trio

from .._errors import ConnectionLost, HTTPProtocolError, LionprideError
from ._framing import Framing, Unsized, framing_of
from ._socket import READ_BYTES, Socket

MAX_HEAD_BYTES: Final = 64 * 1024
"""Longest status line with headers."""
END_SECONDS: Final = 0.05
"""How long the end of the HTTP framing is waited for when the answer itself is whole."""


class Connection:
    """One connection.  Its owner closes it; closing does not wait.

    *socket* is what the stream stands on, for what must not wait; None where the stream is no
    socket's.  Such a connection is never used twice, for nothing tells whether it is still good.
    """

    def __init__(self, stream: trio.abc.Stream, socket: Socket | None) -> None:
        self._stream = stream
        self._socket = socket
        self._readable_now = socket if stream is socket else None
        self._http = _new_http()
        self._framing: Framing = Unsized()
        self._held = b""
        self._at_end = False
        self.failure: LionprideError | None = None

    async def ask(
        self, method: str, target: bytes, headers: Mapping[str, str], body: bytes
    ) -> h11.Response:
        """Send a request and wait for the head of its answer.

        :raises ConnectionLost: the connection ended or broke.
        :raises HTTPProtocolError: what came is no HTTP, or its head is too long.
        """
        http = self._http
        request = h11.Request(method=method, target=target, headers=list(headers.items()))
        message = b"".join([
            http.send(request) or b"",
            http.send(h11.Data(data=body)) or b"",
            http.send(h11.EndOfMessage()) or b"",
        ])
        broken: trio.BrokenResourceError | None = None
        try:
            await self._stream.send_all(message)
        except trio.BrokenResourceError as error:
            broken = error  # a server that refuses may answer before it has read everything
        while (head := self._head(broken)) is None:
            try:
                received = await self._stream.receive_some(READ_BYTES)
            except trio.BrokenResourceError as error:
                raise ConnectionLost("the connection broke") from error
            self._at_end = not received
            http.receive_data(bytes(received))
        self._framing = framing_of(head)
        self._body(*http.trailing_data)
        return head

    @property
    def ended(self) -> bool:
        """The answer ended."""
        return self._framing.ended

    def read_nowait(self) -> bytes | None:
        """What there is of the body: b"" at its end, None when a read would wait.

        :raises LionprideError: `failure`, once what came before it was given.
        """
        data = self._ready()
        while data is None and self._readable_now is not None:
            try:
                received = self._readable_now.receive_nowait()
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
                received = await self._stream.receive_some(READ_BYTES)
            except trio.BrokenResourceError as error:
                raise self._broken(error) from error
            self._body(bytes(received), not received)
            data = self._ready()
        return data

    @property
    def reusable(self) -> bool:
        """The answer ended exactly, both sides agree to go on, and nothing else has come."""
        # h11 leaves DONE at the head when one side has said that it will close.
        agreed = self._http.our_state is h11.DONE
        exactly = self.ended and not self._framing.rest and not self._at_end
        return agreed and exactly and self.failure is None and self.quiet

    @property
    def quiet(self) -> bool:
        """Nothing has come that nobody asked for, an end included."""
        if self._socket is None:
            return False
        try:
            return self._socket.receive_nowait(1) is None
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return False

    def start_next(self) -> None:
        """Make ready for another request."""
        self._http = _new_http()

    def close_nowait(self) -> None:
        """Close the connection.  Safe at any time, and twice."""
        if self._socket is not None:
            self._socket.close_nowait()

    async def aclose(self) -> None:
        """Close the connection without waiting for the other side."""
        self.close_nowait()
        await trio.aclose_forcefully(self._stream)

    def _head(self, broken: Exception | None) -> h11.Response | None:
        """The head of the answer; None where more must be read first."""
        try:
            event = self._http.next_event()
            while isinstance(event, h11.InformationalResponse):
                event = self._http.next_event()
        except h11.RemoteProtocolError as error:
            raise self._protocol_failure(error) from broken or error
        return event if isinstance(event, h11.Response) else None

    def _body(self, received: bytes, at_end: bool) -> None:  # ruff: ignore[boolean-type-hint-positional-argument] - h11's pair
        """Take what was read: body bytes are held, an end or a failure comes after them."""
        framing = self._framing
        try:
            if received:
                self._held += framing.feed(received)
        except HTTPProtocolError as error:
            self.failure = error
        if at_end and not self._at_end:
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
            return ConnectionLost(f"the connection ended too early: {error}")
        return HTTPProtocolError(f"what came is not HTTP: {error}")


def _new_http() -> h11.Connection:
    return h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)


class Body:
    """The body of one answer.

    Cancelling a `receive_some` loses nothing, and it can be asked again.  *release* gets the
    connection back when it may serve again; otherwise it is closed.
    """

    def __init__(self, connection: Connection, release: Callable[[Connection], Any]) -> None:
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
        """Wait a moment for the end of the framing, which often comes apart from the last bytes."""
        if self._closed or self._connection.ended:
            return
        try:
            with trio.move_on_after(END_SECONDS):
                await self.receive_some()
        except (LionprideError, trio.ClosedResourceError):
            return  # the connection will be closed, and the answer is whole

    async def aclose(self) -> None:
        """Give the connection back, or close it.  Does not wait.  Safe twice."""
        if self._closed:
            return
        self._closed = True
        connection = self._connection
        if connection.ended and connection.reusable:
            self._release(connection)
        else:
            await connection.aclose()

    def _check(self) -> None:
        if self._closed:
            raise trio.ClosedResourceError("this body was closed")
