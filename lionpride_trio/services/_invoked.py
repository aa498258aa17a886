"""The two results of ``invoke``: a source of chunks, or something to be awaited.

Each says what to write where it is used like the other.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Mapping
from typing import Any, NoReturn

from .._channels._entrance import OnlyAsync
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

    def _how_to_use(self) -> str:
        return (
            "a streamed reply is iterated: write 'async with … as reply: async for chunk in reply',"
            " or 'await model.complete(...)' for a whole response"
        )


class AwaitableCall(OnlyAsync):
    """A call to be awaited that says what to write when it is iterated."""

    def __init__(
        self,
        complete: Callable[..., Coroutine[Any, Any, Response]],
        messages: Messages,
        options: Mapping[str, Any],
    ) -> None:
        self._complete = complete
        self._messages = messages
        self._options = options

    def __await__(self) -> Generator[Any, Any, Response]:
        return self._complete(self._messages, **self._options).__await__()

    def _how_to_use(self) -> str:
        return (
            "this model has stream=False, so its reply is awaited: write"
            " 'response = await model.invoke(...)', or make it with stream=True to iterate chunks"
        )

    def __aiter__(self) -> NoReturn:
        self._refuse("async for")

    async def __aenter__(self) -> NoReturn:
        self._refuse("async with")

    async def __aexit__(self, *_: object) -> None:
        """Never reached, but ``async with`` looks for it first."""

    def __repr__(self) -> str:
        return "<a call of model.invoke>"
