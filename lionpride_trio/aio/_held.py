"""A block that is open on trio, for as long as a task of asyncio is inside of its own.

What must hold: the block on trio is left as the one on asyncio is.  A body that ended lets it end, a body that
raised raises there the same exception (a file that is written aside is then dropped), a body that was cancelled
cancels it.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, TypeGuard, TypeVar

import trio

from .._channels._channel import Channel
from ._guest import Guest, settle, wait_until
from ._items import Items

T = TypeVar("T")


def is_channel(opened: Any) -> TypeGuard[Channel[Any]]:
    """Whether a block has given a channel of this library."""
    return isinstance(opened, Channel)


class Held(Generic[T]):
    """A block of trio, opened in the run *guest*."""

    value: Any
    """The thing that the block gave, a channel as its items."""

    def __init__(self, block: AbstractAsyncContextManager[T], guest: Guest, *, read: bool) -> None:
        """With *read*, a channel is given as its items."""
        self._block = block
        self._guest = guest
        self._read = read
        self._scope = trio.CancelScope()
        self._until_left = trio.CancelScope()
        self._thrown_in: Exception | None = None
        self._came_out: BaseException | None = None
        self._opened: asyncio.Future[None] = guest.loop.create_future()
        self._over: asyncio.Future[None] = guest.loop.create_future()

    async def open(self) -> None:
        """Open the block."""
        self._guest.members.add(self)
        self._guest.nursery.start_soon(self._stay, name=f"aio.open({self._block!r:.100})")
        try:
            await asyncio.wait([self._opened])
        except BaseException:
            await self.leave_cancelled()
            raise
        if self._over.done():
            self._guest.members.discard(self)
            self._raise_what_came_out()
            self._guest.check_running()

    async def _stay(self) -> None:
        """Be inside of the block until it is left.  Runs on trio."""
        items: Items[Any] | None = None
        try:
            with self._scope:
                async with self._block as opened:
                    self.value = opened
                    if self._read and is_channel(opened):
                        self.value = items = Items(opened, self._guest.loop)
                    settle(self._opened)
                    with self._until_left:
                        if items is not None:
                            await items.serve()
                        await trio.sleep_forever()
                    if self._thrown_in is not None:
                        raise self._thrown_in
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            self._came_out = error
        finally:
            if items is not None:
                items.close()
            self.run_is_over()

    async def leave(self, error: Exception | None) -> bool:
        """Leave the block, by *error* where the body raised it; return whether the block swallowed it."""
        self._thrown_in = error
        self._until_left.cancel()
        await self._wait_over()
        if self._came_out is not error:
            self._raise_what_came_out()
        return error is not None and self._came_out is None

    async def leave_cancelled(self) -> None:
        """Leave the block by a cancellation."""
        self._scope.cancel()
        await self._wait_over()
        self._raise_what_came_out()

    async def _wait_over(self) -> None:
        try:
            await wait_until(self._over, self._scope.cancel)
        finally:
            self._guest.members.discard(self)

    def _raise_what_came_out(self) -> None:
        if self._came_out is not None:
            raise self._came_out

    def run_is_over(self) -> None:
        """Let nobody wait for this block any more."""
        settle(self._opened)
        settle(self._over)
