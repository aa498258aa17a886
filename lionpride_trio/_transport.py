"""HTTP: one request, and its body as bytes.  The only module that imports httpx.

Of a client only ``stream()`` is used, and of its response ``status_code``, ``headers``,
``aiter_raw`` and ``aclose``: an ``httpx2.AsyncClient`` fits as well.  No redirect is followed, no
text is decoded here, and the connection of a body that was left early is closed.
"""

from __future__ import annotations

import functools
import json
import ssl
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol, cast

import httpx
import trio

from ._errors import (
    ConnectionFailed,
    ConnectionLost,
    HTTPProtocolError,
    LionprideError,
    StreamTimeout,
    TransportError,
)

CLOSE_SECONDS: Final = 1.0
"""How long closing a connection may take when the caller is already cancelled."""


class HTTPResponse(Protocol):
    """What is needed of a client's response."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names are looked up in any case."""
        ...

    def aiter_raw(self) -> Any:
        """The body as it came, an async iterator of bytes."""
        ...

    async def aclose(self) -> None:
        """Close the connection or give it back."""
        ...


class HTTPClient(Protocol):
    """What is needed of a client."""

    def stream(self, method: str, url: str, **options: Any) -> AbstractAsyncContextManager[Any]:
        """Send a request; the value is the response with its body unread."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


@functools.cache
def _tls() -> ssl.SSLContext:
    # Loading the certificate store takes 40 to 260 ms: once in a process.
    return httpx.create_ssl_context()


def open_client() -> HTTPClient:
    """A client without limits of its own, to be closed by the caller.

    The environment's proxies are not asked: a hostile one would see every prompt.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    return cast(HTTPClient, httpx.AsyncClient(verify=_tls(), limits=limits, trust_env=False))


class Exchange:
    """One request and its answer.  Closed by the caller, always.

    `receive_some` gives the next piece of the body and ``b""`` at its end.
    """

    def __init__(self, context: AbstractAsyncContextManager[Any], response: Any) -> None:
        self._context = context
        self._response = response
        self._pieces = response.aiter_raw()
        self._closed = False
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = {
            name.lower(): value for name, value in response.headers.items()
        }

    @classmethod
    async def open(
        cls,
        client: HTTPClient,
        url: str,
        *,
        body: Mapping[str, Any],
        headers: Mapping[str, str],
        connect: float,
    ) -> Exchange:
        """Send the request and wait for the answer's head.

        :raises TransportError: one of its classes.
        """
        try:
            context = client.stream(
                "POST",
                url,
                content=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
                headers={
                    "content-type": "application/json",
                    "accept-encoding": "identity",
                    "user-agent": "lionpride_trio",
                    **headers,
                },
                timeout=(connect, None, None, None),
                follow_redirects=False,
            )
            response = await context.__aenter__()
        except Exception as error:
            raise _translated(error) from _without_request(error)
        return cls(context, response)

    async def receive_some(self) -> bytes:
        """The next bytes of the body, ``b""`` at its end."""
        try:
            async for piece in self._pieces:
                if piece:
                    return bytes(piece)
        except Exception as error:
            raise _translated(error) from _without_request(error)
        return b""

    async def aclose(self) -> None:
        """Close the connection, or give it back when the body was read to its end.

        Does not wait longer than a second, even when the caller is cancelled.
        """
        if self._closed:
            return
        self._closed = True
        with trio.move_on_after(CLOSE_SECONDS, shield=True):
            # The response first: its nested generators then end by themselves at the next step
            # instead of being left to the garbage collector.
            await self._response.aclose()
            try:
                async for _ in self._pieces:
                    pass
            except Exception:  # ruff: ignore[try-except-pass] - what a closed body says at its last step is no news
                pass
            await self._context.__aexit__(None, None, None)


def _translated(error: Exception) -> LionprideError:
    """The HTTP library's error as ours, by the name of its class (httpx and httpx2 share them)."""
    names = {parent.__name__ for parent in type(error).__mro__}
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if "ConnectTimeout" in names:
        return StreamTimeout("no connection in time", clock="connect")
    if "ConnectError" in names or "ProxyError" in names:
        return ConnectionFailed(text)
    if "LocalProtocolError" in names or "RemoteProtocolError" in names:
        lost = "RemoteProtocolError" in names and ("disconnect" in text or "peer closed" in text)
        return ConnectionLost(text) if lost else HTTPProtocolError(text)
    if "NetworkError" in names or isinstance(error, OSError | trio.BrokenResourceError):
        return ConnectionLost(text)
    if "TransportError" in names:
        return TransportError(text)
    raise error


def _without_request(error: Exception) -> Exception:
    """*error* without the request that hangs on it, whose headers have the key."""
    if "_request" in error.__dict__:
        error.__dict__["_request"] = None
    return error
