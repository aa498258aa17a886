"""The end of a block, seen from the tasks that still wait in its channel."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import (
    LocalProtocolError,
    sinks,
    source,
)
from lionpride_trio.transformers import (
    buffer,
    chain,
    idle_timeout,
    map_concurrent,
    map_each,
    merge,
    pace,
    prefetch,
    race,
    tee,
)


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


async def test_only_the_task_that_opened_a_source_closes_it():
    silence = one_and_silence()

    async def close():
        with pytest.raises(LocalProtocolError, match="did not open it"):
            await silence.__aexit__(None, None, None)

    async with silence as channel, trio.open_nursery() as nursery:
        nursery.start_soon(close)
        assert await channel.receive() == "a"
