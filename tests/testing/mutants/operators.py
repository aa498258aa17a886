"""Operators that lose, leave, wrap or swallow something."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial

import trio

from lionpride_trio._channels._channel import Channel
from lionpride_trio._channels._source import Source
from lionpride_trio.testing import check_broken_off, check_operator
from lionpride_trio.transformers import map_each, prefetch, source
from tests.testing.mutants.case import Case


class Passing(Channel):
    """Correct: gives each item of what is upstream."""

    def __init__(self, upstream):
        super().__init__()
        self.upstream = upstream

    async def _fetch(self):
        return await self._pull(self.upstream)


class LosesAnItemOnCancel(Passing):
    """Takes an item, and then waits before it hands it over."""

    async def _fetch(self):
        batch = await self._pull(self.upstream)
        await trio.lowlevel.checkpoint()
        return batch


class SwallowsTheFailure(Passing):
    async def _fetch(self):
        try:
            return [await self.upstream.receive()]
        except Exception:
            self._finish()
        return []


class WrapsTheFailure(Passing):
    async def _fetch(self):
        try:
            return [await self.upstream.receive()]
        except trio.EndOfChannel:
            self._finish()
        except Exception as error:
            self._finish(RuntimeError(str(error)))
        return []


class SwallowsCancellation(Passing):
    async def _fetch(self):
        try:
            return await self._pull(self.upstream)
        except trio.Cancelled:
            self._finish()
        return []


class DropsTheLast(Passing):
    """Lets the failure overtake the item before it."""

    def __init__(self, upstream):
        super().__init__(upstream)
        self.held = []

    async def _fetch(self):
        batch = await self._pull(self.upstream)
        if batch:
            batch, self.held = self.held, batch
        elif isinstance(self._end, trio.EndOfChannel):
            return self.held
        return batch


class DropsWhatIsReady(Passing):
    """Gives what came at the next silence, and nothing of it where there is a failure instead."""

    def __init__(self, upstream):
        super().__init__(upstream)
        self.held = []

    async def _fetch(self):
        with trio.move_on_after(0.5):
            while self._end is None:
                self.held += await self._pull(self.upstream)
        if not isinstance(self._end, trio.EndOfChannel | type(None)):
            return []
        held, self.held = self.held, []
        return held


class FailsWhenAskedAgain(Passing):
    async def _fetch(self):
        with trio.CancelScope() as scope:
            return await super()._fetch()
        self._finish(RuntimeError("cancelled before"))
        return []

    async def _wait(self):
        try:
            await super()._wait()
        except trio.Cancelled:
            self._finish(RuntimeError("cancelled before"))
            raise


class NeverEnds(Passing):
    async def _fetch(self):
        items = await super()._fetch()
        if self._end is not None:
            await trio.sleep_forever()
        return items


def over(kind):
    """An operator whose channel is of that *kind*."""

    def apply(upstream):
        @asynccontextmanager
        async def opened():
            async with upstream as channel:
                yield kind(channel)

        return Source(opened, name=kind.__name__)

    return apply


def through(carry, size=1):
    """An operator with a task that carries items over; *carry* is the task."""

    def apply(upstream):
        @asynccontextmanager
        async def opened():
            send, receive = trio.open_memory_channel(size)
            async with upstream as channel, carry(channel, send), receive:
                async with Foreign(receive) as foreign:
                    yield foreign

        return Source(opened, name="through")

    return apply


class Foreign(Channel):
    def __init__(self, receive):
        super().__init__()
        self.inner = receive

    async def _fetch(self):
        try:
            return [await self.inner.receive()]
        except trio.EndOfChannel:
            self._finish()
        return []


@asynccontextmanager
async def groups(channel, send):
    """A plain nursery, which puts what its block and its tasks raise into groups."""

    async def carry():
        async with send:
            async for item in channel:
                await send.send(item)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(carry)
        yield
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def leaves_a_task(channel, send):
    async def carry():
        async with send:
            async for item in channel:
                await send.send(item)
        await trio.sleep_forever()

    trio.lowlevel.spawn_system_task(carry)
    yield


def leaves_the_source_open(upstream):
    @asynccontextmanager
    async def opened():
        channel = await OPEN.enter_async_context(upstream)
        yield channel

    from contextlib import AsyncExitStack

    OPEN = AsyncExitStack()
    return Source(opened, name="open")


def replaces_the_bodys_exception(upstream):
    @asynccontextmanager
    async def opened():
        async with upstream as channel:
            try:
                yield channel
            except Exception as error:
                raise RuntimeError("in the body") from error

    return Source(opened, name="replaces")


def reads_without_end(upstream):
    @source(ahead=1_000_000)
    async def eager():
        async with upstream as channel:
            async for item in channel:
                yield item

    return eager()


def leaves_a_generator(upstream):
    async def generate(channel):
        async for item in channel:
            yield item

    class Reading(Channel):
        def __init__(self, upstream):
            super().__init__()
            self.items = generate(upstream)

        async def _fetch(self):
            try:
                return [await anext(self.items)]
            except StopAsyncIteration:
                self._finish()
            except Exception as error:
                self._finish(error)
            return []

    return over(Reading)(upstream)


SEEN: list[str] = []


def remembers(upstream):
    return upstream | map_each(lambda item: SEEN.append(item) or f"{item}{len(SEEN)}")


PLAIN = over(Passing)
PASSES = partial(check_operator, passes_on=True)

CASES = [
    Case("LosesAnItemOnCancel", check_operator, PLAIN, over(LosesAnItemOnCancel),
         "cancelling a receive loses nothing"),
    Case("FailsWhenAskedAgain", check_operator, PLAIN, over(FailsWhenAskedAgain),
         "cancelling a receive loses nothing"),
    Case("SwallowsCancellation", check_operator, PLAIN, over(SwallowsCancellation),
         "cancellation|cancelling a receive loses nothing"),
    Case("SwallowsTheFailure", check_operator, PLAIN, over(SwallowsTheFailure),
         "failures come plain"),
    Case("WrapsTheFailure", check_operator, PLAIN, over(WrapsTheFailure),
         "failures come plain"),
    Case("DropsTheLast", PASSES, PLAIN, over(DropsTheLast), "failures come plain"),
    Case("a failure that is swallowed", check_broken_off, PLAIN, over(SwallowsTheFailure),
         "broken off", True),
    Case("a failure that is wrapped", check_broken_off, PLAIN, over(WrapsTheFailure),
         "failures come plain", True),
    Case("the last is lost to a failure", partial(check_broken_off, lossless=True), PLAIN,
         over(DropsTheLast),
         "broken off", True),
    Case("what is ready is lost to a failure", check_broken_off, PLAIN, over(DropsWhatIsReady),
         "broken off", True),
    Case("NeverEnds", check_operator, PLAIN, over(NeverEnds), "no deadlock"),
    Case("groups", check_operator, prefetch(1), through(groups), "failures come plain"),
    Case("leaves a task", check_operator, prefetch(1), through(leaves_a_task), "structured"),
    Case("leaves the source open", check_operator, PLAIN, leaves_the_source_open,
         "structured"),
    Case("replaces the body's exception", check_operator, over(Passing),
         replaces_the_bodys_exception, "failures come plain"),
    Case("reads without end", check_operator, lambda up: up | prefetch(3), reads_without_end,
         "bounded"),
    Case("leaves a generator", check_operator, PLAIN, leaves_a_generator,
         "cancelling a receive loses nothing"),
    Case("remembers", check_operator, lambda up: up | map_each(str), remembers, "fresh state"),
]  # fmt: skip
