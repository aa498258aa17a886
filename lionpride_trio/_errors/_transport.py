"""The network failed."""

from __future__ import annotations

from typing import Any

from ._base import LionprideError


class TransportError(LionprideError):
    """The network failed.  ``__cause__`` is the HTTP library's error."""

    retryable = True


class ConnectionFailed(TransportError):
    """No connection could be made: refused, no such host, TLS failed."""


class ConnectionLost(TransportError):
    """The connection broke: reset, or an end inside the HTTP framing."""


class HTTPProtocolError(TransportError):
    """The bytes of the connection are not HTTP."""


class StreamTimeout(TransportError, TimeoutError):
    """One of the clocks ran out; ``clock`` is its name in `Timeouts`."""

    def __init__(self, message: str = "", *, clock: str, **where: Any) -> None:
        super().__init__(message, **where)
        self.clock = clock


class RedirectRefused(TransportError):
    """The server answered with a redirect.  A prompt and a key never follow one."""

    retryable = False


class WorkerLost(TransportError):
    """The process that ran a source or an operation on another machine died, or cannot be reached any more.

    ``partial`` is what had come of the answer.  Nothing is asked a second time.
    """


class WorkerError(TransportError):
    """Something of a worker could not be sent home: a failure or an item; this is its text."""

    retryable = False
