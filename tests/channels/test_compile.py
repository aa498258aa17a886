"""Several stages as one function: in which order items go through, and where they end."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import sinks, source, transformer
from lionpride_trio.stages import MapEach
from lionpride_trio.transformers import (
    buffer,
    from_iterable,
    keep,
    map_concurrent,
    map_each,
    take,
    tap,
)
from tests.channels.words import words


async def test_a_stages_own_failure_comes_after_what_it_made_before():
    def refuse(item: str) -> str:
        if item == "c":
            raise KeyError(item)
        return item

    async with from_iterable("abcd") | map_each(refuse) | map_each(str.upper) as channel:
        assert [await channel.receive(), await channel.receive()] == ["A", "B"]
        with pytest.raises(KeyError, match="c"):
            await channel.receive()


class InBulk:
    """Takes what there is at once, as one who writes a stage for speed may do."""

    def feed(self, item: int) -> list[int]:
        return [item * 10]

    def feed_all(self, items: list[int]) -> list[int]:
        return [item * 10 for item in items]

    def flush(self) -> list[int]:
        return []


async def test_a_stage_in_bulk_loses_nothing_to_the_failure_of_one_before_it():
    pipeline = from_iterable([4, 2, 1, 0]) | map_each(lambda n: 8 // n) | transformer(InBulk)
    async with pipeline as channel:
        assert [await channel.receive() for _ in range(3)] == [20, 40, 80]
        with pytest.raises(ZeroDivisionError):
            await channel.receive()


async def test_each_item_goes_through_all_stages_before_the_next_one_does():
    seen: list[object] = []
    pipeline = from_iterable([1, 2]) | tap(seen.append) | map_each(str) | tap(seen.append)
    assert await sinks.collect(pipeline) == ["1", "2"]
    assert seen == [1, "1", 2, "2"]


@pytest.mark.parametrize("given", [list, iter])
async def test_what_comes_after_enough_is_not_looked_at(given):
    seen: list[int] = []
    pipeline = from_iterable(given([4, 2, 0, 1])) | tap(seen.append) | map_each(lambda n: 8 // n)
    assert await sinks.collect(pipeline | take(2)) == [2, 4]
    assert seen == [4, 2]


async def test_a_stop_iteration_of_a_function_is_no_end_of_the_stream():
    few = iter([10, 20])
    async with from_iterable([1, 2, 3, 4]) | map_each(lambda _: next(few)) as channel:
        assert [await channel.receive(), await channel.receive()] == [10, 20]
        with pytest.raises(RuntimeError) as caught:
            await channel.receive()
        assert isinstance(caught.value.__cause__, StopIteration)


@pytest.mark.parametrize("error", [StopIteration, StopAsyncIteration, trio.EndOfChannel])
@pytest.mark.parametrize("how", ["map_each", "stage", "flush", "source", "map_concurrent"])
async def test_what_means_an_end_elsewhere_is_a_failure_here(error, how):
    class Raises:
        def feed(self, item):
            if how == "stage":
                raise error
            return [item]

        def flush(self):
            raise error

    def raises(item):
        raise error

    async def raises_later(item):
        raise error

    @source
    async def ends():
        yield 1
        raise error

    pipeline = {
        "map_each": from_iterable([1]) | map_each(raises),
        "stage": from_iterable([1]) | transformer(Raises),
        "flush": from_iterable([1]) | transformer(Raises),
        "source": ends(),
        "map_concurrent": from_iterable([1]) | map_concurrent(raises_later, 1),
    }[how]
    with pytest.raises(RuntimeError):
        await sinks.collect(pipeline)


async def test_take_ends_the_stream_and_reads_no_further():
    seen: list[int] = []
    pipeline = from_iterable(range(100)) | tap(seen.append) | take(3) | buffer(count=2)
    assert await sinks.collect(pipeline) == [[0, 1], [2]]
    assert seen == [0, 1, 2]
    assert await sinks.collect(from_iterable(range(9)) | take(0)) == []


class Doubled(MapEach[str, str]):
    def feed(self, item: str) -> list[str]:
        return [*super().feed(item)] * 2


async def test_plain_stages_stand_between_any_others():
    chain = (
        map_each(str.strip)
        | keep(bool)
        | transformer(Doubled)(str.upper)
        | tap(lambda item: None)
        | map_each(lambda item: f"<{item}>")
        | take(3)
        | map_each(str.lower)
    )
    assert await sinks.collect(words(" a", " ", "b ", "c") | chain) == ["<a>", "<a>", "<b>"]
