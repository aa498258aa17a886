"""Operations of a flow on workers, which are threads here."""

from __future__ import annotations

import functools
import itertools

import pytest
import trio

from lionpride_trio import ConfigurationError, FlowError, WorkerLost
from lionpride_trio.distributed import remote_options
from lionpride_trio.durable import open_streams
from lionpride_trio.operations import Builder, flow, flow_stream
from lionpride_trio.transformers import from_iterable, take
from tests.distributed import jobs
from tests.distributed.fake_bridge import workers

__all__ = ["workers"]

ON = remote_options(num_cpus=0.25)


async def twenty_one(context):
    return 21


def many(context):
    return from_iterable(range(1000))


async def breaks_off(context):
    yield 1
    raise jobs.Plain("upstream")


async def test_a_result_goes_there_and_comes_back(workers):
    builder = Builder()
    first = builder.add(twenty_one)
    second = builder.add(jobs.double, context_from=[first], on=ON)
    results = await flow(builder)
    assert results[second] == 42
    assert [worker.num_cpus for worker in workers] == [0.25]
    assert workers[0].is_killed


@pytest.mark.parametrize(
    ("function", "chunks", "result"),
    [
        (jobs.yields, ["hello", 1], ["hello", 1]),
        (jobs.gives_source, ["x", "y"], ["x", "y"]),
    ],
)
async def test_chunks_come_home_and_are_reduced_here(workers, function, chunks, result):
    builder = Builder()
    operation = builder.add(
        function, on=ON, parameters={"word": "hello"}, reduce=lambda chunks: [*chunks]
    )
    async with flow_stream(builder) as run:
        assert [chunk async for _, chunk in run] == chunks
    assert run.results[operation] == result


async def test_chunks_that_are_sent(workers):
    builder = Builder()
    operation = builder.add(jobs.says, on=ON)
    async with flow_stream(builder) as run:
        assert [chunk async for _, chunk in run] == ["a", "b"]
    assert isinstance(run.results[operation], int)


async def test_a_stream_goes_to_the_worker(workers):
    builder = Builder()
    numbers = builder.add(many)
    total = builder.add(jobs.adds_up, stream_from=numbers, on=ON)
    assert (await flow(builder))[total] == sum(range(1000))


async def test_a_worker_that_wants_no_more_of_a_stream(workers):
    builder = Builder()
    numbers = builder.add(many)
    first = builder.add(jobs.takes_one, stream_from=numbers, on=ON)
    results = await flow(builder)
    assert results[first] == 0
    assert len(results[numbers]) == 1000


async def test_a_failure_of_the_stream_that_is_read(workers):
    builder = Builder()
    builder.add(jobs.adds_up, stream_from=builder.add(breaks_off), on=ON)
    with pytest.raises(jobs.Plain, match="upstream"):
        await flow(builder)


async def test_a_failure_of_the_stream_arrives_on_the_worker(workers):
    builder = Builder()
    reader = builder.add(jobs.catches, stream_from=builder.add(breaks_off), on=ON)
    with pytest.raises(FlowError) as caught:
        await flow(builder, on_error="skip")
    assert caught.value.results[reader] == "upstream"


async def test_a_journal_knows_what_a_function_was_given_and_not_where_it_runs(workers):
    async with open_streams("memory:") as streams:
        for on, factor, again in ((ON, 2, False), (None, 2, False), (None, 3, True)):
            builder = Builder()
            function = functools.partial(jobs.times, factor)
            operation = builder.add(function, parameters={"number": 7}, on=on)
            async with flow_stream(builder, journal=streams.journal("a")) as run:
                async for _ in run:
                    pass
            assert run.results[operation] == 7 * factor
            assert run.status[operation].again is again
    assert len(workers) == 1


def gives(*items, then=None):
    async def gives(context):
        for item in items:
            yield item
        if then is not None:
            raise then

    return gives


async def test_an_item_that_cannot_be_sent_ends_the_stream_on_the_worker(workers):
    builder = Builder()
    reader = builder.add(jobs.catches_any, stream_from=builder.add(gives(1, lambda: 2)), on=ON)
    with trio.fail_after(10):
        [first, told] = (await flow(builder))[reader]
    assert first == 1
    assert told.startswith("WorkerError: an item of type function cannot be sent")


async def test_an_item_that_cannot_be_read_there_fails_the_operation(workers):
    builder = Builder()
    odd = jobs.Odd("one", "two")
    builder.add(jobs.catches_any, stream_from=builder.add(gives(odd)), on=ON)
    with trio.fail_after(10), pytest.raises(TypeError, match="two"):
        await flow(builder)


async def test_a_failure_that_cannot_be_read_there_arrives_as_its_text(workers):
    odd = jobs.Odd("one", "two")
    builder = Builder()
    reader = builder.add(jobs.catches_any, stream_from=builder.add(gives(1, then=odd)), on=ON)
    with trio.fail_after(10), pytest.raises(FlowError) as caught:
        await flow(builder, on_error="skip")
    assert caught.value.results[reader] == [1, "WorkerError: Odd: one and two"]
    assert not any("on the worker" in note for note in odd.__notes__)


async def test_a_worker_that_closes_its_stream_lets_the_producer_go_on(workers):
    builder = Builder()
    numbers = builder.add(many)
    builder.add(jobs.takes_one_and_waits_for_more, stream_from=numbers, on=ON)
    async with flow_stream(builder) as run:
        said = [chunk async for _, chunk in run | take(1001)]
    assert len(said) == 1001
    assert run.results[numbers] == [*range(1000)]


async def test_a_worker_that_dies_while_it_is_fed(workers):
    builder = Builder()
    builder.add(jobs.waits, stream_from=builder.add(endless), on=ON)
    async with flow_stream(builder) as run:
        async for _, chunk in run:
            if chunk == "here":
                break
        workers[0].kill()
        with pytest.raises(WorkerLost):
            async for _ in run:
                pass


async def endless(context):
    for number in itertools.count():
        yield number
        await trio.lowlevel.checkpoint()


async def test_an_operation_is_tried_again_on_another_worker(workers):
    builder = Builder()
    operation = builder.add(jobs.fails_once, on=ON, retry=1)
    assert (await flow(builder))[operation] == 2
    assert len(workers) == 2


async def test_a_worker_that_dies(workers):
    builder = Builder()
    builder.add(jobs.waits, on=ON)
    async with flow_stream(builder) as run:
        await run.receive()
        workers[0].kill()
        with pytest.raises(WorkerLost):
            await run.receive()
    assert len(workers) == 1


async def test_there_is_no_stream_where_none_was_asked_for(workers):
    builder = Builder()
    builder.add(jobs.reads_nothing, on=ON)
    with pytest.raises(Exception, match="has no stream_from"):
        await flow(builder)


async def test_a_flow_inside_says_what_to_write(workers):
    builder = Builder()
    builder.add(jobs.runs_inside, on=ON)
    with pytest.raises(ConfigurationError, match="leave out on="):
        await flow(builder)


async def test_a_result_that_cannot_be_sent_is_named(workers):
    builder = Builder()
    first = builder.add(gives_a_function)
    builder.add(jobs.double, context_from=[first], on=ON)
    with pytest.raises(ConfigurationError, match="which runs on a worker, cannot send argument 1"):
        await flow(builder)
    assert workers == []


async def gives_a_function(context):
    return lambda: 1


def test_a_function_that_cannot_be_sent_is_refused(workers):
    with pytest.raises(ConfigurationError, match="at the top level of a module"):
        Builder().add(lambda context: None, on=ON)


@pytest.mark.parametrize("on", ["ray", 1, remote_options])
def test_what_is_no_place_is_refused(on):
    with pytest.raises(ConfigurationError, match=r"on= takes remote_options\(num_cpus=1\)"):
        Builder().add(jobs.double, on=on)
