"""A journal has one writer: others follow it, and go on where it ended."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from lionpride_trio import (
    RunStopped,
    SinkError,
    WriterLost,
)
from lionpride_trio.durable import OperationState, State, open_streams
from lionpride_trio.operations import Builder, flow, flow_stream
from tests.durable.journalled import one, two
from tests.durable.stores import LONG, SHORT


async def test_a_second_run_follows_the_first(url):
    begun, go, calls = trio.Event(), trio.Event(), []

    async def wait(context):
        calls.append(1)
        begun.set()
        await go.wait()
        return "done"

    async def run(streams, results):
        builder = Builder()
        operation = builder.add(wait)
        results.append((await flow(builder, journal=streams.journal("a")))[operation])

    results = []
    async with open_streams(url) as streams, open_streams(url) as others:
        second = streams if url == "memory:" else others
        async with trio.open_nursery() as nursery:
            nursery.start_soon(run, streams, results)
            await begun.wait()
            builder = Builder()
            builder.add(wait)
            with pytest.raises(trio.BusyResourceError, match="runs 'a'"):
                await flow(builder, journal=second.journal("a", if_running="refuse"))
            nursery.start_soon(run, second, results)
            await trio.testing.wait_all_tasks_blocked()
            go.set()
    assert results == ["done", "done"]
    assert calls == [1]


async def test_a_run_that_is_followed_fails_for_its_follower_too():
    go = trio.Event()
    calls, caught = [], []

    async def fail(context):
        calls.append(1)
        await go.wait()
        raise ValueError("broken")

    async def run(streams):
        builder = Builder()
        builder.add(fail)
        try:
            await flow(builder, journal=streams.journal("a"))
        except ValueError as error:
            caught.append(str(error))

    async with open_streams("memory:") as streams, trio.open_nursery() as nursery:
        nursery.start_soon(run, streams)
        nursery.start_soon(run, streams)
        await trio.testing.wait_all_tasks_blocked()
        go.set()
    assert caught == ["broken", "broken"]
    assert calls == [1]


async def test_a_run_is_stopped_from_another_process_and_goes_on_later(url):
    begun, caught = trio.Event(), []

    async def wait(context):
        begun.set()
        await trio.sleep_forever()

    def make(last):
        builder = Builder()
        first = builder.add(one)
        return builder, builder.add(last, name="last", depends_on=[first])

    async def run(streams):
        try:
            await flow(make(wait)[0], journal=streams.journal("a"))
        except RunStopped as error:
            caught.append(str(error))

    async with open_streams(url) as streams, open_streams(url) as others:
        second = streams if url == "memory:" else others
        async with trio.open_nursery() as nursery:
            nursery.start_soon(run, streams)
            await begun.wait()
            status = await second.journal("a").stop()
        assert caught == ["the run 'a' was stopped"]
        assert (status.state, status.done, status.total) == (State.STOPPED, 1, 2)
        assert (await second.journal("a").stop()).state is State.STOPPED
        builder, last = make(two)
        results = await flow(builder, journal=second.journal("a"))
        assert results[last] == 2


async def sleep(context):
    await trio.sleep_forever()


async def test_a_run_that_is_left_counts_as_stopped():
    async with open_streams("memory:") as streams:
        builder = Builder()
        builder.add(sleep)
        async with flow_stream(builder, journal=streams.journal("a")):
            await trio.testing.wait_all_tasks_blocked()
        assert (await streams.journal("a").status()).state is State.STOPPED


async def test_a_run_that_another_has_taken_over_ends():
    async with open_streams("memory:", lease=LONG) as streams:
        caught = []

        async def run():
            builder = Builder()
            builder.add(sleep)
            try:
                await flow(builder, journal=streams.journal("a"))
            except WriterLost as error:
                caught.append(str(error))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(run)
            await trio.testing.wait_all_tasks_blocked()
            store, name = streams._store, "journal\0a"
            store._streams[name].lease_until = 0.0
            assert await store.take_over(name, "another", LONG)
        assert "the lease of the journal 'a' ran out" in caught[0]
        assert store._streams[name].record.writer == "another"


async def test_a_flow_goes_on_where_another_process_has_died():
    async with open_streams("memory:", lease=SHORT) as streams:
        await streams._store.take_over("journal\0a", "dead", SHORT)
        builder = Builder()
        operation = builder.add(one)
        assert (await flow(builder, journal=streams.journal("a")))[operation] == 1


async def test_a_cancellation_does_not_lose_a_result_that_is_there(autojump_clock):
    """A sibling fails at the moment at which a result is written."""
    async with open_streams("memory:") as streams:
        journal = streams.journal("a")
        append = streams._store.append
        failing = trio.Event()

        async def slow_append(*args, **kwargs):
            if any('"done"' in line for line in args[3]):
                failing.set()
                await trio.sleep(1)
            await append(*args, **kwargs)

        streams._store.append = slow_append

        async def fail(context):
            await failing.wait()
            raise ValueError("sibling")

        def make(other):
            builder = Builder()
            builder.add(one)
            builder.add(other, name="other")
            return builder

        builder = make(fail)
        with pytest.raises(ValueError, match="sibling"):
            async with flow_stream(builder, journal=journal) as run:
                await run.receive()
        assert run.results[builder.operations[0]] == 1
        status = await journal.status()
        assert [one.state for one in status.operations] == [
            OperationState.DONE,
            OperationState.FAILED,
        ]


async def test_a_result_is_written_before_anybody_gets_it():
    """Whoever acts on it acts on what the next process will have, too."""
    written, acted = trio.Event(), []
    async with open_streams("memory:") as streams:
        append = streams._store.append

        async def gated(*args, **kwargs):
            if any('"done":"first"' in line for line in args[3]):
                await written.wait()
            await append(*args, **kwargs)

        streams._store.append = gated

        async def act(context):
            acted.append(1)

        builder = Builder()
        builder.add(act, depends_on=[builder.add(one, name="first")])
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lambda: flow(builder, journal=streams.journal("a")))
            await trio.testing.wait_all_tasks_blocked(0.01)
            assert acted == []
            written.set()
    assert acted == [1]


async def test_a_store_that_fails_for_a_moment_is_asked_again(autojump_clock):
    failures = [SinkError("full", sink="x"), SinkError("full", sink="x")]
    async with open_streams("memory:") as streams:
        append = streams._store.append

        async def failing(*args, **kwargs):
            if failures:
                raise failures.pop()
            await append(*args, **kwargs)

        streams._store.append = failing
        builder = Builder()
        operation = builder.add(one)
        assert (await flow(builder, journal=streams.journal("a")))[operation] == 1
        assert (await streams.journal("a").status()).done == 1


async def test_a_store_that_fails_for_longer_fails_the_flow(autojump_clock):
    async with open_streams("memory:") as streams:

        async def failing(*args, **kwargs):
            await trio.lowlevel.checkpoint()
            raise SinkError("full", sink="x")

        streams._store.append = failing
        builder = Builder()
        builder.add(one)
        with pytest.raises(SinkError, match="full"):
            await flow(builder, journal=streams.journal("a"))


async def test_a_flow_ends_with_the_block_of_its_streams(url):
    """Its journal says that it was stopped, and it goes on without it for no moment."""
    caught, ends = [], []

    async def run(journal):
        builder = Builder()
        builder.add(sleep)
        try:
            await flow(builder, journal=journal)
        except trio.ClosedResourceError as error:
            caught.append(str(error))

    async with trio.open_nursery() as nursery, open_streams(url) as others:
        async with open_streams(url) as streams:
            journal = streams.journal("a")
            nursery.start_soon(run, journal)
            while not await streams.journals():
                await trio.lowlevel.checkpoint()
        if url != "memory:":
            ends.append((await others.journal("a").status()).state)
        with pytest.raises(trio.ClosedResourceError):
            builder = Builder()
            builder.add(one)
            await flow(builder, journal=journal)
    assert caught == ["the block of these streams was left"]
    assert ends == ([] if url == "memory:" else [State.STOPPED])
