"""A reply over HTTP, piece after piece in its own time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import trio
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from ._directives import Fault

_PIECES_AT_ONCE: Final = 16
"""Pieces in one write when no rate is set: still a stream, at a fraction of the cost."""


class PacedBody:
    """The body of an answer, as an async iterator of bytes.

    A class and no generator: one that was cancelled half-way would be left to the garbage collector.
    """

    def __init__(
        self,
        frames: Iterator[tuple[bytes, bool]],
        *,
        rate: float | None,
        fault: Fault | None,
        drop: Callable[[], None],
    ) -> None:
        self._frames = frames
        self._interval = 0.0 if rate is None else 1 / rate
        self._held: bytes | None = None
        self._fault = fault
        self._drop = drop
        self._due = trio.current_time()
        self.sent = False

    def __aiter__(self) -> PacedBody:
        return self

    async def __anext__(self) -> bytes:
        body = self._collect() if self._held is None else b""
        while not body and self._held is not None:
            # By the clock, not by a pause: what sending costs is made up for.
            self._due += self._interval
            await trio.sleep_until(self._due)
            body, self._held = self._held, None
            body += self._collect()
        return body or await self._end()

    def _collect(self) -> bytes:
        """Return the bytes that can be sent now; a piece that the rate holds back is held."""
        body = b""
        pieces = 0
        for frame, is_piece in self._frames:
            if is_piece and self._interval:
                self._held = frame
                break
            body += frame
            pieces += is_piece
            if body and pieces >= _PIECES_AT_ONCE:
                break
        return body

    async def _end(self) -> bytes:
        if self._fault == "drop":
            self._drop()
        if self._fault in {"drop", "stall"}:
            await trio.sleep_forever()
        self.sent = True
        raise StopAsyncIteration


class PacedResponse(StreamingResponse):
    """An answer that ends early when its client goes; *ended* is told whether it was sent whole."""

    def __init__(
        self,
        body: PacedBody,
        *,
        media_type: str,
        headers: dict[str, str],
        started: Callable[[], None],
        ended: Callable[[bool], None],
    ) -> None:
        super().__init__(body, media_type=None, headers={"content-type": media_type, **headers})
        self._body = body
        self._started = started
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._started()
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended(self._body.sent)
