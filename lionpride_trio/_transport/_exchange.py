"""One request and its answer, as long as a block."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Final, Protocol

import trio

from .._channels._nursery import open_pump_nursery
from .._errors import StreamTimeout
from ._client import BODY, HTTPClient
from ._failures import translated, without_request
from ._inflate import InflatedBody, encoding_of
from ._pump import PumpedBody

if TYPE_CHECKING:
    from ._connection import Body

CLOSE_SECONDS: Final = 1.0
"""How long a client may take to close a connection when the caller is already cancelled."""


class _Body(Protocol):
    def receive_nowait(self) -> bytes | None: ...
    async def receive_some(self) -> bytes: ...
    async def wait_end(self) -> None: ...
    async def aclose(self) -> None: ...


class Exchange:
    """One request and its answer.  Closed by `open_exchange`, whose block it lives in."""

    def __init__(self, response: Any, body: _Body) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = {
            name.lower(): value for name, value in response.headers.items()
        }
        encoding = encoding_of(self.headers.get("content-encoding", ""))
        self._body: _Body = InflatedBody(body, encoding) if encoding else body
        self.complete = False
        """Set it when all that matters of the body was read: the connection may serve again."""

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
        """Close the connection, or give it back when its body was read to the end.

        Within a second, even when the caller is cancelled.  Safe twice.
        """
        with trio.move_on_after(CLOSE_SECONDS, shield=True):
            await self._body.aclose()


@asynccontextmanager
async def open_exchange(
    client: HTTPClient,
    url: str,
    *,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    connect: float,
    wait: float,
) -> AsyncGenerator[Exchange]:
    """Send a request and wait at most *wait* seconds for the answer's head.

    The block owns the connection: leaving it closes it, or gives it back when the answer ended
    exactly, within a second even when the caller is cancelled.  With a client that is not ours it
    opens a nursery, in which a task reads one piece ahead; the block's own exception comes out as it
    is.

    :raises TransportError: one of its classes.
    """
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
    response: Any = None
    with trio.move_on_after(wait):
        try:
            response = await context.__aenter__()
        except Exception as error:
            raise translated(error) from without_request(error)
    if response is None:
        raise StreamTimeout(f"no answer within {wait:g} s", clock="first_content")
    ours: Body | None = getattr(response, "extensions", {}).get(BODY)
    try:
        async with _pumped(response) if ours is None else nullcontext(ours) as reader:
            exchange = Exchange(response, reader)
            try:
                yield exchange
                if exchange.complete:
                    await reader.wait_end()
            finally:
                await exchange.aclose()
    finally:
        if ours is None:
            with trio.move_on_after(CLOSE_SECONDS, shield=True):
                await response.aclose()
                await context.__aexit__(None, None, None)
        else:
            await ours.aclose()  # which does not wait, and was done but for a failure above


@asynccontextmanager
async def _pumped(response: Any) -> AsyncGenerator[PumpedBody]:
    """The body of a response that is not of our own client, read by a task."""
    body = PumpedBody(response)
    async with open_pump_nursery() as nursery:
        nursery.start_soon(body.pump)
        yield body
