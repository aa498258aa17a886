"""The body of a page's request, read no further than it may be long."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, Protocol, cast

from starlette.requests import Request


class PageRequest(Protocol):
    """A request as it is read here: starlette's and FastAPI's are one.

    Any other has its body read whole before its size is known, where no ``content-length`` tells it: what
    serves it has to bound it.
    """

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers."""
        ...

    async def body(self) -> bytes:
        """Its whole body."""
        ...


async def read_body(request: PageRequest, max_bytes: int) -> bytes | None:
    """The body of *request*; None where it has more than *max_bytes*, and then the rest is not read.

    Waits for the body.  Whoever reads it again gets it again.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > max_bytes:
        return None
    if isinstance(request, Request):
        body = await _read_pieces(cast(Any, request), max_bytes)
    else:
        body = await request.body()
    return None if body is None or len(body) > max_bytes else body


async def _read_pieces(request: Request, max_bytes: int) -> bytes | None:
    body = bytearray()
    async with aclosing(request.stream()) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > max_bytes:
                return None
    # Where `Request.body` keeps it: starlette has no other way to be told, and refuses to read a stream twice.
    whole = bytes(body)
    setattr(request, "_body", whole)  # ruff: ignore[set-attr-with-constant]
    return whole
