"""One request and its answer, as long as a block."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

import trio

from .._channels._nursery import open_pump_nursery
from .._errors import ConfigurationError, StreamTimeout
from ._client import Answer, Client, HTTPClient
from ._failures import translated, without_request
from ._inflate import InflatedBody, encoding_of
from ._pump import PumpedBody

if TYPE_CHECKING:
    from ._connection import Body

T = TypeVar("T")

CLOSE_SECONDS: Final = 1.0
"""How long a client may take to close a connection when the caller is already cancelled."""


class _Body(Protocol):
    def receive_nowait(self) -> bytes | None: ...
    async def receive_some(self) -> bytes: ...
    async def wait_end(self) -> None: ...
    async def aclose(self, *, understood: bool = True) -> None: ...


class Exchange:
    """One request and its answer.  Closed by `open_exchange`, whose block it lives in."""

    def __init__(self, response: Any, body: _Body, sent_at: float) -> None:
        self.status: int = response.status_code
        self.sent_at = sent_at
        """When the request had been sent; with a client that is not ours, when that began."""
        self.headers: Mapping[str, str] = {
            name.lower(): value for name, value in response.headers.items()
        }
        encoding = encoding_of(self.headers.get("content-encoding", ""))
        self._body: _Body = InflatedBody(body, encoding) if encoding else body
        self.complete = False
        """Set it when the answer was understood and is whole: the connection may serve again.

        An answer that was left, refused, cancelled or not understood closes it, whatever had come.
        """

    def receive_nowait(self) -> bytes | None:
        """As `receive_some`, but None where that would wait.  No checkpoint."""
        return self._body.receive_nowait()

    async def receive_some(self) -> bytes:
        """The next bytes of the body, ``b""`` at its end.

        Always a checkpoint.  Cancelling it loses nothing; it can be asked again.

        :raises TransportError: one of its classes, after the bytes before it.
        :raises StreamError: the body is compressed in a way that cannot be read.
        """
        return await self._body.receive_some()

    async def aclose(self) -> None:
        """Close the connection, or give it back when the answer is `complete` and was read to its end.

        Within a second, even when the caller is cancelled.  Safe twice.
        """
        with trio.move_on_after(CLOSE_SECONDS, shield=True):
            await self._body.aclose(understood=self.complete)


def open_exchange(
    client: HTTPClient,
    url: str,
    *,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    connect: float,
    send_idle: float,
    wait: float,
    once: bool = False,
) -> AbstractAsyncContextManager[Exchange]:
    """Send a request and wait for the answer's head.

    With *once* our own client takes a fresh connection, for one that was idle may have to be
    replaced while nobody knows whether the server has read the request.
    *wait* are the seconds from the end of the request to the head; *send_idle* those in which some
    of the request must leave.  With a client that is not ours nothing tells when the request was
    sent, and *wait* begins with it.

    The block owns the connection: leaving it closes it, or gives it back when the answer ended
    exactly, within a second even when the caller is cancelled.  With a client that is not ours it
    opens a nursery, in which a task reads one piece ahead; the block's own exception comes out as it
    is.

    :raises TransportError: one of its classes.
    :raises ConfigurationError: JSON cannot say *body*.
    """
    own = isinstance(client, Client)
    options = {"once": True} if own and once else {}
    request = client.stream(
        "POST",
        url,
        content=_encoded(body),
        headers={
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": "lionpride_trio",
            **headers,
        },
        timeout=(connect, wait, send_idle, None) if own else (connect, None, None, None),
        follow_redirects=False,
        **options,
    )
    return _Own(request) if own else _foreign(request, wait)


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"the request cannot be written as JSON: {error}") from error
    return text.encode("utf-8", "replace")


class _Own(AbstractAsyncContextManager[Exchange]):
    """An exchange by our own client, whose connection is all that there is to close."""

    _body: Body
    _exchange: Exchange

    def __init__(self, request: AbstractAsyncContextManager[Answer]) -> None:
        self._request: AbstractAsyncContextManager[Answer] | None = request

    async def __aenter__(self) -> Exchange:
        assert self._request is not None, "it is entered once"
        answer = await self._request.__aenter__()
        self._request = None  # what was sent is held no longer
        self._body = answer.body
        self._exchange = Exchange(answer, self._body, answer.sent_at)
        return self._exchange

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if exc is None and self._exchange.complete:
                await self._body.wait_end()
        finally:
            await self._exchange.aclose()


@asynccontextmanager
async def _foreign(
    request: AbstractAsyncContextManager[Any], wait: float
) -> AsyncGenerator[Exchange]:
    """An exchange by another client, which is asked for its body by a task."""
    began = trio.current_time()
    response = await _answered(request, wait)
    try:
        body = PumpedBody(response)
        async with open_pump_nursery() as nursery:
            nursery.start_soon(body.pump)
            exchange = Exchange(response, body, began)
            try:
                yield exchange
                if exchange.complete:
                    await body.wait_end()
            finally:
                await exchange.aclose()
    finally:
        with trio.move_on_after(CLOSE_SECONDS, shield=True):
            await response.aclose()
            await request.__aexit__(None, None, None)


async def _answered(request: AbstractAsyncContextManager[T], wait: float) -> T:
    """The response, which must have begun within *wait* seconds."""
    with trio.move_on_after(wait):
        try:
            return await request.__aenter__()
        except Exception as error:
            raise translated(error) from without_request(error)
    raise StreamTimeout(f"no answer within {wait:g} s", clock="first_content")
