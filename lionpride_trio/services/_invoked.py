"""What ``invoke`` gives: a source of chunks, or something to be awaited.

Each says what to write where it is used as if it were the other.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import Any

from .._channels._source import Source
from .._chunks import Chunk
from .._response import Response
from ._messages import Messages
from ._reply import Reply


class ReplySource(Source[Chunk]):
    """A cold model call: ``async with source as reply`` sends the request."""

    async def __aenter__(self) -> Reply:
        channel = await super().__aenter__()
        assert isinstance(channel, Reply)
        return channel


class Streamed(ReplySource):
    """A reply source that says what to write when it is awaited."""

    def __init__(self, source: ReplySource) -> None:
        super().__init__(source._open_channel, owner=source._owner, name="reply")  # ruff: ignore[private-member-access] - its own class

    def __await__(self) -> Any:
        raise TypeError(
            "this model has stream=True, so its reply is iterated: write"
            " 'async with model.invoke(...) as reply: async for chunk in reply', or"
            " 'await model.complete(...)' for a whole response"
        )


class Awaited:
    """A call to be awaited that says what to write when it is iterated."""

    def __init__(
        self,
        complete: Any,
        messages: Messages,
        options: Mapping[str, Any],
    ) -> None:
        self._complete = complete
        self._messages = messages
        self._options = options

    def __await__(self) -> Any:
        work: Coroutine[Any, Any, Response] = self._complete(self._messages, **self._options)
        return work.__await__()

    def _refuse(self) -> TypeError:
        return TypeError(
            "this model has stream=False, so its reply is awaited: write"
            " 'response = await model.invoke(...)', or make it with stream=True to iterate chunks"
        )

    def __aiter__(self) -> Any:
        raise self._refuse()

    async def __aenter__(self) -> Any:
        raise self._refuse()

    async def __aexit__(self, *_: object) -> None:
        raise self._refuse()
