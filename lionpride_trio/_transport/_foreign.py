"""Calls by a client of the user's: httpx's, httpx2's, or any other with their interface."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final, Protocol

import trio

from .._channels._nursery import open_pump_nursery
from .._errors import ConfigurationError, StreamTimeout
from ._exchange import Exchange, Transport
from ._failures import translated, without_request
from ._pump import DirectBody, PumpedBody, ReadBody
from ._reading import Body
from ._request import CLOSE_SECONDS, Request

if TYPE_CHECKING:
    from ._connection import Connection
    from ._httpx_transport import ConnectionStream

OWN_STREAM: Final = "lionpride_trio.stream"
"""The extension of an answer that has the stream of an `HTTPTransport`."""
ONCE: Final = "lionpride_trio.once"
"""The extension of a request that must not be sent a second time."""


class HTTPClient(Protocol):
    """The members of a client that are used: ``httpx.AsyncClient`` and ``httpx2.AsyncClient`` have them.

    Of a response, ``status_code``, ``headers``, ``aiter_raw`` and ``aclose`` are used.
    """

    @property
    def stream(self) -> Callable[..., AbstractAsyncContextManager[Any]]:
        """A method that sends a request; its block's value is the response with its body unread."""
        ...  # no method here, for no two clients name the same options

    async def aclose(self) -> None:
        """Close all connections."""
        ...


def as_transport(client: HTTPClient | Transport) -> Transport:
    """Return *client* if it makes exchanges itself, as the library's own does; else an adapter over it.

    This is asked once, where a client comes in.  Nobody who holds a `Transport` has to know.
    """
    return client if isinstance(client, Transport) else ForeignClient(client)


class ForeignClient:
    """Makes exchanges by a client of the user's, which stays the user's to close.

    Such a client does not tell when it has sent a request, so that the time to answer (``wait``)
    begins with the sending, and ``send_idle`` is not kept.  It does not tell either whether it took
    an idle connection, so that ``once`` is kept by `HTTPTransport` alone.
    """

    def __init__(self, client: HTTPClient) -> None:
        self._client = client
        # A client of another library may not know the option.
        self._takes_extensions = any(
            kind.__module__.partition(".")[0] == "httpx" for kind in type(client).__mro__
        )

    @asynccontextmanager
    async def open_exchange(self, request: Request) -> AsyncGenerator[Exchange]:
        """As `Transport.open_exchange`.

        Opens a nursery, in which a task reads ahead, but not for an answer that is read in one go, nor
        where the client's transport is an `HTTPTransport`.
        """
        if getattr(self._client, "is_closed", False) is True:
            raise ConfigurationError(
                "the client passed as http_client= was closed: make calls inside its block, or call"
                " aclose() after the last one"
            )
        began = trio.current_time()
        block = self._client.stream(request.method, request.url, **self._options(request))
        response = await _enter(block, request.wait)
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            own = _own_connection(response)
            if own is None and getattr(response, "is_stream_consumed", False):
                # A hook or an auth has read it, and its client has decompressed it then.
                headers.pop("content-encoding", None)
            body = own or _body(response, request)
            exchange = Exchange(
                response.status_code, headers, body, sent_at=own.sent_at if own else began
            )
            pump = body.pump if isinstance(body, PumpedBody) else None
            async with nullcontext() if pump is None else open_pump_nursery() as nursery:
                if nursery is not None and pump is not None:
                    nursery.start_soon(pump)
                try:
                    yield exchange
                    if own is not None and exchange.understood:
                        await own.wait_end(exchange.alarm)
                finally:
                    await exchange.aclose()
        finally:
            with trio.move_on_after(CLOSE_SECONDS, shield=True):
                await response.aclose()
                await block.__aexit__(None, None, None)

    def _options(self, request: Request) -> dict[str, Any]:
        """The options of ``stream``.  Whether redirects are followed is left to the client."""
        options: dict[str, Any] = {
            "content": request.body,
            "headers": request.headers,
            "timeout": (request.connect, None, None, None),
        }
        if request.once and self._takes_extensions:
            options["extensions"] = {ONCE: True}
        return options

    def __repr__(self) -> str:
        return f"<ForeignClient over {type(self._client).__module__}.{type(self._client).__name__}>"


def _body(response: Any, request: Request) -> Body:
    if getattr(response, "is_stream_consumed", False):
        try:
            return ReadBody(response.content)
        except Exception as error:
            raise translated(error) from error
    return DirectBody(response) if request.read_whole else PumpedBody(response)


def _own_connection(response: Any) -> Connection | None:
    """The connection of an answer that came by an `HTTPTransport`, if its body may be read from there.

    It may not where a transport of the user's has put a stream of its own around ours, which would
    see nothing of the body then, or where a hook has begun to read.
    """
    own: ConnectionStream | None = getattr(response, "extensions", {}).get(OWN_STREAM)
    if own is None or response.is_stream_consumed or response.is_closed:
        return None
    # httpx puts one stream around each transport's, to count the time of the answer.
    outer = response.stream
    return own.connection if own in {outer, getattr(outer, "_stream", None)} else None


async def _enter(block: AbstractAsyncContextManager[Any], wait: float) -> Any:
    """Enter a request's block: return the response, whose head must come within *wait* seconds."""
    with trio.move_on_after(wait):
        try:
            return await block.__aenter__()
        except Exception as error:
            raise translated(error) from without_request(error)
    raise StreamTimeout(f"no answer within {wait:g} s", clock="first_content")
