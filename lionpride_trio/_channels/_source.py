"""Sources: cold recipes for a channel.

Nothing runs until ``async with source as channel``.  A source that was iterated bare is opened by
the owner it was made with (an open session), and by no one else.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Any, Generic, Protocol, TypeVar

import trio

from .._errors import LocalProtocolError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Owner(Protocol):
    """Something open that can keep a channel until its own block ends."""

    async def adopt(self, source: Source[Any]) -> trio.abc.ReceiveChannel[Any]:
        """Open *source* and close it at the latest when the owner's block ends."""
        ...


class Source(Generic[T]):
    """A cold recipe for a channel of items.

    ``async with source as channel`` opens it; leaving the block closes it and all that stands
    behind it.  Each opening is a run of its own.  ``async for`` directly over a source works while
    an open session owns it, and raises `LocalProtocolError` otherwise.
    """

    def __init__(
        self,
        open_channel: Callable[[], AbstractAsyncContextManager[trio.abc.ReceiveChannel[T]]],
        *,
        owner: Callable[[], Owner | None] = lambda: None,
        name: str = "source",
    ) -> None:
        self._open_channel = open_channel
        self._owner = owner
        self._name = name
        self._stacks: list[AsyncExitStack] = []

    async def __aenter__(self) -> trio.abc.ReceiveChannel[T]:
        stack = AsyncExitStack()
        channel = await stack.enter_async_context(self._open_channel())
        self._stacks.append(stack)
        return channel

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return await self._stacks.pop().__aexit__(exc_type, exc, traceback)

    def __aiter__(self) -> _OwnedIterator[T]:
        owner = self._owner()
        if owner is None:
            raise LocalProtocolError(
                f"no open session owns this {self._name}, so nothing would close it: write"
                f" 'async with {self._name} as channel: async for item in channel', or register the"
                " model in an open session ('async with Session() as session:')"
            )
        return _OwnedIterator(self, owner)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"


class _OwnedIterator(Generic[T_co]):
    """Iterates a source for its owner: opened at the first item, closed after the last."""

    def __init__(self, source: Source[T_co], owner: Owner) -> None:
        self._source = source
        self._owner = owner
        self._channel: trio.abc.ReceiveChannel[T_co] | None = None

    def __aiter__(self) -> _OwnedIterator[T_co]:
        return self

    async def __anext__(self) -> T_co:
        if self._channel is None:
            self._channel = await self._owner.adopt(self._source)
        return await self._channel.__anext__()
