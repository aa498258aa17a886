"""``sse_bytes``: a stream for a browser's EventSource."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import Any

import attrs
import trio

from .._chunks import (
    Chunk,
    FinishChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    UsageChunk,
)
from .._errors import LionprideError
from ..wire import encode_comment, encode_event


def sse_bytes(
    items: AsyncIterable[Any],
    *,
    heartbeat: float | None = 15.0,
    encode: Callable[[Any], bytes] | None = None,
) -> AsyncIterator[bytes]:
    """Server-sent events of *items*, to be iterated by a web framework's streaming response.

    Strings and text chunks are messages, whose data may hold newlines.  Reasoning, tool calls,
    usage and the finish are events named ``reasoning``, ``tool_call``, ``usage`` and ``finish``
    with JSON data; other chunks are left out.  The stream ends with an event ``end``, or ``error``
    (the message only), so that a page can tell a whole answer from a cut one.  When nothing came
    for *heartbeat* seconds a comment keeps the connection open.  *encode* makes an item's bytes in
    another way.

    *items* is an open channel, or a source that an open session owns.  Opens no nursery; cancelling
    loses nothing.
    """
    return _Events(aiter(items), math.inf if heartbeat is None else heartbeat, encode or event_of)


class _Events(AsyncIterator[bytes]):
    def __init__(
        self, items: AsyncIterator[Any], heartbeat: float, encode: Callable[[Any], bytes]
    ) -> None:
        self._items = items
        self._heartbeat = heartbeat
        self._encode = encode
        self._ended = False

    async def __anext__(self) -> bytes:
        while not self._ended:
            with trio.move_on_after(self._heartbeat):
                try:
                    data = self._encode(await anext(self._items))
                except StopAsyncIteration:
                    self._ended = True
                    return encode_event("", event="end")
                except LionprideError as error:
                    self._ended = True
                    return encode_event(str(error), event="error")
                if data:
                    return data
                continue
            return encode_comment("keep-alive")
        await trio.lowlevel.checkpoint()
        raise StopAsyncIteration


def event_of(item: Any) -> bytes:
    """One item as one server-sent event; nothing for what a page has no use for."""
    match item:
        case str():
            return encode_event(item)
        case TextChunk(data=data):
            return encode_event(data) if data else b""
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
        case UsageChunk(usage=usage):
            return _named("usage", attrs.asdict(usage))
        case FinishChunk(verdict=verdict, reason=reason):
            return _named("finish", {"verdict": verdict.value, "reason": reason})
        case Chunk(data=data):
            return encode_event(data) if data else b""
        case _:
            return encode_event(json.dumps(item, ensure_ascii=False, default=str))


def _named(event: str, value: dict[str, Any]) -> bytes:
    return encode_event(json.dumps(value, ensure_ascii=False), event=event)
