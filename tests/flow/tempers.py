"""The operations of random graphs do the work that a `Plan` tells of."""

from __future__ import annotations

from contextlib import aclosing

import trio

from lionpride_trio.transformers import map_each, source

from .reference import CAUGHT, Plan, changed, number


class Broken(Exception):
    """The exception of a failing operation."""


class Watch:
    """How many operations that take a slot run, and did at most."""

    def __init__(self) -> None:
        self.running = self.most = 0

    def __enter__(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)

    def __exit__(self, *_: object) -> None:
        self.running -= 1


async def _read(plan: Plan, context):
    """The chunks that an operation makes of the stream that it reads, one by one."""
    if plan.reads is None or plan.reading == "ignores":
        return
    most = plan.most if plan.reading in {"leaves", "closes"} else None
    while most != 0:
        try:
            chunk = await context.channel.receive()
        except trio.EndOfChannel:
            return
        except Exception:
            if plan.reading != "catches":
                raise
            yield CAUGHT
            return
        yield changed(chunk)
        await trio.sleep(plan.pause)
        most = None if most is None else most - 1
    if plan.reading == "closes":
        await context.channel.aclose()


async def _function(place: int, plan: Plan, context, watch: Watch):
    given = []

    async def give(chunk):
        await context.send(chunk)
        given.append(chunk)

    with watch:
        if plan.ends == "fails first":
            raise Broken(place)
        async with aclosing(_read(plan, context)) as read:
            async for chunk in read:
                await give(chunk)
        for chunk in range(plan.own):
            await give(number(place, chunk))
        if plan.ends == "fails":
            raise Broken(place)
        if plan.ends == "stray":
            raise await _kept()
    return given


async def _generator(place: int, plan: Plan, context, watch: Watch):
    """The same as a generator, with what it holds open around its yields."""
    with watch:
        if plan.ends == "fails first":
            raise Broken(place)
        async with aclosing(_read(plan, context)) as read:
            async for chunk in read:
                yield chunk
        own = [number(place, chunk) for chunk in range(plan.own)]
        match plan.holds:
            case "nothing":
                for chunk in own:
                    yield chunk
            case "nursery":
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(trio.sleep_forever)
                    for chunk in own:
                        yield chunk
                    nursery.cancel_scope.cancel()
            case "scope":
                for chunk in own:
                    with trio.move_on_after(0.3):
                        yield chunk
        match plan.ends:
            case "fails":
                raise Broken(place)
            case "stray":
                raise await _kept()
            case "deadline":
                with trio.move_on_after(1):
                    yield number(place, 100)
                    await trio.sleep_forever()
                yield number(place, 101)
            case "too slow":
                with trio.fail_after(1):
                    yield number(place, 100)
                    await trio.sleep_forever()
            case "child":
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(_fail_later, place)
                    yield number(place, 100)
                    await trio.sleep_forever()


async def _fail_later(place: int) -> None:
    await trio.sleep(1)
    raise Broken(place)


async def _kept() -> trio.Cancelled:
    """A cancellation of a scope that is closed, or the one of the flow if it is cancelled now."""
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.lowlevel.checkpoint()
        except trio.Cancelled as cancelled:
            return cancelled
    raise AssertionError


def work(place: int, plan: Plan, watch: Watch):
    if plan.form == "function":
        return lambda context: _function(place, plan, context, watch)
    if plan.form == "generator":
        return lambda context: _generator(place, plan, context, watch)
    if plan.form == "source":
        return lambda context: source(_generator)(place, plan, context, watch)
    return lambda context: context.channel | map_each(changed)
