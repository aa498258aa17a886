"""What all sinks share: what they read from, and how their failures are named."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias, TypeVar

import trio

from .._channels._channel import Channel
from .._channels._generator import ForeignChannel
from .._channels._source import Source
from .._channels._text import is_text, text_of
from .._chunks import Chunk
from .._errors import SinkError

T = TypeVar("T")
R = TypeVar("R")

Readable: TypeAlias = Source[T] | trio.abc.ReceiveChannel[T]
"""What a sink reads: an open channel, which it leaves open, or a source, which it opens."""

Sink: TypeAlias = Callable[[Readable[Any]], Awaitable[R]]


@asynccontextmanager
async def opened(readable: Readable[T]) -> AsyncGenerator[Channel[T]]:
    """*readable* as an open channel."""
    if isinstance(readable, Source):
        async with readable as channel:
            yield channel
    elif isinstance(readable, Channel):
        yield readable
    elif isinstance(readable, trio.abc.ReceiveChannel):
        yield ForeignChannel(readable)
    else:
        raise TypeError(f"a sink reads a channel or a source, not {readable!r}")


def text_in(items: Iterable[Any]) -> str:
    """The text of *items*; chunks that hold none say nothing."""
    return "".join(text_of(item) for item in items if is_text(item) or not isinstance(item, Chunk))


@contextmanager
def failing_as(sink: str) -> Generator[None]:
    """Name the sink in what the operating system raises inside."""
    try:
        yield
    except OSError as error:
        raise SinkError(f"{sink}: {error}", sink=sink) from error
