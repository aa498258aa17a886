"""``tee``: a copy of the stream for a sink beside it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import trio

from .._channels._channel import Channel
from .._channels._mailbox import DEFAULT_SIZE, Mailbox, WhenFull, check_when_full
from .._channels._nursery import open_pump_nursery
from .._channels._recipe import NurseryStep, Passthrough, recipe_repr
from .._checks import check_awaited, check_gives_awaitable, check_size


def tee(
    sink: Callable[[Channel[Any]], Awaitable[Any]],
    *,
    when_full: WhenFull = "block",
    size: int = DEFAULT_SIZE,
) -> Passthrough:
    """The items as they are; *sink* gets a copy of each, as with Unix tee.

    *sink* is an async function of a channel.  *when_full* says what happens when the sink is *size*
    items behind: ``"block"`` (the stream waits), ``"drop_oldest"``, ``"drop_newest"``, or ``"detach"``
    (the sink gets `LimitExceeded`, and the stream goes on).  Opens a nursery.  At the normal end the
    stream waits until the sink has returned; a failure of the sink arrives as the stream's, and a
    failure of the stream reaches the sink too; leaving early cancels the sink.  A sink that returns
    early is detached.
    """
    check_when_full(when_full)
    check_size("size", size)
    check_awaited("tee()", "sink", sink, "tap(…) for what is called with each item")
    return Passthrough(
        recipe_repr("tee", sink),
        NurseryStep(partial(_open_tee, sink=sink, size=size, when_full=when_full)),
    )


class _SinkTask:
    """The sink, in its task."""

    def __init__(self, sink: Callable[[Channel[Any]], Awaitable[Any]], box: Mailbox) -> None:
        self._sink = sink
        self.box = box
        self.done = trio.Event()
        self.failure: Exception | None = None

    async def run(self) -> None:
        try:
            await check_gives_awaitable("tee()", self._sink, self._sink(self.box))
        except Exception as error:
            # The stream's failure, which the sink was told, is no failure of its own.
            self.failure = None if error is self.box.end else error
        finally:
            self.box.close_nowait()
            self.done.set()


class TeeChannel(Channel[Any]):
    """*upstream*, with a copy of each item put into the sink's mailbox first."""

    def __init__(self, upstream: Channel[Any], side: _SinkTask) -> None:
        super().__init__()
        self._upstream = upstream
        self._side = side
        self._upstream_end: Exception | None = None

    async def _fetch(self) -> list[Any]:
        side = self._side
        if self._upstream_end is None and side.failure is None:
            # Room first: an item that was taken from upstream must have a place to go at once.
            room = await side.box.wait_room()
            try:
                batch = await self._upstream.receive_batch(None if side.box.reader_gone else room)
            except (trio.BusyResourceError, trio.ClosedResourceError):
                raise
            except Exception as error:
                self._upstream_end = error
                side.box.finish(None if isinstance(error, trio.EndOfChannel) else error)
            else:
                side.box.put_nowait(batch.copy())
                return batch
            return []
        # The stream ends when its copy has arrived.
        await side.done.wait()
        end = self._upstream_end
        if end is None or isinstance(end, trio.EndOfChannel):
            end = side.failure
        self._finish(end)
        return []


@asynccontextmanager
async def _open_tee(
    upstream: Channel[Any],
    sink: Callable[[Channel[Any]], Awaitable[Any]],
    size: int,
    when_full: WhenFull,
) -> AsyncGenerator[Channel[Any]]:
    """*upstream*, with *sink* running on a copy of it."""
    side = _SinkTask(sink, Mailbox(size, when_full))
    async with open_pump_nursery() as nursery:
        nursery.start_soon(side.run, name="tee")
        yield TeeChannel(upstream, side)
