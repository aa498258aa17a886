"""Responses as those see them who know httpx's: a head, and a raw body that is iterated.

A recorder stands on any client by this face, and so on ours.  Answers that no network brings, which are
replayed or scripted, have it too.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import trio

from ._reading import receive

if TYPE_CHECKING:
    from ._connection import Connection
    from ._head import Head


@asynccontextmanager
async def open_response(
    ask: Callable[[], Awaitable[tuple[Head, Connection]]],
) -> AsyncGenerator[Response]:
    """The response that *ask* waits for, closed at the end of the block."""
    response = Response(*await ask())
    try:
        yield response
    finally:
        await response.aclose()


class Response:
    """The head of an answer, and its body."""

    def __init__(self, head: Head, connection: Connection) -> None:
        self.status_code = head.status
        self.headers = head.headers
        self._connection = connection

    def aiter_raw(self) -> AsyncIterator[bytes]:
        """The pieces of the body as they come, compressed if they are."""
        return _Pieces(self._connection)

    async def aclose(self) -> None:
        """Close the connection, or give it back when the body was read to its end."""
        await self._connection.aclose(understood=True)

    def __repr__(self) -> str:
        return f"<Response {self.status_code}, by {self._connection!r}>"


class _Pieces(AsyncIterator[bytes]):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def __anext__(self) -> bytes:
        piece = await receive(self._connection)
        if not piece:
            raise StopAsyncIteration
        return piece


class OfflineResponse(AsyncIterator[bytes]):
    """The head of an answer that no network brings, and the iterator of its body.

    A subclass has ``__anext__``, which ends where it finds the response ``closed``.
    """

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status_code = status
        self.headers: Mapping[str, str] = dict(headers)
        self.closed = False

    def aiter_raw(self) -> AsyncIterator[bytes]:
        """The pieces of the body."""
        return self

    async def aclose(self) -> None:
        """Give nothing more."""
        self.closed = True
        await trio.lowlevel.checkpoint()
