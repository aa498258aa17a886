"""A remote source, seen from home: its worker is a thread here, and says all it says by bytes."""

from __future__ import annotations

import sys
import threading

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import ConfigurationError, StreamTruncated, WorkerError, WorkerLost
from lionpride_trio.distributed import _bridge, remote
from lionpride_trio.distributed._bridge import wait_for
from lionpride_trio.distributed._worker import Worker
from lionpride_trio.transformers import map_each, take
from tests.distributed import jobs
from tests.distributed.fake_bridge import Died, workers

__all__ = ["workers"]


async def collect(source):
    items = []
    async with source as channel:
        async for item in channel:
            items.append(item)
    return items


async def test_items_come_in_order(workers):
    assert await collect(remote(jobs.numbers, 1000)) == list(range(1000))
    # 1,000 items are 15 batches of 64 and a rest, which the end comes with or after.
    assert workers[0].calls[0] == "start"
    assert workers[0].calls.count("take") in {16, 17}
    assert workers[0].calls[-1] == "leave"
    assert workers[0].is_killed


async def test_each_opening_is_a_worker_of_its_own(workers):
    source = remote(jobs.numbers, 3, num_cpus=0.5)
    assert workers == []
    assert await collect(source) == await collect(source) == [0, 1, 2]
    assert [worker.num_cpus for worker in workers] == [0.5, 0.5]


async def test_it_is_piped_as_any_source(workers):
    assert await collect(remote(jobs.numbers, 100) | map_each(str) | take(2)) == ["0", "1"]


async def test_a_reader_that_stops_stops_the_source(workers, tmp_path):
    async with remote(jobs.counted, tmp_path / "made") as channel:
        await channel.receive()
        await wait_for(channel._answer)
        assert workers[0].calls == ["start", "take", "take"]
    # The batch that is read, the one behind it, and what the generator on the worker is ahead.
    assert int((tmp_path / "made").read_text()) <= 64 * 3 + 1


async def test_a_reader_that_goes_on_gets_all(workers, tmp_path):
    async with remote(jobs.counted, tmp_path / "made") as channel:
        assert [await channel.receive() for _ in range(500)] == list(range(1, 501))


async def test_a_single_item_does_not_wait_for_others(workers):
    async with remote(jobs.pid_and_wait) as channel:
        with trio.fail_after(5):
            assert isinstance(await channel.receive(), int)


async def test_leaving_leaves_the_source(workers, tmp_path):
    async with remote(jobs.cleaned, tmp_path / "left") as channel:
        await channel.receive()
    assert (tmp_path / "left").read_text() == "clean"
    assert workers[0].is_killed


async def test_a_cancelled_block_leaves_the_source(workers, tmp_path):
    with trio.CancelScope() as scope:
        async with remote(jobs.cleaned, tmp_path / "left") as channel:
            await channel.receive()
            scope.cancel()
            await channel.receive()
    assert scope.cancelled_caught
    assert (tmp_path / "left").read_text() == "clean"


async def test_a_cancelled_read_loses_nothing(workers):
    async with remote(jobs.numbers, 500) as channel:
        items = []
        for number in range(500):
            with trio.CancelScope() as scope:
                scope.deadline = trio.current_time() + (number % 3) / 10_000
                items.append(await channel.receive())
        items += [item async for item in channel]
    assert items == list(range(500))


async def test_a_failure_comes_after_the_items_with_what_was_said(workers):
    async with remote(jobs.fails, "truncated") as channel:
        assert (await channel.receive()).data == "so far"
        with pytest.raises(StreamTruncated, match="cut") as caught:
            await channel.receive()
    assert caught.value.partial.text == "so far"


async def test_a_failure_of_the_program_keeps_its_class(workers):
    with pytest.raises(jobs.Plain) as caught:
        await collect(remote(jobs.fails, "plain"))
    assert caught.value.args == ("text", 7)


async def test_a_failure_that_cannot_be_sent_is_a_worker_error(workers):
    with pytest.raises(WorkerError, match="Odd: one and two") as caught:
        await collect(remote(jobs.fails, "odd"))
    assert caught.value.partial.text == "so far"


async def test_a_program_that_exits_there_does_not_exit_here(workers):
    with pytest.raises(WorkerError, match="SystemExit"):
        await collect(remote(jobs.fails, "exit"))


async def test_a_failure_before_the_first_item(workers):
    with pytest.raises(jobs.Plain, match="at once"):
        await collect(remote(jobs.fails_at_once))


@pytest.mark.parametrize("make", [jobs.no_source, jobs.no_generator])
async def test_a_function_that_makes_no_source(workers, make):
    with pytest.raises(ConfigurationError, match="must return a source"):
        await collect(remote(make))


async def test_an_item_that_cannot_be_sent(workers):
    async with remote(jobs.cannot_be_sent) as channel:
        assert [await channel.receive(), await channel.receive()] == [1, 2]
        with pytest.raises(WorkerError, match="an item of type lock"):
            await channel.receive()


async def test_a_worker_that_dies(workers):
    async with remote(jobs.two_texts_and_wait) as channel:
        for _ in range(3):
            await channel.receive()
        workers[0].kill()
        with pytest.raises(WorkerLost) as caught:
            await channel.receive()
        assert caught.value.partial.text == "ab"
        with pytest.raises(WorkerLost):
            await channel.receive()
    assert len(workers) == 1


async def test_a_worker_that_dies_before_it_begins(workers, monkeypatch):
    monkeypatch.setattr(Worker, "start", _die)
    with pytest.raises(WorkerLost):
        async with remote(jobs.numbers, 1):
            pass
    assert workers[0].calls == ["start"]
    assert workers[0].is_killed


def _die(*_):
    raise Died


async def test_what_ray_cannot_write_is_refused(workers, monkeypatch):
    def refuse(_):
        raise TypeError("cannot pickle '_thread.lock' object")

    monkeypatch.setattr(_bridge, "by_value", refuse)
    with pytest.raises(ConfigurationError, match="with the globals that it uses"):
        async with remote(jobs.numbers, 1):
            pass
    assert workers[0].is_killed


async def test_bytes_that_cannot_be_read(workers, monkeypatch):
    async with remote(jobs.numbers, 1) as channel:
        monkeypatch.setattr(workers[0].worker, "take", lambda: b"nonsense")
        with pytest.raises(WorkerError, match="cannot be read"):
            await channel.receive()


async def test_a_failed_clean_up_is_raised_from_the_block(workers):
    with pytest.raises(jobs.Plain, match="clean-up"):
        async with remote(jobs.cleans_up_badly) as channel:
            await channel.receive()


async def test_a_worker_that_does_not_clean_up_is_ended(workers):
    release = threading.Event()
    async with remote(jobs.pid_and_wait) as channel:
        await channel.receive()
        workers[0].worker.leave = release.wait
    assert workers[0].is_killed
    release.set()


async def test_two_readers_are_refused(workers):
    async with remote(jobs.pid_and_wait) as channel, trio.open_nursery() as nursery:
        await channel.receive()
        nursery.start_soon(channel.receive)
        await wait_all_tasks_blocked()
        with pytest.raises(trio.BusyResourceError):
            await channel.receive()
        nursery.cancel_scope.cancel()


def test_ray_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigurationError, match="pip install 'lionpride_trio\\[ray\\]'"):
        remote(jobs.numbers, 1)


def test_its_name_says_what_it_runs(workers):
    assert repr(remote(jobs.numbers, 1)) == "<Source remote numbers>"
