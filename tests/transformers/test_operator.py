"""Operators of one's own: `operator`."""

import pickle

import pytest
import trio

from lionpride_trio import ConfigurationError, sinks
from lionpride_trio.testing import check_operator
from lionpride_trio.transformers import from_iterable, map_each, operator, source


@operator
async def doubled(channel, times=2):
    async for item in channel:
        for _ in range(times):
            yield item


def test_it_keeps_the_laws_of_operators():
    check_operator(lambda items: items | doubled(1))


async def test_it_is_a_recipe_like_any_other():
    recipe = map_each(str) | doubled(times=3)
    assert repr(recipe) == "map_each(str) | doubled(times=3)"
    for _ in range(2):
        assert await sinks.collect(from_iterable([1, 2]) | recipe) == ["1"] * 3 + ["2"] * 3
    assert doubled.__name__ == "doubled"


async def test_an_end_of_its_own_is_the_end(autojump_clock):
    @operator
    async def first(channel, n):
        async for item in channel:
            yield item
            n -= 1
            if not n:
                return

    assert await sinks.collect(from_iterable(range(9)) | first(2)) == [0, 1]


async def test_failures_arrive_after_what_was_yielded_before_them():
    @operator
    async def failing(channel):
        yield await channel.receive()
        raise OSError("broken")

    seen = []
    with pytest.raises(OSError, match="broken"):
        async with from_iterable([1, 2]) | failing() as channel:
            async for item in channel:
                seen.append(item)
    assert seen == [1]


async def test_leaving_early_cancels_it_and_joins_its_clean_up(autojump_clock):
    ended = []

    @source
    async def slow():
        while True:
            yield 1
            await trio.sleep(1)

    @operator
    async def tidy(channel):
        try:
            async for item in channel:
                yield item
        finally:
            with trio.CancelScope(shield=True):
                await trio.sleep(1)
            ended.append(trio.current_time())

    async with slow() | tidy() as channel:
        assert await channel.receive() == 1
    assert ended == [1]


@pytest.mark.parametrize("wrong", [3, None])
def test_what_is_no_function_is_refused(wrong):
    with pytest.raises(ConfigurationError, match="async generator function"):
        operator(wrong)


def test_what_never_yields_is_refused():
    async def plain(channel):
        pass

    with pytest.raises(ConfigurationError, match="which has a yield"):
        operator(plain)


def test_its_recipe_can_be_pickled_where_its_function_can():
    assert repr(pickle.loads(pickle.dumps(doubled(3)))) == "doubled(3)"
