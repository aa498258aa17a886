"""Channels: what ``async with source`` gives.

Inside, batches travel: one step of a channel (`_fetch`) gives a list of items.  A channel that
stands on another has that list as it is (`_pull`).  The channel that the user holds makes it ready,
and the user's loop takes items from there: the next few stand in a row, turned round, because a list
is shortened at its end.  No list that waits behind the row is longer than a row, so that taking some
of it costs no more than they are.  The rules that all channels share are kept here, once:

- an end or a failure comes after the items before it, and comes again when asked again;
- cancelling loses nothing: what was fetched and not handed over stays ready;
- two tasks in one channel are refused;
- iterating is a checkpoint at each fetch that waits, and at the latest after `READY_ITEMS` items.
"""

from __future__ import annotations

import abc
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

import trio

from ._pipe import Pipeable, Recipe
from ._statistics import ChannelStatistics, characters

if TYPE_CHECKING:
    from ._source import Source

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

READY_ITEMS: Final = 64
"""Items handed out of the ready list before other tasks get a turn."""
READ_ITEMS: Final = 8
"""What a read that needed no wait counts as at least, however few items came of it."""


class Channel(Pipeable[T_co], trio.abc.ReceiveChannel[T_co]):
    """A `trio.abc.ReceiveChannel` whose items may be piped on: ``channel | sentences()``.

    Cancelling a `receive` loses nothing; it can be asked again.
    """

    _instant = False
    """`_fetch_nowait` may give something."""
    _read_items = READ_ITEMS
    """How many items one read counts as at least."""
    _delivered = False
    """Others deliver the items, and `_fetch` only waits until they do."""
    _closer = ""
    """Who closed it, and what to write; nothing where it was the reader."""

    def __init__(self) -> None:
        # The items to hand out before other tasks get a turn, the first of them last; and those
        # behind them, by lists, and how many they are.
        self._row: list[Any] = []
        self._ready: deque[list[Any]] | None = None
        self._behind = 0
        self._end: Exception | None = None
        self._closed = False
        self._receiving = False
        self._free = 0  # items that an iteration may still hand out before a checkpoint
        self._items = 0
        self._characters = 0
        self._peak = 0

    @abc.abstractmethod
    async def _fetch(self) -> list[Any]:
        """One step: wait, then give what came; at the end or for a failure, `_finish`.

        Always a checkpoint, and asked by one task at a time, until the end.  May give nothing; is
        asked again then.  The list is the caller's from now on.  Waits before it takes anything, so
        that a cancellation loses nothing.  Raises only what is a mistake of the caller's: closed
        under its hands, or read by two.
        """

    def _fetch_nowait(self) -> list[Any] | None:
        """As `_fetch`, but None where that would have to wait.  No checkpoint."""
        return None

    def _pull(
        self, upstream: Channel[Any], limit: int | None = None
    ) -> Coroutine[Any, Any, list[Any]]:
        """What comes next of *upstream*, which nobody else reads; it may be nothing, as of `_fetch`.

        Once all of it was pulled, its end is made this channel's own.  Of what is ready, at most
        *limit* items are taken; a read is given whole.
        """
        if upstream._row or upstream._behind or upstream._end is not None or upstream._delivered:
            return self._pull_ready(upstream, limit)
        return upstream._fetch()

    async def _pull_some(self, upstream: Channel[Any]) -> list[Any]:
        """As `_pull`, until there is something or the end."""
        items = await self._pull(upstream)
        while not items and self._end is None:
            items = await self._pull(upstream)
        return items

    def _pull_nowait(self, upstream: Channel[Any]) -> list[Any] | None:
        """As `_pull`, but None where that would have to wait.  No checkpoint."""
        if upstream._row or upstream._behind or upstream._end is not None:
            return None
        return upstream._fetch_nowait()

    async def _pull_ready(self, upstream: Channel[Any], limit: int | None = None) -> list[Any]:
        """The same where *upstream* may have something ready, has ended or has other readers."""
        try:
            return await upstream.receive_batch(limit)
        except (trio.BusyResourceError, trio.ClosedResourceError):
            raise  # a mistake in the use of *upstream*, not its end
        except trio.EndOfChannel:
            self._finish()
        except Exception as error:
            self._finish(error)
        return []

    def _deliver(self, items: list[Any], *, behind: bool = False) -> None:
        """Make *items*, of which there are some, ready to be handed out; the list is now ours.

        They join the row, but have to stand *behind* it when its reader is who delivers them: no
        other task has a turn then.
        """
        count = len(items)
        self._items += count
        self._characters += characters(items)
        row = self._row
        buffered = count + len(row)
        if behind or self._behind or buffered > READY_ITEMS:
            buffered = self._queue(items)
        else:
            items.reverse()
            self._row = items + row if row else items
        if buffered > self._peak:  # ruff: ignore[if-stmt-min-max] - at each read of the network
            self._peak = buffered

    def _queue(self, items: list[Any]) -> int:
        """Put *items* behind what is ready; how many there are then."""
        if self._ready is None:
            self._ready = deque()
        count = len(items)
        if count <= READY_ITEMS:
            self._ready.append(items)
        else:
            self._ready.extend(items[at : at + READY_ITEMS] for at in range(0, count, READY_ITEMS))
        self._behind += count
        return self._buffered()

    def _finish(self, error: Exception | None = None) -> None:
        """Nothing more will be delivered: *error* comes after the ready items, or a normal end."""
        if isinstance(error, StopIteration | StopAsyncIteration | trio.EndOfChannel):
            # Raised as it is, a failure of the user's code would be taken for a normal end.
            name = type(error).__name__
            failure = RuntimeError(
                f"{name} was raised by what makes the items of this {self._noun()}"
            )
            failure.__cause__ = error
            error = failure
        self._end = trio.EndOfChannel() if error is None else error

    def _add_failure(self, error: Exception) -> None:
        """As `_finish`, once the end is known: the first failure is the one that is raised."""
        if self._end is None or isinstance(self._end, trio.EndOfChannel):
            self._finish(error)
        else:
            self._end.add_note(f"What was held back then could not be given out: {error!r}")

    async def receive(self) -> T_co:
        """The next item.  Always a checkpoint.

        :raises trio.EndOfChannel: all items were handed out.
        :raises trio.ClosedResourceError: the channel was closed.
        :raises trio.BusyResourceError: another task is receiving; ``fork`` is the way to share.
        :raises Exception: what failed upstream, after the items before it.
        """
        await self._wait()
        item: T_co = self._row.pop()
        return item

    async def receive_batch(self, limit: int | None = None) -> list[T_co]:
        """All items that are ready, at least one and at most *limit*.  As `receive` otherwise."""
        await self._wait()
        return self._draw(limit)

    async def __anext__(self) -> T_co:
        if not self._row:
            try:
                if not (self._instant and self._take_nowait()):
                    await self._wait()
            except trio.EndOfChannel:
                raise StopAsyncIteration from None
        item: T_co = self._row.pop()
        return item

    async def _wait(self) -> None:
        """Wait until something stands in the row, or raise why nothing will come."""
        if self._closed:
            await trio.lowlevel.checkpoint_if_cancelled()
            raise self._closed_error()
        if self._receiving:
            raise trio.BusyResourceError(f"another task is receiving from this {self._noun()}")
        self._receiving = True
        try:
            if self._row or self._behind or self._end is not None:
                await trio.lowlevel.checkpoint()
            while not (self._row or self._closed):
                if self._behind:
                    self._fill_row()
                elif self._end is not None:
                    raise self._end
                elif items := await self._fetch():
                    self._deliver(items)
        except trio.ClosedResourceError:
            if not self._closed:
                raise
            # The channel below says that it was closed; this one says by whom, as it returns.
        finally:
            self._receiving = False
        if self._instant:
            self._free = READY_ITEMS - len(self._row)
        if self._closed:
            raise self._closed_error()

    def _take_nowait(self) -> bool:
        """Fill the row without waiting, as long as other tasks had a turn not long ago."""
        if self._free <= 0 or self._receiving or self._behind or self._end is not None:
            return False
        items = self._fetch_nowait()
        if not items:
            return False
        self._free -= max(len(items), self._read_items)
        self._deliver(items)
        return self._free >= 0

    def _fill_row(self) -> None:
        """Make the next lists the row."""
        assert self._ready is not None, "something is behind the row"
        row = self._ready.popleft()
        while self._ready and len(row) + len(self._ready[0]) <= READY_ITEMS:
            row += self._ready.popleft()
        self._behind -= len(row)
        row.reverse()
        self._row = row

    def _draw(self, limit: int | None) -> list[Any]:
        """What is ready, at most *limit* items."""
        row = self._row
        if limit is not None and limit < len(row):
            rest = len(row) - limit
            batch = row[rest:]
            del row[rest:]
            batch.reverse()
            return batch
        row.reverse()
        self._row = []
        while self._ready and (limit is None or len(row) < limit):
            following = self._ready.popleft()
            self._behind -= len(following)
            row += following
        if limit is not None and len(row) > limit:
            self._row = row[limit:]
            self._row.reverse()
            del row[limit:]
        return row

    async def aclose(self) -> None:
        """Hand nothing out any more.  Safe at any time, and twice.

        What stands behind the channel is closed by the block that opened it.
        """
        self.close_nowait()
        await trio.lowlevel.checkpoint()

    def _close_for(self, closer: str) -> None:
        """As `close_nowait`, for another than the reader, who is told so."""
        if not self._closed:
            self._closer = closer
        self.close_nowait()

    def close_nowait(self) -> None:
        """As `aclose`, without the checkpoint."""
        self._closed = True
        self._end = self._closed_error()
        self._row = []
        self._ready = None
        self._behind = 0

    def batches(self, limit: int | None = None) -> AsyncIterator[list[T_co]]:
        """Iterate by lists of what is ready, as `receive_batch` gives them: the fastest way."""
        return _Batches(self, limit)

    def statistics(self) -> ChannelStatistics:
        """Counts of what went through so far."""
        buffered = self._buffered()
        return ChannelStatistics(
            items=self._items - buffered,
            characters=self._characters,
            buffered=buffered,
            peak=self._peak,
            waiting=self._receiving,
        )

    def _piped(self, other: Recipe) -> Source[Any]:
        from ._source import PipedChannel  # which needs channels

        return PipedChannel(self, name=f"{self._noun()} | {other.text}", steps=other.steps)

    def _buffered(self) -> int:
        return len(self._row) + self._behind

    def _closed_error(self) -> trio.ClosedResourceError:
        return trio.ClosedResourceError(f"this {self._noun()} was closed{self._closer}")

    def _noun(self) -> str:
        return "channel"

    def _how_to_use(self) -> str:
        return "write 'async for item in …', or 'await ….receive()' for one item"

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open" if self._end is None else "ended"
        return f"<{type(self).__name__} {state}, {self._buffered()} items ready>"


class _Batches(AsyncIterator[list[T]]):
    def __init__(self, channel: Channel[T], limit: int | None) -> None:
        self._channel = channel
        self._limit = limit

    async def __anext__(self) -> list[T]:
        channel = self._channel
        try:
            if channel._row or not (channel._instant and channel._take_nowait()):
                await channel._wait()
        except trio.EndOfChannel:
            raise StopAsyncIteration from None
        return channel._draw(self._limit)
