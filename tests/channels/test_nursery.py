"""An exception of the user's code in a task is one plain exception, wherever the task stands."""

import pytest
import trio

from lionpride_trio import LocalProtocolError, sinks
from lionpride_trio.operations import Builder, flow, flow_stream
from lionpride_trio.transformers import (
    chain,
    fork,
    from_iterable,
    hedge,
    map_concurrent,
    merge,
    prefetch,
    race,
    source,
    tee,
)


@source
async def raising(error):
    yield 1
    raise error


async def raise_it(error):
    await trio.lowlevel.checkpoint()
    raise error


async def run_flow(error):
    builder = Builder()
    builder.add(lambda context: raise_it(error))
    await flow(builder)


async def stream_flow(error):
    builder = Builder()
    builder.add(lambda context: raise_it(error))
    async with flow_stream(builder) as run:
        await sinks.drain(run)


async def run_fork(error):
    async with fork(raising(error), 2) as branches:
        await sinks.drain(branches[0])


PLACES = {
    "source": lambda error: sinks.drain(raising(error)),
    "prefetch": lambda error: sinks.drain(raising(error) | prefetch(2)),
    "merge": lambda error: sinks.drain(merge(raising(error), from_iterable([1]))),
    "chain": lambda error: sinks.drain(chain(raising(error))),
    "race": lambda error: sinks.drain(race(raising(error))),
    "hedge": lambda error: sinks.drain(hedge(raising(error), after=1)),
    "fork": run_fork,
    "tee": lambda error: sinks.drain(from_iterable([1]) | tee(lambda _: raise_it(error))),
    "map_concurrent": lambda error: sinks.drain(
        from_iterable([1, 2]) | map_concurrent(lambda _: raise_it(error), 2)
    ),
    "flow": run_flow,
    "flow_stream": stream_flow,
}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), KeyError("mine")])
@pytest.mark.parametrize("place", PLACES)
def test_a_single_exception_is_in_no_group(place, error):
    with pytest.raises(type(error)) as caught:
        trio.run(PLACES[place], error)
    assert caught.value is error


async def kept_cancellation():
    """A cancellation of a scope that has closed."""
    kept = None
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.lowlevel.checkpoint()
        except trio.Cancelled as cancelled:
            kept = cancelled
            raise
    return kept


@pytest.mark.parametrize("place", PLACES)
def test_a_cancellation_that_nobody_asked_for_is_a_failure(place):
    async def run():
        await PLACES[place](await kept_cancellation())

    with pytest.raises(LocalProtocolError, match=r"raised trio\.Cancelled"):
        trio.run(run)


@source
async def failing_in_clean_up():
    try:
        for number in range(9):
            yield number
    finally:
        raise ValueError("the clean-up failed")


JOINED = {
    "alone": failing_in_clean_up,
    "merge": lambda: merge(failing_in_clean_up()),
    "chain": lambda: chain(failing_in_clean_up()),
    "race": lambda: race(failing_in_clean_up()),
    "hedge": lambda: hedge(failing_in_clean_up(), after=60),
    "merge of merges": lambda: merge(merge(failing_in_clean_up())),
}


@pytest.mark.parametrize("joined", JOINED)
async def test_a_clean_up_that_fails_when_the_reader_left_is_told(joined):
    with pytest.raises(ValueError, match="the clean-up failed"):
        async with JOINED[joined]() as channel:
            await channel.receive()
    with pytest.raises(KeyError, match="mine") as caught:
        async with JOINED[joined]() as channel:
            await channel.receive()
            raise KeyError("mine")
    assert "the clean-up failed" in "".join(caught.value.__notes__)
