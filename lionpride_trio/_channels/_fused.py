"""Stages run on a channel: one synchronous chain inside the consumer's ``receive``.

There is no task and no queue between stages, so backpressure is exact: nothing is read upstream
before the consumer has taken all that is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias

import trio

from ..stages import Keep, MapEach, Stage
from ._channel import Channel
from ._text import TextOnly

FeedAll: TypeAlias = Callable[[Iterable[Any]], Iterable[Any]]


def _feed_all(stage: Stage[Any, Any]) -> FeedAll:
    """What feeds a stage with many items, one by one: its own ``feed_all`` where it has one."""
    own: FeedAll | None = getattr(stage, "feed_all", None)
    if own is None:
        feed = stage.feed
        return lambda items: chain.from_iterable(map(feed, items))
    if isinstance(stage, MapEach | Keep | TextOnly):
        return own  # which takes them one by one itself
    return lambda items: _whole(own, items)


def _whole(feed_all: FeedAll, items: Iterable[Any]) -> Iterator[Any]:
    """What *feed_all* makes of *items*, which may fail after some: a stage need not know that."""
    batch: list[Any] = []
    failure: Exception | None = None
    try:
        batch += items
    except Exception as error:
        failure = error
    yield from feed_all(batch)
    if failure is not None:
        raise failure


def _may_be_done(stage: Stage[Any, Any]) -> bool:
    """Whether a stage may have enough before its input ends."""
    return hasattr(stage, "done") and getattr(stage, "may_be_done", True)


class FusedChannel(Channel[Any]):
    """What *stages* make of what *upstream* gives.

    Each item goes through all stages before the next one does.  A failure, upstream or in a stage,
    comes after the items that were whole before it.
    """

    def __init__(self, upstream: Channel[Any], stages: Sequence[Stage[Any, Any]]) -> None:
        super().__init__()
        self._upstream = upstream
        self._stages = list(stages)
        self._feeds = [_feed_all(stage) for stage in stages]
        self._may_be_done = any(map(_may_be_done, stages))

    async def _fetch(self) -> None:
        if self._may_be_done and self._cut_short():
            await trio.lowlevel.checkpoint()
            return
        upstream = self._upstream
        try:
            if upstream._rests():
                # As `_wait` has it, at one call less for each read.
                upstream._receiving = True
                try:
                    await upstream._fetch()
                finally:
                    upstream._receiving = False
            if not upstream._ready:
                await upstream._wait()
        except (trio.BusyResourceError, trio.ClosedResourceError):
            raise  # a mistake in the use of *upstream*, not its end
        except trio.EndOfChannel:
            self._flush(0)
        except Exception as error:
            self._finish(error)
        else:
            self._run(upstream._draw(None), self._feeds)
            if self._may_be_done and self._end is None:
                self._cut_short()

    def _run(self, items: Iterable[Any], feeds: Sequence[FeedAll]) -> None:
        """Send *items* through *feeds*, and deliver what comes out."""
        made: list[Any] = []
        try:
            for feed in feeds:
                items = feed(items)
            made += items  # which keeps what came before a failure
        except Exception as error:
            self._deliver(made)
            self._finish(error)
        else:
            self._deliver(made)

    def _flush(self, first: int) -> None:
        """End the stream at the stage of number *first*, and so at all that follow."""
        self._finish()
        for number, stage in enumerate(self._stages[first:], first):
            try:
                rest = list(stage.flush())
            except Exception as error:
                self._finish(error)
                return
            self._run(rest, self._feeds[number + 1 :])
            if not isinstance(self._end, trio.EndOfChannel):
                return

    def _cut_short(self) -> bool:
        """End the stream when a stage wants no more input."""
        for number, stage in enumerate(self._stages):
            if getattr(stage, "done", False):
                self._flush(number)
                return True
        return False
