"""Operators about time that need no task: they wait inside the consumer's ``receive``."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import trio

from .._channels._channel import Channel
from .._channels._fused import FusedChannel
from .._channels._recipe import ChannelStep, Passthrough, recipe_repr
from .._channels._text_stages import OnText, joined
from .._checks import check_seconds
from .._errors import StreamTimeout


def idle_timeout(seconds: float) -> Passthrough:
    """The items as they are; `StreamTimeout` when a wait for an item takes longer than *seconds*.

    Opens no nursery.  The time that a slow consumer takes does not count.
    """
    wait = check_seconds("seconds", seconds)
    return Passthrough(
        recipe_repr("idle_timeout", seconds), ChannelStep(partial(IdleTimeoutChannel, seconds=wait))
    )


class IdleTimeoutChannel(Channel[Any]):
    """*upstream*, which must end each wait for it within *seconds*."""

    _can_poll = True

    def __init__(self, upstream: Channel[Any], seconds: float) -> None:
        super().__init__()
        self._upstream = upstream
        self._seconds = seconds

    def _fetch(self) -> Coroutine[Any, Any, list[Any]]:
        due = trio.current_time() + self._seconds
        return self._pull_until(self._upstream, due, self._time_out)

    def _fetch_nowait(self) -> list[Any] | None:
        return self._pull_nowait(self._upstream)

    def _time_out(self) -> list[Any]:
        message = f"nothing came for {self._seconds:g} s"
        self._finish(StreamTimeout(message, clock="idle_timeout"))
        return []


class TimedBufferChannel(Channel[Any]):
    """The items that came within *seconds* of the first one, as one item."""

    def __init__(self, upstream: Channel[Any], seconds: float) -> None:
        super().__init__()
        self._upstream = upstream
        self._seconds = seconds
        self._held: list[Any] = []
        self._deadline = 0.0

    async def _fetch(self) -> list[Any]:
        if not self._held:
            self._held = await self._pull_some(self._upstream)
            self._deadline = trio.current_time() + self._seconds
        if trio.current_time() >= self._deadline:
            await trio.lowlevel.checkpoint()
        else:
            with trio.move_on_at(self._deadline):
                while self._end is None:
                    # `_held` keeps the items, should the consumer be cancelled here.
                    self._held += await self._pull(self._upstream)
        held, self._held = self._held, []
        results: list[Any] = []
        try:
            results += joined(held)
        except Exception as error:
            self._add_failure(error)
        return results


class IdleFlushChannel(FusedChannel):
    """A text machine over *upstream*, settled when nothing came for *seconds*."""

    def __init__(self, upstream: Channel[Any], make: Callable[[], OnText], seconds: float) -> None:
        stage = make()
        super().__init__(upstream, [stage])
        self._can_poll = self._fast_path = False  # each read has its clock
        self._stage = stage
        self._seconds = seconds
        self._holding = False

    async def _fetch(self) -> list[Any]:
        with trio.move_on_after(self._seconds if self._holding else math.inf):
            batch = await self._pull_some(self._upstream)
            self._holding = True
            return self._run_stages(batch)
        self._holding = False
        results: list[Any] = []
        try:
            results += self._stage.settle()
        except Exception as error:
            self._finish(error)
        return results
