"""``sse_bytes``: a stream for a browser's EventSource."""

from __future__ import annotations

import math
from collections.abc import AsyncIterable, AsyncIterator, Callable
from functools import partial
from typing import Any, Final

import attrs
import trio

from .._channels._entrance import check_on_trio
from .._channels._source import Source
from .._checks import check_size
from .._chunks import (
    Chunk,
    FinishChunk,
    ReasoningChunk,
    ToolCallChunk,
    UsageChunk,
)
from .._errors import ConfigurationError, FlowError, LionprideError, OperationError, SinkError
from ..transformers._merge import open_chain
from ..wire import encode_comment, encode_event
from ._common import json_text

_KEEP_ALIVE: Final = encode_comment("keep-alive")
_END: Final = encode_event("", event="end")
_UNTOLD: Final = "the stream failed"
"""The message for a page where the text of a failure is not meant for it."""
_OF_THE_SERVER: Final = SinkError, OperationError, FlowError
"""Errors whose texts quote the server's own exceptions: paths, and arguments of functions."""


def sse_bytes(
    items: AsyncIterable[Any],
    *,
    heartbeat: float | None = 15.0,
    index: int = 0,
    encode: Callable[[Any], bytes] | None = None,
) -> EventStream:
    """Server-sent events of *items*, to be iterated by a web framework's streaming response.

    Strings and text chunks are messages, whose data may hold newlines.  Reasoning, tool calls,
    usage and the finish are events named ``reasoning``, ``tool_call``, ``usage`` and ``finish``
    with JSON data; other chunks are left out, and so are alternative answers but *index*.  Other
    items are messages with JSON data.  *encode* replaces all this: a function from an item
    to its bytes.

    The stream ends with an event ``end``, or with an event ``error``, so that a page can tell a
    whole answer from a cut one.  The page has to ``close()`` its EventSource at both: it connects
    again otherwise, and the model is asked anew.  The data of ``error`` is the message of a
    `LionprideError`.  For another exception, which is raised after the event for the server's log, and for
    a failure on the server itself, it is "the stream failed".

    After *heartbeat* seconds of silence a comment keeps the connection open; None sends no comments.

    *items* is an open channel, which stays open, or a source that an open session owns.  The source
    is opened at the first read.  It is closed when the stream ends, when its reader is cancelled (a page
    that went away), at `aclose`, or when it is dropped.  An iterator of another kind, such as an async
    generator, gets no heartbeats: after a wait for it was given up, it cannot be asked again.

    :raises ConfigurationError: *heartbeat* is no positive number of seconds.
    :raises LocalProtocolError: nothing open owns the source; says what to write.
    """
    check_size("sse_bytes(): index", index, 0)
    seconds = _seconds(heartbeat)
    encode = encode or partial(event_of, index=index)
    if isinstance(items, Source):
        return EventStream(aiter(_opened_aside(items)), seconds, encode, owned=True)
    if isinstance(items, trio.abc.ReceiveChannel):
        return EventStream(aiter(items), seconds, encode)
    if isinstance(items, AsyncIterable):
        return EventStream(aiter(items), math.inf, encode)
    raise TypeError(f"sse_bytes reads a channel or a source, not {items!r}")


def _seconds(heartbeat: Any) -> float:
    if heartbeat is None:
        return math.inf
    if isinstance(heartbeat, int | float) and not isinstance(heartbeat, bool) and heartbeat > 0:
        return heartbeat
    raise ConfigurationError(
        f"heartbeat must be a positive number of seconds, or None, not {heartbeat!r}"
    )


def _opened_aside(source: Source[Any]) -> Source[Any]:
    """*source*, opened in a task of its owner.

    A heartbeat may be due before the first content has come.  It would cancel an opening in the
    page's own task, and the next read would ask the model again.
    """
    owner = source.owner()
    if owner is None:
        return source  # a channel piped on, which is open, or a source that iterating refuses
    return Source(lambda: open_chain([source]), name=repr(source), owner=lambda: owner)


class EventStream(AsyncIterator[bytes]):
    """The bytes of `sse_bytes`: an event or a comment at each step.

    Opens no nursery.  Read by one task at a time.
    """

    def __init__(
        self,
        items: AsyncIterator[Any],
        heartbeat: float,
        encode: Callable[[Any], bytes],
        *,
        owned: bool = False,
    ) -> None:
        self._items: AsyncIterator[Any] | None = items  # None when nothing more is read
        self._heartbeat = heartbeat
        self._encode = encode
        self._owned = owned  # so it is closed here
        self._failure: Exception | None = None  # to be raised after its event

    async def __anext__(self) -> bytes:
        check_on_trio()
        if self._items is None:
            await trio.lowlevel.checkpoint()
            failure, self._failure = self._failure, None
            raise failure or StopAsyncIteration
        try:
            with trio.move_on_after(self._heartbeat):
                while not (data := self._encode(await anext(self._items))):
                    pass  # chunks that a page has no use for
                return data
            return _KEEP_ALIVE
        except StopAsyncIteration:
            data = _END
        except Exception as error:
            data = encode_event(self._told(error), event="error")
        except trio.Cancelled:
            with trio.CancelScope(shield=True):
                await self.aclose()
            raise
        await self.aclose()
        return data

    def _told(self, error: Exception) -> str:
        """The event for *error*; an exception for the server's log is kept."""
        if isinstance(error, LionprideError) and not isinstance(error, _OF_THE_SERVER):
            return str(error)
        self._failure = error
        return _UNTOLD

    async def aclose(self) -> None:
        """Read nothing more, and close the source.  May be called twice."""
        items, self._items = self._items, None
        if self._owned and items is not None:
            await items.aclose()  # type: ignore[attr-defined]
        else:
            await trio.lowlevel.checkpoint()


def event_of(item: Any, index: int = 0) -> bytes:
    """One item as one server-sent event; empty for a chunk that a page has no use for."""
    match item:
        case str():
            return encode_event(item)
        case UsageChunk(usage=usage):
            return _named("usage", attrs.asdict(usage))
        case Chunk() if item.index != index:
            return b""
        case ReasoningChunk(text=text):
            return _named("reasoning", {"text": text}) if text else b""
        case ToolCallChunk():
            value = {
                "slot": item.slot,
                "id": item.id,
                "name": item.name,
                "arguments": item.arguments,
            }
            return _named("tool_call", value)
        case FinishChunk(verdict=verdict, reason=reason):
            return _named("finish", {"verdict": verdict.value, "reason": reason})
        case Chunk(data=data):
            return encode_event(data) if data else b""
        case _:
            return encode_event(json_text(item, "sse_bytes", default=str))


def _named(event: str, value: dict[str, Any]) -> bytes:
    return encode_event(json_text(value, "sse_bytes"), event=event)
