"""Calls by a client of the user's: httpx's, httpx2's, or any other with their interface."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import trio

from .._channels._nursery import open_pump_nursery
from .._errors import StreamTimeout
from ._exchange import CLOSE_SECONDS, Exchange, Transport
from ._failures import translated, without_request
from ._pump import PumpedBody
from ._request import Request


class HTTPClient(Protocol):
    """The members of a client that are used: ``httpx.AsyncClient`` and ``httpx2.AsyncClient`` have them.

    Of a response, ``status_code``, ``headers``, ``aiter_raw`` and ``aclose`` are used.
    """

    def stream(self, method: str, url: str, **options: Any) -> AbstractAsyncContextManager[Any]:
        """Send a request; the value is the response with its body unread."""
        ...

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
    an idle connection, so that ``once`` is not kept.
    """

    def __init__(self, client: HTTPClient) -> None:
        self._client = client

    @asynccontextmanager
    async def open_exchange(self, request: Request) -> AsyncGenerator[Exchange]:
        """As `Transport.open_exchange`.  Opens a nursery, in which a task reads one piece ahead."""
        began = trio.current_time()
        block = self._client.stream(
            request.method,
            request.url,
            content=request.body,
            headers=request.headers,
            timeout=(request.connect, None, None, None),
            follow_redirects=False,
        )
        response = await _enter(block, request.wait)
        try:
            body = PumpedBody(response)
            async with open_pump_nursery() as nursery:
                nursery.start_soon(body.pump)
                headers = {name.lower(): value for name, value in response.headers.items()}
                exchange = Exchange(response.status_code, headers, body, sent_at=began)
                try:
                    yield exchange
                finally:
                    await exchange.aclose()
        finally:
            with trio.move_on_after(CLOSE_SECONDS, shield=True):
                await response.aclose()
                await block.__aexit__(None, None, None)

    def __repr__(self) -> str:
        return f"<ForeignClient over {type(self._client).__module__}.{type(self._client).__name__}>"


async def _enter(block: AbstractAsyncContextManager[Any], wait: float) -> Any:
    """Enter a request's block: return the response, whose head must come within *wait* seconds."""
    with trio.move_on_after(wait):
        try:
            return await block.__aenter__()
        except Exception as error:
            raise translated(error) from without_request(error)
    raise StreamTimeout(f"no answer within {wait:g} s", clock="first_content")
