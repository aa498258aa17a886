"""Channels: an open stream, as ``async with source`` gives it.

Goals.  A `trio.abc.ReceiveChannel` from which a cancelled task loses nothing, whose end and failure come
in their order, and which costs a list's ``pop`` an item where many items come at once.

Strategy.  Inside, batches travel: one step of a channel (`_fetch`) gives a list of items.  A channel that
stands on another has that list as it is (`_pull`).  The channel that the user holds makes it ready
(`_ready.ReadyItems`), and the user's loop takes items from there.

These rules hold for every channel, and are kept here once:

1. An end or a failure comes after the items before it, and comes again when asked again (`_ending`): a loop
   that was cancelled and asks again must not wait for ever.
2. What was fetched and not handed over stays ready: so `_fetch` waits before it takes, and between the
   taking and `_deliver` there is no checkpoint.
3. Two tasks in one channel are refused (``_receiving``): the items of a stream would come in no order.
4. Iterating is a checkpoint at each fetch that waits, and at the latest after `READY_ITEMS` items
   (``_until_checkpoint``): a source that is always ready would otherwise keep all other tasks from running.
5. After `close_nowait` nothing is handed out, though a task waits inside `_fetch`: it looks at ``_closed``
   when it comes back, and drops the items that it was given.
"""

from __future__ import annotations

import abc
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final, TypeVar

import trio

from ._ending import EndingItems
from ._ready import READY_ITEMS
from ._recipe import Pipeable, Recipe
from ._source import PipedChannel, Source
from ._statistics import ChannelStatistics

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

READ_ITEMS: Final = 8
"""A read without a wait counts as so many items at least, until the next checkpoint is due."""


class Channel(EndingItems, Pipeable[T_co], trio.abc.ReceiveChannel[T_co]):
    """A `trio.abc.ReceiveChannel` whose items may be piped on: ``channel | sentences()``.

    Cancelling a `receive` loses nothing: call it again.
    """

    _can_poll = False
    """`_fetch_nowait` may give something."""
    _read_items = READ_ITEMS
    """The number of items that one read without a wait counts as at least."""
    _is_pushed = False
    """Others deliver the items, and `_fetch` only waits until they do."""

    def __init__(self) -> None:
        super().__init__()
        self._receiving = False
        self._until_checkpoint = 0  # items that an iteration may still hand out before a checkpoint

    @abc.abstractmethod
    def _fetch(self) -> Coroutine[Any, Any, list[Any]]:
        """Wait for the next items and return them; at the end or for a failure, `_finish`.

        Always a checkpoint, called by one task at a time, until the end.  May return no items, and is
        called again then.  The list is the caller's from now on.  An implementation must wait before it
        takes anything, or a cancellation would lose items, and must raise nothing but the caller's
        mistakes: closed under its hands, or read by two.
        """

    def _fetch_nowait(self) -> list[Any] | None:
        """As `_fetch`, but None where `_fetch` would have to wait.  No checkpoint."""
        return None

    def _limit_wait(self, due: float) -> bool:
        """Let a wait in `_fetch` end at the time *due*, with `trio.TooSlowError`; return whether it will.

        It does where a clock of its own is kept anyhow: another around it would cost as much as a read.
        """
        return False

    def _pull(
        self, upstream: Channel[Any], limit: int | None = None
    ) -> Coroutine[Any, Any, list[Any]]:
        """The next items of *upstream*, which nobody else reads; perhaps none, as from `_fetch`.

        After its last item, the end of *upstream* becomes this channel's own.  Of the ready items, at most
        *limit* are taken; a read is returned whole.
        """
        if (
            upstream._next_reversed
            or upstream._backlog_size
            or upstream._end is not None
            or upstream._is_pushed
        ):
            return self._pull_ready(upstream, limit)
        return upstream._fetch()

    async def _pull_some(self, upstream: Channel[Any]) -> list[Any]:
        """As `_pull`, until there are items or the end has come."""
        items = await self._pull(upstream)
        while not items and self._end is None:
            items = await self._pull(upstream)
        return items

    async def _pull_until(
        self, upstream: Channel[Any], due: float, too_late: Callable[[], list[Any]]
    ) -> list[Any]:
        """As `_pull_some`; the items of *too_late* where nothing had come when it was *due*."""
        if not upstream._limit_wait(due):
            with trio.CancelScope(deadline=due):
                return await self._pull_some(upstream)
            return too_late()
        items: list[Any] = []
        try:
            while not items and self._end is None:
                items = await self._pull(upstream)
        except trio.TooSlowError:
            return too_late()
        finally:
            upstream._limit_wait(math.inf)
        return items

    def _pull_nowait(self, upstream: Channel[Any]) -> list[Any] | None:
        """As `_pull`, but None where `_pull` would have to wait.  No checkpoint."""
        if upstream._next_reversed or upstream._backlog_size or upstream._end is not None:
            return None
        return upstream._fetch_nowait()

    async def _pull_ready(self, upstream: Channel[Any], limit: int | None = None) -> list[Any]:
        """As `_pull`, where *upstream* may have ready items, is finished or has other readers."""
        try:
            return await upstream.receive_batch(limit)
        except (trio.BusyResourceError, trio.ClosedResourceError):
            raise  # a mistake in the use of *upstream*, not its end
        except trio.EndOfChannel:
            self._finish()
        except Exception as error:
            self._finish(error)
        return []

    async def receive(self) -> T_co:
        """The next item.  Always a checkpoint.

        :raises trio.EndOfChannel: all items were handed out.
        :raises trio.ClosedResourceError: the channel was closed.
        :raises trio.BusyResourceError: another task is receiving; ``fork`` is the way to share.
        :raises Exception: a failure upstream, after the items before it.
        """
        await self._wait()
        item: T_co = self._next_reversed.pop()
        return item

    async def receive_batch(self, limit: int | None = None) -> list[T_co]:
        """All items that are ready, at least one and at most *limit*.  As `receive` otherwise."""
        await self._wait()
        return self._pop_batch(limit)

    async def __anext__(self) -> T_co:
        if not self._next_reversed:
            try:
                if not (self._can_poll and self._take_nowait()):
                    await self._wait()
            except trio.EndOfChannel:
                raise StopAsyncIteration from None
        item: T_co = self._next_reversed.pop()
        return item

    async def _wait(self) -> None:
        """Wait until the row has an item, or raise the end, the failure or the mistake."""
        if self._closed:
            await trio.lowlevel.checkpoint_if_cancelled()
            raise self._closed_error()
        if self._receiving:
            raise trio.BusyResourceError(f"another task is receiving from this {self._noun()}")
        self._receiving = True
        try:
            if self._next_reversed or self._backlog_size or self._end is not None:
                await trio.lowlevel.checkpoint()
            while not (self._next_reversed or self._closed):
                if self._backlog_size:
                    self._fill_row()
                elif self._end is not None:
                    raise self._end
                elif items := await self._fetch():
                    self._deliver(items)
        except trio.ClosedResourceError:
            if not self._closed:
                raise
            # The channel below was closed with this one, and this one knows by whom (below).
        finally:
            self._receiving = False
        if self._can_poll:
            self._until_checkpoint = READY_ITEMS - len(self._next_reversed)
        if self._closed:
            raise self._closed_error()

    def _take_nowait(self) -> bool:
        """Fill the row without waiting; return whether the loop may go on without a checkpoint."""
        if (
            self._until_checkpoint <= 0
            or self._receiving
            or self._backlog_size
            or self._end is not None
        ):
            return False
        items = self._fetch_nowait()
        if not items:
            return False
        self._until_checkpoint -= max(len(items), self._read_items)
        self._deliver(items)
        return self._until_checkpoint >= 0

    async def aclose(self) -> None:
        """Hand nothing out any more.  Safe at any time, and twice.

        The block that opened the channel closes its source and its tasks.
        """
        self.close_nowait()
        await trio.lowlevel.checkpoint()

    def batches(self, limit: int | None = None) -> AsyncIterator[list[T_co]]:
        """Iterate by lists of ready items, as `receive_batch` returns them: the fastest way."""
        return _Batches(self, limit)

    def statistics(self) -> ChannelStatistics:
        """Counts of the items and characters so far."""
        buffered = self._buffered()
        return ChannelStatistics(
            items=self._items - buffered,
            characters=self._characters,
            buffered=buffered,
            peak=self._peak,
            waiting=self._receiving,
        )

    def _extended(self, other: Recipe) -> Source[Any]:
        name = f"{self._noun()} | {other.text}"
        return PipedChannel(lambda: ReadThrough(self), name=name, steps=other.steps)

    def _how_to_use(self) -> str:
        return "write 'async for item in …', or 'await ….receive()' for one item"

    def __repr__(self) -> str:
        reading = ", a task waits in it" if self._receiving else ""
        return f"<{type(self).__name__} {self._state()}, {self._buffered()} items ready{reading}>"


class _Batches(AsyncIterator[list[T]]):
    def __init__(self, channel: Channel[T], limit: int | None) -> None:
        self._channel = channel
        self._limit = limit

    async def __anext__(self) -> list[T]:
        channel = self._channel
        try:
            if channel._next_reversed or not (channel._can_poll and channel._take_nowait()):
                await channel._wait()
        except trio.EndOfChannel:
            raise StopAsyncIteration from None
        return channel._pop_batch(self._limit)


class ReadThrough(Channel[Any]):
    """An open channel, read one item at a time.

    When the pipe is left early, the block of *origin* may go on reading it, and must find all items that
    the pipe did not need.  An item that was taken here cannot be given back.
    """

    _can_poll = True
    _read_items = 1

    def __init__(self, origin: Channel[Any]) -> None:
        super().__init__()
        self._origin = origin

    async def _fetch(self) -> list[Any]:
        return await self._pull_ready(self._origin, 1)

    def _fetch_nowait(self) -> list[Any] | None:
        origin = self._origin
        if origin._receiving:
            return None
        if origin._next_reversed or (origin._can_poll and origin._take_nowait()):
            return origin._pop_batch(1)
        return None
