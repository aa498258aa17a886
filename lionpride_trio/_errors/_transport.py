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
