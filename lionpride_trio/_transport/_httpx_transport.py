"""The connections of this library below a client of httpx's.

Goals.  Whoever has an `httpx.AsyncClient` for its hooks, auth, cookies, mounts or redirects keeps all of
them, and gets connections that keep the promises of `_connection`.  A model that is given such a client
reads bodies from the connection itself: httpx's generators, and the task that they need (`_pump`), are
left out.

Strategy.  httpx asks a transport for one answer at a time, with the body as an iterator.  That iterator
has the connection, and stands in the answer's extensions too, under `OWN_STREAM`: httpx puts other
iterators around it, and there `_foreign` finds it.

This module is loaded when the class is first asked for, since only then httpx has to be there.
"""

from __future__ import annotations

import math
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from typing import Any, Final, cast

import httpx
import trio

from .._channels._entrance import check_on_trio
from .._errors import (
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    LionprideError,
    LocalProtocolError,
    StreamTimeout,
)
from ._client import Client
from ._connection import Connection
from ._foreign import ONCE, OWN_STREAM
from ._reading import receive
from ._request import CLOSE_SECONDS, Request
from ._route import refuse_servers

_TIMEOUTS: Final = {
    "connect": httpx.ConnectTimeout,
    "byte_idle": httpx.WriteTimeout,
    "first_content": httpx.ReadTimeout,
}
"""httpx's class for each clock of a request."""
_SERVER_NAME: Final = re.compile(r"[^\s\x00.][^\s\x00]*")


class HTTPTransport(httpx.AsyncBaseTransport):
    """The library's own connections, as a transport of httpx: ``httpx.AsyncClient(transport=HTTPTransport())``.

    The client keeps its hooks, auth, cookies, mounts and redirects.  A model that has it as its
    ``http_client=`` reads its answers at the cost of the library's own client.  Anybody else may use it
    as any client of httpx's on trio: the exceptions are httpx's, and so are the timeouts, but that no
    pool is waited for, since connections are not limited in number.

    A connection serves again only when its answer was read to its end, and nothing came after that.  A
    request that is sent as an iterator always gets a connection of its own.  HTTP/1.1 alone is spoken,
    and no variable of the environment is read.

    *ssl_context* says who is trusted, and has certificates of the client's where a server asks for
    them; *verify* is another name for it.  Without one, certifi's store is.  `aclose` closes the idle
    connections, as leaving the client's block does.

    :raises ConfigurationError: both are given, or *verify* is neither True nor a context.
    """

    def __init__(
        self, *, ssl_context: ssl.SSLContext | None = None, verify: ssl.SSLContext | bool = True
    ) -> None:
        self._client = Client(ssl_context=_context(ssl_context, verify=verify))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request*, and wait for the head of its answer.

        :raises httpx.TransportError: one of its classes.
        """
        check_on_trio()
        if not isinstance(cast(object, request), httpx.Request):
            raise ConfigurationError(
                f"HTTPTransport is a transport of httpx.AsyncClient, and {type(request).__module__}"
                " is another library: write httpx.AsyncClient(transport=HTTPTransport())"
            )
        if request.url.scheme not in {"http", "https"}:
            raise httpx.UnsupportedProtocol(
                f"a URL must begin with http:// or https://, not {request.url.scheme!r:.40}"
            )
        clocks = {
            name: math.inf if seconds is None else seconds
            for name, seconds in request.extensions.get("timeout", {}).items()
        }
        read = clocks.get("read", math.inf)
        server_name = _server_name(request)
        body, pieces = _body(request)
        try:
            head, connection = await self._client.ask(
                Request(
                    method=request.method,
                    url=str(request.url),
                    header_lines=request.headers.raw,
                    body=body,
                    body_pieces=pieces,
                    server_name=server_name,
                    connect=clocks.get("connect", math.inf),
                    send_idle=clocks.get("write", math.inf),
                    wait=read,
                    once=pieces is not None or ONCE in request.extensions,
                )
            )
        except LionprideError as error:
            raise _as_httpx(error) from error
        finally:
            await _close_maker(pieces)
        stream = ConnectionStream(connection, read)
        return httpx.Response(
            head.status,
            headers=list(head.header_lines),
            stream=stream,
            extensions={
                "http_version": head.version,
                "reason_phrase": head.reason,
                OWN_STREAM: stream,
            },
        )

    async def aclose(self) -> None:
        """Close the idle connections; what is in use closes with its answer."""
        await self._client.aclose()

    def __repr__(self) -> str:
        return f"<HTTPTransport over {self._client!r}>"


class ConnectionStream(httpx.AsyncByteStream):
    """The body of an answer as httpx reads it, with at most *seconds* for each read."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        self.connection = connection
        self._seconds = seconds

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            piece = await receive(self.connection, trio.current_time() + self._seconds)
        except trio.TooSlowError as error:
            raise httpx.ReadTimeout(f"nothing came for {self._seconds:g} s") from error
        except trio.ClosedResourceError as error:
            raise httpx.StreamClosed from error
        except LionprideError as error:
            raise _as_httpx(error) from error
        if not piece:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Close the connection, or give it back when the body was read to its end."""
        await self.connection.aclose(understood=True)


def _context(
    ssl_context: ssl.SSLContext | None, *, verify: ssl.SSLContext | bool
) -> ssl.SSLContext | None:
    if not isinstance(cast(object, ssl_context), ssl.SSLContext | None):
        raise ConfigurationError(
            f"ssl_context= takes an ssl.SSLContext, not {type(ssl_context).__name__}"
        )
    for option, context in (("ssl_context", ssl_context), ("verify", verify)):
        if isinstance(context, ssl.SSLContext):
            refuse_servers(option, context)
    if verify is True:
        return ssl_context
    if not isinstance(verify, ssl.SSLContext):
        raise ConfigurationError(
            "verify= takes an ssl.SSLContext: to trust an authority of your own, write"
            f" ssl_context=ssl.create_default_context(cafile=…) in the place of {verify!r:.100}"
        )
    if ssl_context is not None:
        raise ConfigurationError("verify= and ssl_context= are the same: give one of them")
    return verify


def _server_name(request: httpx.Request) -> str:
    """The name that TLS is to ask for, where the extension ``sni_hostname`` of *request* gives one."""
    name: object = request.extensions.get("sni_hostname")
    if name is None or request.url.scheme != "https":
        return ""
    try:
        if isinstance(name, str) and _SERVER_NAME.fullmatch(name) and name.encode("idna"):
            return name
    except UnicodeError:
        pass
    raise ConfigurationError(
        f"the extension sni_hostname takes the name of a host, such as 'api.example', not {name!r:.100}"
    )


def _body(request: httpx.Request) -> tuple[bytes, AsyncIterable[bytes] | None]:
    """The body of *request*, or what makes it."""
    stream: Any = request.stream
    if isinstance(stream, httpx.ByteStream):
        return b"".join(stream), None
    return b"", stream


async def _close_maker(pieces: Any) -> None:
    """Close the generator of the user's that httpx has put one of its own around.

    Closing that one, which `_asking` does, leaves the other to the garbage collector.
    """
    maker = getattr(pieces, "_stream", None)
    if isinstance(maker, AsyncGenerator):
        with trio.move_on_after(CLOSE_SECONDS, shield=True):
            await cast(AsyncGenerator[bytes], maker).aclose()


def _as_httpx(error: LionprideError) -> httpx.TransportError:
    """Return *error* as httpx's own transport would raise it; `_failures` finds it behind that again."""
    text = str(error)
    if isinstance(error, StreamTimeout):
        return _TIMEOUTS[str(error.clock)](text)
    if isinstance(error, ConnectionFailed):
        return httpx.ConnectError(text)
    if isinstance(error, LocalProtocolError):
        return httpx.LocalProtocolError(text)
    if isinstance(error, ConnectionLost) and isinstance(error.__cause__, trio.BrokenResourceError):
        return httpx.ReadError(text)
    return httpx.RemoteProtocolError(text)
