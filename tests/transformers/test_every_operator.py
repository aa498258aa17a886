"""Operators: what comes through, at the normal end, when a side fails, when one leaves early."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import ConfigurationError, StreamTruncated, sinks, source
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import (
    buffer,
    chain,
    fork,
    from_iterable,
    hedge,
    idle_timeout,
    map_concurrent,
    map_each,
    merge,
    pace,
    prefetch,
    race,
    tee,
)
from tests.counting import numbers

FAILURE = StreamTruncated("cut")


async def double(number: int) -> int:
    await trio.sleep(0.1 * (5 - number % 5))
    return number * 2


# Every operator with tasks, as a program that reads five items.
OPERATORS = {
    "source": lambda: numbers(5),
    "prefetch": lambda: numbers(5) | prefetch(2),
    "pace": lambda: from_iterable("abcde") | pace(100),
    "tee": lambda: numbers(5) | tee(sinks.collect, size=2),
    "map_concurrent": lambda: numbers(5) | map_concurrent(double, 2),
    "unordered": lambda: numbers(5) | map_concurrent(double, 2, ordered=False),
    "merge": lambda: merge(numbers(2), numbers(3)),
    "chain": lambda: chain(numbers(2), numbers(3)),
    "race": lambda: race(numbers(5, every=1), numbers(5, every=2)),
    "hedge": lambda: hedge(numbers(5, every=3), after=1),
    "timed buffer": lambda: numbers(5, every=1) | buffer(seconds=0.5),
    "idle timeout": lambda: numbers(5, every=1) | idle_timeout(2),
    "all together": lambda: (
        merge(
            numbers(2) | prefetch(1) | map_concurrent(double, 2),
            chain(numbers(1), numbers(2) | tee(sinks.drain)),
        )
        | map_each(lambda pair: pair[1])
        | prefetch(3)
    ),
}


@pytest.mark.parametrize("make", OPERATORS.values(), ids=OPERATORS)
def test_cancelled_at_any_step_an_operator_ends_quietly(make):
    async def program() -> None:
        assert len(await sinks.collect(make())) == 5

    assert cancel_everywhere(program) > 3


@pytest.mark.parametrize("make", OPERATORS.values(), ids=OPERATORS)
def test_a_receive_cancelled_at_any_step_loses_nothing(make):
    """Each receive is cancelled at its first, second, … step and asked again."""

    async def program(patience: int) -> int:
        got = []
        async with make() as channel:
            while True:
                cancelled_by = trio.CancelScope()
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(_cancel_after, patience, cancelled_by)
                    ended = False
                    try:
                        with cancelled_by:
                            got.append(await channel.receive())
                    except trio.EndOfChannel:
                        ended = True
                    nursery.cancel_scope.cancel()
                if ended:
                    return len(got)
                await trio.sleep(0.2)

    for patience in range(8):
        assert trio.run(program, patience, clock=trio.testing.MockClock(autojump_threshold=0)) == 5


async def _cancel_after(steps: int, scope: trio.CancelScope) -> None:
    for _ in range(steps):
        await trio.lowlevel.checkpoint()
    scope.cancel()


@pytest.mark.parametrize("make", OPERATORS.values(), ids=OPERATORS)
async def test_the_users_own_exception_comes_out_unchanged(make, autojump_clock):
    mine = KeyError("mine")
    with pytest.raises(KeyError) as caught:
        async with make() as channel:
            await channel.receive()
            raise mine
    assert caught.value is mine


FAILING = {
    "source": lambda failing: failing,
    "prefetch": lambda failing: failing | prefetch(8),
    "tee": lambda failing: failing | tee(sinks.drain),
    "map_concurrent": lambda failing: failing | map_concurrent(double, 2),
    "merge": lambda failing: merge(failing) | map_each(lambda pair: pair[1]),
    "chain": lambda failing: chain(failing, numbers(5)),
    "race": lambda failing: race(failing, numbers(5, every=100)),
    "buffer": lambda failing: failing | buffer(seconds=1) | map_each(lambda group: group[-1]),
    "idle timeout": lambda failing: failing | idle_timeout(9),
}


@pytest.mark.parametrize("make", FAILING.values(), ids=FAILING)
async def test_one_failure_comes_plain_and_after_the_items_before_it(make, autojump_clock):
    async with make(numbers(3, then=FAILURE)) as channel:
        items = []
        with pytest.raises(StreamTruncated) as caught:
            async for item in channel:
                items.append(item)
        assert caught.value is FAILURE
        assert items[-1] in {2, 4}


@pytest.mark.parametrize("make", FAILING.values(), ids=FAILING)
async def test_leaving_early_closes_the_producer(make, autojump_clock):
    log: list[object] = []
    async with make(numbers(1000, every=1, log=log)) as channel:
        await channel.receive()
    assert log[-1] == "closed"
    assert len(log) < 100


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: prefetch(0),
        lambda: prefetch(1.5),  # type: ignore[arg-type]
        lambda: tee(sinks.drain, when_full="sometimes"),  # type: ignore[arg-type]
        lambda: tee(3),  # type: ignore[arg-type]
        lambda: buffer(),
        lambda: buffer(count=2, chars=3),
        lambda: idle_timeout(0),
        lambda: pace(-1),
        lambda: map_concurrent(double, 0),
        lambda: fork(numbers(1), 0),
        lambda: race(),
    ],
)
def test_wrong_options_are_refused_at_once(wrong):
    with pytest.raises(ConfigurationError):
        wrong()


@source
async def one_and_silence():
    yield "a"
    await trio.sleep_forever()


async def slowly(item):
    await trio.sleep_forever()


# Each waits for ever, in its own way.
WAITING = {
    "source": lambda: one_and_silence(),
    "prefetch": lambda: one_and_silence() | prefetch(2),
    "pace": lambda: one_and_silence() | pace(1000),
    "tee": lambda: one_and_silence() | tee(sinks.drain),
    "map_concurrent": lambda: one_and_silence() | map_concurrent(slowly, 2),
    "merge": lambda: merge(one_and_silence(), one_and_silence()),
    "chain": lambda: chain(one_and_silence(), one_and_silence()),
    "race": lambda: race(one_and_silence(), one_and_silence()),
    "timed buffer": lambda: one_and_silence() | buffer(seconds=1),
    "idle timeout": lambda: one_and_silence() | idle_timeout(1000),
}


@pytest.mark.parametrize("make", WAITING.values(), ids=WAITING)
@pytest.mark.parametrize(
    "further", [None, map_each(str), prefetch(2), map_each(str) | prefetch(2) | map_each(str)]
)
async def test_leaving_the_block_wakes_who_waits_in_it(make, further, autojump_clock):
    async def read(channel):
        with pytest.raises(trio.ClosedResourceError):
            while True:
                await channel.receive()

    async def open_for_a_while(made, start_soon):
        async with made as channel:
            start_soon(read, channel)
            await trio.sleep(5)

    async with trio.open_nursery() as readers:
        await open_for_a_while(make() if further is None else make() | further, readers.start_soon)


FAILING = {
    "source": lambda: numbers(1, then=FAILURE),
    "prefetch": lambda: numbers(1, then=FAILURE) | prefetch(2),
    "map_concurrent": lambda: numbers(1, then=FAILURE) | map_concurrent(double, 2),
    "merge": lambda: merge(numbers(1, then=FAILURE)),
    "chain": lambda: chain(numbers(1, then=FAILURE)),
    "race": lambda: race(numbers(1, then=FAILURE)),
}


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("make", FAILING.values(), ids=FAILING)
async def test_a_failure_that_no_reader_waits_for_is_none_of_the_blocks(
    make, steps, autojump_clock
):
    """The reader leaves in one of the steps in which the failure is on its way to it."""
    async with make() as channel:
        await channel.receive()
        for _ in range(steps):
            await trio.lowlevel.checkpoint()
