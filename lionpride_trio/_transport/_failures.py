"""Translates what the network and the HTTP libraries raise into this library's classes."""

from __future__ import annotations

import re
from typing import Final

import trio

from .._errors import (
    ConnectionFailed,
    ConnectionLost,
    DecodeError,
    HTTPProtocolError,
    LionprideError,
    LocalProtocolError,
    RedirectRefused,
    StreamTimeout,
    TransportError,
)
from ._remedies import OWN_AUTHORITY, causes, is_distrust

_REFUSED: Final = re.compile(r"4\d\d ")
"""How the text of httpx's error begins where a proxy has answered so."""
_HTTP2_ENDS: Final = {"StreamReset", "ConnectionTerminated"}
"""The events of HTTP/2 by which a server breaks an answer off, or the connection."""


def translated(error: Exception) -> LionprideError:
    """Return a client's error as ours, by the name of its class (httpx and httpx2 share them).

    :raises Exception: *error* itself, when it is none that a network causes.
    """
    names = {parent.__name__ for parent in type(error).__mro__}
    text = ": ".join(filter(None, [type(error).__name__, _first_text(error)]))
    if isinstance(error, LionprideError):
        return error
    if "TransportError" in names and isinstance(error.__cause__, LionprideError):
        return error.__cause__  # which an `HTTPTransport` has told httpx in httpx's classes
    if "ConnectTimeout" in names:
        return StreamTimeout("no connection in time", clock="connect")
    if "ProxyError" in names:
        # What a proxy refuses, such as a password, it refuses again.
        return ConnectionFailed(text, retryable=not _REFUSED.match(_first_text(error)))
    if "ConnectError" in names:
        return ConnectionFailed(f"{text}: {OWN_AUTHORITY}" if is_distrust(error) else text)
    if "LocalProtocolError" in names or "RemoteProtocolError" in names:
        lost = "RemoteProtocolError" in names and (
            "disconnect" in text or "peer closed" in text or _is_reset(error)
        )
        return ConnectionLost(text) if lost else HTTPProtocolError(text)
    if "NetworkError" in names or isinstance(error, OSError | trio.BrokenResourceError):
        return ConnectionLost(text)
    if "TooManyRedirects" in names:
        return RedirectRefused(
            f"{text}: the client passed as http_client= follows redirects, and they do not end; write the"
            " right address as base_url="
        )
    if "DecodingError" in names:
        return DecodeError(text)  # of a hook or an auth that reads the body
    if "RequestError" in names:
        return TransportError(text)
    if "StreamError" in names:
        return LocalProtocolError(
            "a hook or an auth of the client passed as http_client= has taken the answer's body, or closed"
            " it: let it read the body by `await response.aread()`, or leave it alone"
        )
    raise error


def _is_reset(error: Exception) -> bool:
    """Whether the server broke off by a frame of HTTP/2: httpx's error has the event behind it."""
    return any(
        type(argument).__name__ in _HTTP2_ENDS for one in causes(error) for argument in one.args
    )


def _first_text(error: BaseException) -> str:
    """Return the text of *error*, or of the first error behind it that has one.

    httpx wraps a failure of TLS in errors without a text.
    """
    return next((text for one in causes(error) if (text := str(one))), "")


def without_request(error: Exception) -> Exception | None:
    """Return *error*, to be a cause, without its request: the request's headers have the key."""
    own = error if isinstance(error, LionprideError) else error.__cause__
    if isinstance(own, LionprideError):
        return own.__cause__ if isinstance(own.__cause__, Exception) else None
    if "_request" in error.__dict__:
        error.__dict__["_request"] = None
    return error
