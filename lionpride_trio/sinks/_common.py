"""Parts that all sinks share: opening a readable, the text and the JSON of an item, failures by name."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, TypeAlias, TypeVar

import trio

from .._channels._channel import Channel
from .._channels._entrance import check_on_trio
from .._channels._generator import ForeignChannel
from .._channels._source import Source
from .._chunks import Chunk
from .._errors import SinkError
from .._safe_text import shorten

T = TypeVar("T")
R = TypeVar("R")

Readable: TypeAlias = Source[T] | trio.abc.ReceiveChannel[T]
"""The argument of a sink: an open channel, which it leaves open, or a source, which it opens."""

Sink: TypeAlias = Callable[[Readable[Any]], Awaitable[R]]
"""An async function that reads a channel or a source to its end and returns a result."""


@asynccontextmanager
async def opened(readable: Readable[T]) -> AsyncGenerator[Channel[T]]:
    """*readable* as an open channel."""
    check_on_trio()
    if isinstance(readable, Source):
        async with readable as channel:
            yield channel
    elif isinstance(readable, Channel):
        yield readable
    elif isinstance(readable, trio.abc.ReceiveChannel):
        yield ForeignChannel(readable)
    else:
        raise TypeError(f"a sink reads a channel or a source, not {readable!r}")


def text_in(items: Iterable[Any], index: int = 0) -> str:
    """The text of *items*; of chunks, only those of alternative *index* count."""
    return "".join([
        (item.data if item.index == index else "") if isinstance(item, Chunk) else str(item)
        for item in items
    ])


SHOWN: Final = 80
"""Characters of an item that an error quotes."""


def json_text(item: Any, sink: str, *, default: Callable[[Any], Any] | None = None) -> str:
    """*item* as JSON on one line, which `JSON.parse` takes and UTF-8 can encode.

    :raises TypeError: *item* holds what is no JSON value.
    :raises ValueError: it holds NaN or an infinity, holds itself, or is nested too deeply.
    """
    try:
        return json.dumps(item, ensure_ascii=False, allow_nan=False, default=default)
    except (TypeError, ValueError, RecursionError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{sink} writes JSON, and cannot write {shown(item)}: {error}") from error


def shown(item: object) -> str:
    """The beginning of *item*'s repr."""
    return shorten(repr(item), SHOWN)


@contextmanager
def failing_as(sink: str, errors: tuple[type[Exception], ...] = (OSError,)) -> Generator[None]:
    """A block in which one of *errors*, those of the operating system, becomes a `SinkError` that names *sink*."""
    try:
        yield
    except errors as error:
        raise SinkError(f"{sink}: {error}", sink=sink) from error
