"""HTTP/1.1 over one stream: one request, and the body of its answer.

Goals.  One call never meets another: whatever a server sends, and in whatever way a caller leaves, no
byte of one answer is read as part of the next.  A cancelled read loses nothing.  What came before a
failure is handed out before it.  A read costs little more than the socket's own.

Strategy.  `_head` knows the request and the heads, a framing knows where a body ends (`_framing`), the
stream moves the bytes.  A `Connection` is made for one request and is never used for another: what it holds
of an answer (bytes that came with the head, half a chunk, a failure) goes with it.  Only the stream below may
serve again.

Plan.  `Connection.ask` sends the request and waits for the head (`_asking`).  Then `receive_nowait` reads
the stream, feeds the framing and hands out the body, `wait_readable` waits for the stream, and
`_reading.receive` makes one read of the two.  `aclose` decides what becomes of the stream.

What must hold:

1. The stream is given back only if nothing of the answer is left anywhere (`_leaves_stream_clean`) and the
   answer was understood.  Every other way out closes it.  Otherwise what one caller left would be read as
   the answer of the next: a prompt's answer in the hands of a stranger.
2. Bytes are taken from the stream by `receive_nowait` alone, without a checkpoint between the taking and
   the handing out.  A read that is cancelled while it waits has taken nothing, so it can be repeated;
   otherwise a cancellation would make a hole in the text.
3. What is held comes before the end and before a failure: `state` says what comes after ``_held``.  A
   framing that breaks in the middle of a read would otherwise take the good part of the read with it.
4. An end or a failure comes again when it is asked for again, and the stream is not read after it.  What
   the stream has then belongs to nobody, and is to be found there by rule 1.
5. Closing does not wait for the other side, and does not depend on the caller's being cancelled or not.
   Otherwise leaving a block would hang on a server that says nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from typing import Any, Final

import trio

from .._errors import ConnectionLost, LionprideError
from ._alarms import Alarm
from ._asking import Asking
from ._framing import Framing, Unsized
from ._head import Head
from ._reading import receive
from ._request import Origin, Request
from ._socket import NowaitStream

END_SECONDS: Final = 0.05
"""How long the end of the HTTP framing is waited for when the answer itself is whole."""


class ConnectionState(enum.Enum):
    """The step that a connection has reached; while it holds bytes of the body, the step after them."""

    ASKING = "asking"
    """The request is on its way, or the head of its answer."""
    READING = "reading"
    """More of the body may come."""
    ENDED = "ended"
    """The body has ended."""
    FAILED = "failed"
    """A failure, for good."""
    CLOSED = "closed"
    """Nothing: the stream was closed, or given back."""


# A read compares a few times, and asking the class for a member takes 0.15 µs (Python 3.11).
_ASKING, _READING, _ENDED, _FAILED, _CLOSED = ConnectionState


class Connection:
    """One request and its answer over *stream*.  Its owner closes it.

    *release* is given the stream back when it may serve again.
    """

    # A thousand idle replies have one each: a dict for each took 4 % of their memory.
    __slots__ = (
        "_framing",
        "_held",
        "_may_go_on",
        "_origin",
        "_release",
        "_stream",
        "answered",
        "failure",
        "sent_at",
        "state",
    )

    def __init__(
        self, stream: NowaitStream, origin: Origin, release: Callable[[Origin, NowaitStream], Any]
    ) -> None:
        self._stream = stream
        self._origin = origin
        self._release = release
        self._framing: Framing = Unsized()
        self._held = b""
        self._may_go_on = False
        self.state: ConnectionState = _ASKING
        self.failure: LionprideError | None = None
        """The failure that follows the bytes before it, where the state is FAILED."""
        self.answered = False
        """A byte of an answer came."""
        self.sent_at = 0.0
        """When the request had been sent."""

    async def ask(self, request: Request) -> Head:
        """Send *request* and wait for the head of its answer; when that fails, close the stream.

        An answer that refuses the request while it is being sent ends the sending.

        :raises ConnectionLost: the connection ended or broke.
        :raises HTTPProtocolError: what came is no HTTP, or its head is too long.
        :raises StreamTimeout: one of the clocks of *request* ran out.
        """
        asking = Asking(self._stream)
        try:
            head = await asking.ask(request)
        except BaseException:
            self.answered = asking.machine.answered
            await self.aclose(understood=False)  # which is shielded, and does not wait
            raise
        machine = asking.machine
        assert machine.framing is not None, "the head is whole"
        self.answered = True
        self.sent_at = asking.sent_at
        # After half a request the server would read the next one as the rest of it.
        self._may_go_on = asking.sent_whole and machine.keeps_connection
        self._framing = machine.framing
        self.state = _READING
        self._take(machine.rest)
        return head

    def receive_nowait(self) -> bytes | None:
        """Return the bytes of the body that are there: ``b""`` at its end, None where nothing is there yet.

        :raises LionprideError: `failure`, once what came before it was given.
        :raises trio.ClosedResourceError: the connection was closed.
        """
        while not self._held and self.state is _READING:
            try:
                received = self._stream.receive_nowait()
            except trio.BrokenResourceError as error:
                failure = ConnectionLost("the connection broke")
                failure.__cause__ = error
                self._fail(failure)
                break
            if received is None:
                return None
            if received:
                self._take(received)
            else:
                self._take_end()
        if self._held:
            data, self._held = self._held, b""
            return data
        if self.failure is not None:
            raise self.failure
        if self.state is _CLOSED:
            raise trio.ClosedResourceError("this body was closed")
        return b""

    def wait_readable(self) -> Awaitable[None]:
        """Wait for the stream, since `receive_nowait` leaves nothing here that it could give."""
        return self._stream.wait_readable()

    def wake(self) -> None:
        """Wake who waits for the stream."""
        self._stream.wake()

    async def wait_end(self, alarm: Alarm | None = None) -> None:
        """Read what is left of a body whose answer is whole, for a moment and a little at most.

        The end of the framing often comes apart from the last bytes, and without it the stream
        could not serve again.
        """
        try:
            if self.receive_nowait() == b"":
                return
            await receive(self, trio.current_time() + END_SECONDS, alarm, looked=True)
            self.receive_nowait()
        except (LionprideError, trio.TooSlowError, trio.ClosedResourceError):
            return  # the stream will be closed, and the answer is whole

    def abort_nowait(self) -> None:
        """Close the stream under whoever waits in it."""
        self._stream.close_nowait()

    async def aclose(self, *, understood: bool) -> None:
        """Close the stream, or give it back.  Does not wait.  Safe twice.

        It is given back where all of the body was taken, and the reader *understood* it.
        """
        if self.state is _CLOSED:
            return
        clean = understood and self._leaves_stream_clean
        self.state = _CLOSED
        self.failure = None
        self._held = b""
        if clean:
            self._release(self._origin, self._stream)
        else:
            with trio.CancelScope(shield=True):
                await self._stream.aclose()

    @property
    def _leaves_stream_clean(self) -> bool:
        """Nothing of this exchange is left: not here, not in the stream, not on its way."""
        taken = self.state is _ENDED and not self._held
        # With bytes behind its end the answer did not end where the server thinks that it did.
        exactly = not self._framing.rest and not self._framing.ends_with_connection
        return taken and exactly and self._may_go_on and self._stream.has_no_unread_bytes

    def _take(self, received: bytes) -> None:
        framing = self._framing
        self._held += framing.feed(received)
        if framing.failure is not None:
            self._fail(framing.failure)
        elif framing.ended:
            self.state = _ENDED

    def _take_end(self) -> None:
        if self._framing.ends_with_connection:
            self.state = _ENDED
        else:
            self._fail(ConnectionLost("the connection ended inside the answer"))

    def _fail(self, failure: LionprideError) -> None:
        self.failure = failure
        self.state = _FAILED

    def __repr__(self) -> str:
        held = f", {len(self._held)} bytes ready" if self._held else ""
        return f"<Connection {self.state.value}, to {self._origin}{held}>"
