"""Sources: who opens one, who closes it, and what runs when."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import LocalProtocolError, sinks, source, transformer
from lionpride_trio.transformers import from_iterable, map_each, take
from tests.channels.words import Shout, words


@source
async def one_and_silence():
    yield "a"
    await trio.sleep_forever()


async def test_only_the_task_that_opened_a_source_closes_it():
    silence = one_and_silence()

    async def close():
        with pytest.raises(LocalProtocolError, match="did not open it"):
            await silence.__aexit__(None, None, None)

    async with silence as channel, trio.open_nursery() as nursery:
        nursery.start_soon(close)
        assert await channel.receive() == "a"


async def test_a_pipeline_is_a_source_and_each_opening_a_run_of_its_own():
    pipeline = words("a", "b") | map_each(str.upper) | transformer(Shout)
    assert await sinks.collect(pipeline) == ["A", "B", "!"]
    assert await sinks.collect(pipeline) == ["A", "B", "!"]


async def test_after_its_block_a_channel_hands_out_nothing_that_was_ready():
    for pipeline in (from_iterable(["a", "b"]), from_iterable(["a", "b"]) | map_each(str)):
        async with pipeline as channel:
            assert await channel.receive() == "a"
            assert channel.statistics().buffered == 1
        with pytest.raises(trio.ClosedResourceError):
            await channel.receive()


async def test_one_source_opened_twice_by_one_task_closes_the_inner_one_first():
    numbers = from_iterable([1, 2])
    async with numbers as outer:
        assert await outer.receive() == 1
        async with numbers as inner:
            assert await inner.receive() == 1
        with pytest.raises(trio.ClosedResourceError):
            await inner.receive()
        assert await outer.receive() == 2
    with pytest.raises(trio.ClosedResourceError):
        await outer.receive()


async def test_an_open_channel_is_piped_on_and_stays_open():
    async with words("a", "b", "c") as channel:
        assert [item async for item in channel | map_each(str.upper) | take(2)] == ["A", "B"]
        assert await channel.receive() == "c"


async def test_a_source_without_an_owner_says_what_to_write():
    with pytest.raises(LocalProtocolError, match="async with"):
        async for _ in words("a") | map_each(str.upper):
            pass


async def test_one_source_object_is_opened_in_two_tasks_at_once():
    cold = words("a", "b")
    results: list[list[str]] = []

    async def read() -> None:
        results.append(await sinks.collect(cold))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        nursery.start_soon(read)
    assert results == [["a", "b"], ["a", "b"]]
