"""Stages run on a channel: one synchronous chain inside the consumer's ``receive``.

There is no task and no queue between stages, so backpressure is exact: nothing is read upstream
before the consumer has taken all that is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias, TypeGuard

import trio

from ..stages import Keep, MapEach, Stage, Tap
from ._channel import Channel
from ._text import TextOnly

FeedAll: TypeAlias = Callable[[Iterable[Any]], Iterable[Any]]
Plain: TypeAlias = MapEach[Any, Any] | Keep[Any] | Tap[Any]


# Items are drawn one by one, by generators: an iterator of C, as `map` gives, would take a
# `StopIteration` out of a stage for the end of the items.


def _feed_all(stage: Stage[Any, Any]) -> FeedAll:
    """What feeds a stage with many items: its own ``feed_all`` where it has one."""
    if _may_be_done(stage):
        return lambda items: _until_done(stage, items)
    own: FeedAll | None = getattr(stage, "feed_all", None)
    if own is None:
        feed = stage.feed
        return lambda items: (made for item in items for made in feed(item))
    if isinstance(stage, TextOnly):
        return own
    return lambda items: _whole(own, items)


def _feeds(stages: Sequence[Stage[Any, Any]]) -> list[FeedAll]:
    """What feeds *stages*, with neighbours that are plain functions run as one."""
    feeds: list[FeedAll] = []
    plain: list[Plain] = []
    for stage in stages:
        if _is_plain(stage):
            plain.append(stage)
            continue
        if plain:
            feeds.append(_plain(plain))
            plain = []
        feeds.append(_feed_all(stage))
    return [*feeds, _plain(plain)] if plain else feeds


def _is_plain(stage: object) -> TypeGuard[Plain]:
    """Whether *stage* does no more than call a function: a subclass may."""
    return type(stage) in {MapEach, Keep, Tap}


def _plain(stages: Sequence[Plain]) -> FeedAll:
    """What calls the functions of *stages* for each item."""
    if all(isinstance(stage, MapEach) for stage in stages):
        functions = [stage.fn for stage in stages if isinstance(stage, MapEach)]

        def mapped(items: Iterable[Any]) -> Iterator[Any]:
            for item in items:
                value = item
                for function in functions:
                    value = function(value)
                yield value

        return mapped
    calls = [
        (type(stage), stage.predicate if isinstance(stage, Keep) else stage.fn) for stage in stages
    ]

    def called(items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            value = item
            for kind, function in calls:
                if kind is MapEach:
                    value = function(value)
                elif not function(value) and kind is Keep:
                    break
            else:
                yield value

    return called


def _until_done(stage: Stage[Any, Any], items: Iterable[Any]) -> Iterator[Any]:
    """Feed *stage* as long as it wants more; what stands before it is asked for no more either."""
    if getattr(stage, "done", False):
        return
    for item in items:
        yield from stage.feed(item)
        if getattr(stage, "done", False):
            return


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

    Each item goes through all stages before the next one does, but for a stage that takes many at
    once.  A failure, upstream or in a stage, comes after the items that were whole before it.
    """

    def __init__(self, upstream: Channel[Any], stages: Sequence[Stage[Any, Any]]) -> None:
        super().__init__()
        self._upstream = upstream
        self._stages = list(stages)
        self._feeds = _feeds(self._stages)
        self._may_be_done = any(map(_may_be_done, stages))

    async def _fetch(self) -> None:
        if self._may_be_done and self._cut_short():
            await trio.lowlevel.checkpoint()
            return
        batch = await self._pull(self._upstream)
        if batch:
            self._run(batch, self._feeds)
            if self._may_be_done and self._end is None:
                self._cut_short()
        elif isinstance(self._end, trio.EndOfChannel):
            self._flush(0)

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
            self._run(rest, _feeds(self._stages[number + 1 :]))
            if not isinstance(self._end, trio.EndOfChannel):
                return

    def _cut_short(self) -> bool:
        """End the stream when a stage wants no more input."""
        for number, stage in enumerate(self._stages):
            if getattr(stage, "done", False):
                self._flush(number)
                return True
        return False
