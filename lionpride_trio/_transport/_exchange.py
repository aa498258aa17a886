"""One request and its answer, and the interface of what makes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, runtime_checkable

from ._alarms import Alarm, Watcher
from ._inflate import InflatedBody, encoding_of
from ._reading import Body, receive
from ._request import Request


class Exchange:
    """One request and its answer.  Closed by the block of `Transport.open_exchange`, which it lives in."""

    def __init__(
        self, status: int, headers: Mapping[str, str], body: Body, *, sent_at: float
    ) -> None:
        self.status = status
        self.headers = headers
        """Names are in small letters."""
        self.sent_at = sent_at
        """When the request had been sent; with a client that is not ours, when that began."""
        encoding = encoding_of(headers.get("content-encoding", ""))
        self._body = InflatedBody(body, encoding) if encoding else body
        self.alarm: Alarm | None = None
        """The clock of its reads, if somebody keeps it."""
        self._nothing_there = False  # when the body was last asked
        self._closed = False
        self.understood = False
        """Set it when the answer was understood and is whole: the connection may serve again.

        An answer that was left, refused, cancelled or not understood closes it, whatever had come.
        """

    def receive_nowait(self) -> bytes | None:
        """As `receive`, but None where that would wait.  No checkpoint."""
        data = self._body.receive_nowait()
        self._nothing_there = data is None
        return data

    def keep_time_by(self, watcher: Watcher) -> None:
        """Let *watcher* keep the time of the reads that follow."""
        self.alarm = Alarm(watcher, self._body.wake)

    def new_alarm(self, ring: Callable[[], object]) -> Alarm | None:
        """An alarm that calls *ring*, by whoever keeps the time of the reads; None where nobody does."""
        return None if self.alarm is None else Alarm(self.alarm.watcher, ring)

    def receive(self, due: float = math.inf) -> Coroutine[Any, Any, bytes]:
        """The next bytes of the body, ``b""`` at its end.

        Always a checkpoint.  Cancelling it loses nothing; it can be asked again.  A wait ends at the
        time *due*, by trio's clock.

        :raises TransportError: one of its classes, after the bytes before it.
        :raises StreamError: the body is compressed in a way that cannot be read.
        :raises trio.TooSlowError: nothing had come when it was *due*.
        """
        # Who found nothing a moment ago would look in vain: that is a twentieth of a read that waits.
        looked, self._nothing_there = self._nothing_there, False
        return receive(self._body, due, self.alarm, looked=looked)

    def abort_nowait(self) -> None:
        """Break the connection off; who waits in `receive` gets `trio.ClosedResourceError`.  Does not wait."""
        self._body.abort_nowait()

    async def aclose(self) -> None:
        """Close the connection, or give it back when the answer is `understood` and was read to its end.

        Within a second, even when the caller is cancelled.  Safe twice.
        """
        self._closed = True
        self._nothing_there = False  # a read is to look again, and to find it closed
        if self.alarm is not None:
            self.alarm.close()
        await self._body.aclose(understood=self.understood)

    def __repr__(self) -> str:
        media = self.headers.get("content-type", "without a media type")
        state = "closed" if self._closed else "understood" if self.understood else "open"
        return f"<Exchange {state}, {self.status} {media}, by {self._body!r}>"


@runtime_checkable
class Transport(Protocol):
    """Makes exchanges: the library's own client does, and the adapter over any other."""

    def open_exchange(self, request: Request) -> AbstractAsyncContextManager[Exchange]:
        """Send a request and wait for the answer's head.

        The block owns the connection: leaving it closes it, or gives it back when the answer ended
        exactly, within a second even when the caller is cancelled.  The block's own exception comes
        out as it is.

        :raises TransportError: one of its classes.
        """
        ...
