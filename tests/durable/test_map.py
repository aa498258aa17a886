"""``map_durable``: many items, each done once, however often the batch is begun."""

from __future__ import annotations

import io
import json
from collections import Counter

import attrs
import pytest
import trio

from lionpride_trio import ConfigurationError, RunStopped, sinks
from lionpride_trio.durable import State, map_durable, open_streams
from lionpride_trio.operations import Builder, flow
from lionpride_trio.transformers import from_iterable, map_each, tee


class Doubler:
    def __init__(self):
        self.calls = Counter()
        self.failing = set()
        self.running = self.most = 0

    async def __call__(self, item):
        self.calls[item] += 1
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for _ in range(5):
                await trio.lowlevel.checkpoint()
            if item in self.failing:
                raise ValueError(f"item {item}")
            return 2 * item
        finally:
            self.running -= 1


def batch(function, items, streams, **options):
    return map_durable(function, items, journal=streams.journal("batch"), key=str, **options)


async def collect(source):
    async with source as channel:
        return [one async for one in channel]


async def test_each_item_is_done_once(url):
    double = Doubler()
    async with open_streams(url) as streams:
        first = await collect(batch(double, range(20), streams, limit=3))
        again = await collect(batch(double, range(20), streams, limit=3))
        status = await streams.journal("batch").status()
    assert double.calls == dict.fromkeys(range(20), 1)
    assert double.most == 3
    assert sorted((one.key, one.item, one.result) for one in first) == sorted(
        (str(item), item, 2 * item) for item in range(20)
    )
    assert not any(one.from_journal for one in first)
    assert all(one.from_journal for one in again)
    assert {(one.key, one.result) for one in again} == {(one.key, one.result) for one in first}
    assert (status.kind, status.state, status.done, status.total) == ("batch", State.ENDED, 20, 20)
    assert status.operations == ()


async def test_a_batch_that_was_left_goes_on():
    double = Doubler()
    async with open_streams("memory:") as streams:
        async with batch(double, range(50), streams, limit=2) as results:
            for _ in range(10):
                await results.receive()
        assert (await streams.journal("batch").status()).state is State.STOPPED
        began = set(double.calls)
        rest = await collect(batch(double, range(50), streams, limit=2))
    assert sorted(one.result for one in rest) == [2 * item for item in range(50)]
    assert len(began) < 50
    # At most the two that ran as it was left were called again.
    assert sum(double.calls.values()) <= 52


async def test_a_failure_ends_a_batch_and_the_next_one_goes_on():
    double = Doubler()
    double.failing = {7}
    async with open_streams("memory:") as streams:
        with pytest.raises(ValueError, match="item 7"):
            await collect(batch(double, range(10), streams, limit=1))
        status = await streams.journal("batch").status()
        assert (status.state, status.done) == (State.FAILED, 7)
        double.failing = set()
        rest = await collect(batch(double, range(10), streams, limit=1, ordered=True))
    assert [one.result for one in rest] == [2 * item for item in range(10)]
    assert [one.from_journal for one in rest] == [True] * 7 + [False] * 3
    assert double.calls == {**dict.fromkeys(range(10), 1), 7: 2}


async def test_failures_may_be_left_for_the_next_time():
    double = Doubler()
    double.failing = {3, 7}
    async with open_streams("memory:") as streams:
        first = await collect(batch(double, range(10), streams, on_error="skip"))
        assert sorted(one.item for one in first if one.error is not None) == [3, 7]
        assert all(one.result is None for one in first if one.error)
        double.failing = {3}
        second = await collect(batch(double, range(10), streams, on_error="skip"))
    assert [one.item for one in second if one.error] == [3]
    assert double.calls == {**dict.fromkeys(range(10), 1), 3: 2, 7: 2}


async def test_an_item_that_has_changed_is_done_again(caplog):
    double = Doubler()
    key = {1: "a", 2: "a", 3: "b"}.get
    async with open_streams("memory:") as streams:
        for items, results in (([1, 3], [2, 6]), ([2, 3], [4, 6])):
            source = map_durable(double, items, journal=streams.journal("x"), key=key, ordered=True)
            assert [one.result for one in await collect(source)] == results
    assert double.calls == {1: 1, 2: 1, 3: 1}
    assert "journal 'x': item 'a' is done again: it has changed" in caplog.text


async def test_items_may_come_from_a_source_and_texts_are_their_own_keys():
    async def length(text):
        return len(text)

    async with open_streams("memory:") as streams:
        source = map_durable(length, from_iterable(iter(["a", "bb"])), journal=streams.journal("x"))
        assert {one.key: one.result for one in await collect(source)} == {"a": 1, "bb": 2}
        assert (await streams.journal("x").status()).total is None


async def test_stopped_from_elsewhere_it_ends_with_that():
    begun = trio.Event()
    caught = []

    async def wait(item):
        begun.set()
        await trio.sleep_forever()

    async def run(streams):
        try:
            await collect(batch(wait, range(3), streams))
        except RunStopped as error:
            caught.append(str(error))

    async with open_streams("memory:") as streams, trio.open_nursery() as nursery:
        nursery.start_soon(run, streams)
        await begun.wait()
        await streams.journal("batch").stop()
    assert caught == ["the run 'batch' was stopped"]


async def test_json_lines_with_progress(tmp_path):
    """No key twice in the file, however often the batch was begun."""
    double = Doubler()
    double.failing = {7}
    path = tmp_path / "answers.jsonl"
    told = io.StringIO()

    async def run(streams):
        results = batch(double, range(10), streams, limit=1)
        shown = results | tee(sinks.progress(total=10, stream=told))
        await sinks.json_lines(path)(
            shown | map_each(lambda one: {"key": one.key, "answer": one.result})
        )

    async with open_streams("memory:") as streams:
        with pytest.raises(ValueError, match="item 7"):
            await run(streams)
        assert not path.exists()
        double.failing = set()
        await run(streams)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines == [{"key": str(n), "answer": 2 * n} for n in range(10)]
    assert "10 of 10 items" in told.getvalue()


@attrs.frozen
class Question:
    id: int
    text: str


async def test_what_is_wrong_is_refused_before_any_call():
    double = Doubler()
    async with open_streams("memory:") as streams:
        journal = streams.journal("x")
        for arguments, words in [
            ({"items": ["a", "b", "a"]}, "two items have the key 'a'"),
            ({"items": [Question(1, "a")]}, "the key of an item is a text"),
            ({"items": "abc"}, "takes a list of items, not the text 'abc'"),
            ({"items": 7}, "takes a list or another iterable"),
            ({"items": [], "limit": 0}, "limit must be"),
            ({"items": [], "on_error": "keep"}, "on_error must be"),
            ({"items": [], "journal": "x"}, r"what streams\.journal\('batch-1'\) gives"),
            ({"items": [], "function": len}, "awaits its function"),
        ]:
            given = {"function": double, "journal": journal, **arguments}
            with pytest.raises(ConfigurationError, match=words):
                map_durable(given.pop("function"), given.pop("items"), **given)
        with pytest.raises(ConfigurationError, match="two items have the key 'a'"):
            await collect(map_durable(double, iter(["a", "a"]), journal=journal, limit=1))
        assert set(double.calls) <= {"a"}
        built = Builder()
        built.add(double)
        with pytest.raises(ConfigurationError, match="is that of a batch, not of a flow"):
            await flow(built, journal=journal)


async def test_a_result_that_cannot_be_written_says_so():
    async def odd(item):
        return object()

    async with open_streams("memory:") as streams:
        with pytest.raises(ConfigurationError, match="the result for the item 'a' cannot be kept"):
            await collect(map_durable(odd, ["a"], journal=streams.journal("x")))
