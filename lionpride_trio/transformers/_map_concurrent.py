"""``map_concurrent``: an async function on each item, several at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import attrs
import trio

from .._channels._channel import Channel
from .._channels._nursery import failure_in, open_pump_nursery
from .._channels._recipe import NurseryStep, Transformer, recipe_repr
from .._checks import check_awaited, check_gives_awaitable, check_size

In = TypeVar("In")
Out = TypeVar("Out")


def map_concurrent(
    function: Callable[[In], Awaitable[Out]], limit: int, *, ordered: bool = True
) -> Transformer[In, Out]:
    """Results of the async *function*, for at most *limit* items at a time.

    Results come in the order of the items, or with ``ordered=False`` as they are there.  At most *limit*
    items are in work or wait to be taken, so a slow consumer stops the producer.  Opens a nursery.  A failure
    arrives in its item's turn and cancels the calls that are not done; leaving early cancels all.
    """
    check_awaited("map_concurrent()", "function", function, "map_each(…) for what does not wait")
    check_size("limit", limit)
    return Transformer(
        recipe_repr("map_concurrent", function, limit),
        NurseryStep(partial(_open_map, function=function, limit=limit, ordered=ordered)),
    )


@attrs.define(eq=False)
class _Call:
    item: Any
    result: Any = None
    failure: Exception | None = None
    done: bool = False


class MapChannel(Channel[Any]):
    """Results of *function*; at most *limit* items are in work or waiting to be handed out."""

    def __init__(
        self,
        upstream: Channel[Any],
        function: Callable[[Any], Awaitable[Any]],
        limit: int,
        *,
        ordered: bool,
    ) -> None:
        super().__init__()
        self._upstream = upstream
        self._function = function
        self._limit = limit
        self._ordered = ordered
        self._calls: deque[_Call] = deque()
        self._upstream_end: Exception | None = None
        self._changed = trio.lowlevel.ParkingLot()
        self._scope = trio.CancelScope()

    async def run(self) -> None:
        """Read upstream and start a call for each item, in a nursery of its own."""
        with self._scope:
            async with trio.open_nursery() as nursery:
                await self._start_calls(nursery)

    async def _start_calls(self, nursery: trio.Nursery) -> None:
        while True:
            while len(self._calls) + self._buffered() >= self._limit:
                await self._changed.park()
            try:
                (item,) = await self._upstream.receive_batch(1)
            except Exception as error:
                self._upstream_end = error
                self._changed.unpark_all()
                return
            call = _Call(item)
            self._calls.append(call)
            nursery.start_soon(self._work, call)

    async def _work(self, call: _Call) -> None:
        try:
            given = self._function(call.item)
            call.result = await check_gives_awaitable("map_concurrent()", self._function, given)
        except BaseException as error:
            call.failure = failure_in(error)
            if call.failure is None:
                raise
        call.done = True
        self._changed.unpark_all()

    async def _fetch(self) -> list[Any]:
        self._changed.unpark_all()  # for the results that were handed out
        call = self._next_done()
        if call is not None:
            await trio.lowlevel.checkpoint()
            self._calls.remove(call)
            if call.failure is None:
                return [call.result]
            self._stop(call.failure)
        elif self._upstream_end is not None and not self._calls:
            await trio.lowlevel.checkpoint()
            end = self._upstream_end
            self._stop(None if isinstance(end, trio.EndOfChannel) else end)
        else:
            await self._changed.park()
        return []

    def _next_done(self) -> _Call | None:
        candidates = list(self._calls)[:1] if self._ordered else self._calls
        return next((call for call in candidates if call.done), None)

    def close_nowait(self) -> None:
        super().close_nowait()
        self._changed.unpark_all()

    def _stop(self, error: Exception | None) -> None:
        self._scope.cancel()
        self._finish(error)


@asynccontextmanager
async def _open_map(
    upstream: Channel[Any],
    function: Callable[[Any], Awaitable[Any]],
    limit: int,
    *,
    ordered: bool,
) -> AsyncGenerator[Channel[Any]]:
    """Results of *function* on the items of *upstream*."""
    channel = MapChannel(upstream, function, limit, ordered=ordered)
    async with open_pump_nursery() as nursery:
        nursery.start_soon(channel.run, name="map_concurrent")
        yield channel
