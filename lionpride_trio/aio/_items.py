"""The items of a channel of trio, read by a task of asyncio.

The reader asks, and a task of trio answers with what is ready: all that one read of the network gave, at
most, so that one crossing serves many items.  Nothing is fetched before it is asked for, and so a loop that
stops asking stops the model's server.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import trio

from .._channels._channel import Channel
from ._guest import settle

T_co = TypeVar("T_co", covariant=True)


class Items(AsyncIterator[T_co]):
    """The items of an open source, for one task of asyncio: ``async for item in items``.

    A failure comes after the items before it, as the exception that it is on trio, with ``partial``.
    A wait that is cancelled, as by `asyncio.wait_for`, loses nothing: ask again.
    """

    def __init__(self, channel: Channel[T_co], loop: asyncio.AbstractEventLoop) -> None:
        self._channel = channel
        self._loop = loop
        self._ready: deque[T_co] = deque()
        self._end: Exception | None = None
        self._is_asked = False
        self._asked = trio.Event()
        self._answered: asyncio.Future[None] | None = None

    async def __anext__(self) -> T_co:
        while not self._ready:
            if self._end is not None:
                raise self._end
            await self._ask()
        return self._ready.popleft()

    async def _ask(self) -> None:
        """Ask for items, and wait until some have come, or the end."""
        if self._answered is not None:
            raise trio.BusyResourceError("another task is reading these items")
        if not self._is_asked:  # a wait that was cancelled has left its question behind
            self._is_asked = True
            self._asked.set()
        self._answered = self._loop.create_future()
        try:
            await self._answered
        finally:
            self._answered = None

    async def serve(self) -> None:
        """Answer the reader's questions.  Runs on trio."""
        while self._end is None:
            await self._asked.wait()
            self._asked = trio.Event()
            try:
                self._ready.extend(await self._channel.receive_batch())
            except trio.EndOfChannel:
                self._end = StopAsyncIteration()
            except Exception as error:
                self._end = error
            self._is_asked = False
            self._let_reader_go_on()

    def close(self) -> None:
        """Hand nothing out any more."""
        self._ready.clear()
        self._end = trio.ClosedResourceError(
            "these items were closed when their block ended: read them inside"
            " 'async with aio.open(source) as items:'"
        )
        self._let_reader_go_on()

    def _let_reader_go_on(self) -> None:
        if self._answered is not None:
            settle(self._answered)

    @property
    def last_id(self) -> int:
        """For a durable stream: the number of the last item that was handed out."""
        last: int = self._of_channel("last_id")
        return last - len(self._ready)

    @property
    def response(self) -> Any:
        """For a reply: the `Response` so far."""
        return self._of_channel("response")

    @property
    def turns(self) -> Any:
        """For a conversation: a `Response` for each turn so far."""
        return self._of_channel("turns")

    @property
    def messages(self) -> Any:
        """For a conversation: what came after the question."""
        return self._of_channel("messages")

    def stop(self) -> None:
        """For a reply: end it on purpose; what came is the answer."""
        self._of_channel("stop")()

    def _of_channel(self, name: str) -> Any:
        try:
            return getattr(self._channel, name)
        except AttributeError:
            raise AttributeError(f"a {type(self._channel).__name__} has no {name!r}") from None

    def __repr__(self) -> str:
        return f"<Items of {self._channel!r}>"
