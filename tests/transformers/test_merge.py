"""`merge` and `chain`: labels, fairness, and when each stream is opened and closed."""

from __future__ import annotations

import pytest
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import StreamTruncated, sinks
from lionpride_trio.transformers import chain, from_iterable, merge
from tests.counting import numbers

FAILURE = StreamTruncated("cut")


async def test_merge_labels_and_is_fair():
    merged = await sinks.collect(merge({"a": numbers(100), "b": numbers(100)}, size=4))
    assert [item for label, item in merged if label == "a"] == list(range(100))
    assert [item for label, item in merged if label == "b"] == list(range(100))
    firsts = [label for label, _ in merged[:80]]
    assert 20 <= firsts.count("a") <= 60


@pytest.mark.parametrize("items", [range(500), list(range(500))], ids=["singly", "by batches"])
async def test_merge_is_fair_to_many_sources_that_have_items_all_the_time(items):
    seen = [0] * 64
    async with merge(*(from_iterable(items) for _ in seen)) as merged:
        async for number, _ in merged:
            seen[number] += 1
            assert seen[number] == 500 or seen[number] - min(seen) <= 128
            if seen[number] == 500:
                break


async def test_merge_of_nothing_ends():
    assert await sinks.collect(merge()) == []


async def test_a_failure_in_a_merge_closes_the_others(autojump_clock):
    log: list[object] = []
    async with merge(numbers(1, then=FAILURE), numbers(100, every=1, log=log)) as channel:
        with pytest.raises(StreamTruncated):
            await sinks.drain(channel)
        await wait_all_tasks_blocked()
        assert log == ["closed"]


async def test_a_second_failure_in_the_same_step_is_a_note_on_the_first():
    failures = [StreamTruncated("one"), StreamTruncated("two")]
    async with merge(*(numbers(0, then=failure) for failure in failures)) as channel:
        with pytest.raises(StreamTruncated) as caught:
            await channel.receive()
    (first,) = (failure for failure in failures if failure is caught.value)
    (second,) = (failure for failure in failures if failure is not first)
    assert first.__notes__ == [f"another failed, too: {second!r}"]


async def test_chain_opens_the_next_when_the_last_has_ended():
    log: list[object] = []
    assert await sinks.collect(chain(numbers(2, log=log), numbers(2, log=log))) == [0, 1, 0, 1]
    assert log == [0, 1, "closed", 0, 1, "closed"]
