"""Clocks, further attempts, and flows that are resumed."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import ConfigurationError, RateLimited, StreamTimeout, sinks
from lionpride_trio.flow import State, flow_source, run_flow
from lionpride_trio.transformers import from_iterable
from tests.counting import counting

from .making import answer, as_operation, echo, numbers, op

# Clocks and further attempts


async def test_a_timeout_is_named_and_plain(autojump_clock):
    with pytest.raises(StreamTimeout, match="'slow' took longer than 5 s") as caught:
        await run_flow([op(answer(1, after=60), name="slow", timeout=5)])
    assert caught.value.clock == "operation"
    assert isinstance(caught.value, TimeoutError)
    assert (await run_flow([fast := op(answer(1, after=4), timeout=5)]))[fast] == 1


async def test_the_clock_stands_still_while_chunks_wait_for_their_reader(autojump_clock):
    async with flow_source([op(numbers(50, every=0.01), timeout=5)], size=1) as run:
        got = 0
        async for _ in run:
            await trio.sleep(1)
            got += 1
    assert got == 50
    with pytest.raises(StreamTimeout):
        await sinks.drain(flow_source([op(numbers(50, every=1), timeout=5)], size=1))


async def test_tasks_of_one_operation_stop_its_clock_together(autojump_clock):
    async def two_voices(context):
        async with trio.open_nursery() as nursery:
            for pause in (1, 30):
                nursery.start_soon(voice, context, pause)
        await trio.sleep(60)

    async def voice(context, pause):
        for _ in range(3):
            await context.send(pause)

    with pytest.raises(StreamTimeout):
        async with flow_source([op(two_voices, timeout=5)], size=1) as run:
            async for _ in run:
                await trio.sleep(10)


async def test_an_operation_is_tried_again_until_it_has_given_a_chunk(autojump_clock):
    tries = []

    async def flaky(context):
        await trio.lowlevel.checkpoint()
        tries.append(trio.current_time())
        if len(tries) < 3:
            raise OSError("busy")
        return "there"

    once = op(flaky, retry=2)
    async with flow_source([once]) as run:
        await sinks.drain(run)
        assert run.results[once] == "there"
        assert run.status[once].attempts == 3
    assert tries[2] - tries[1] > tries[1] - tries[0] > 0

    began = []

    async def speaks_first(context):
        began.append(1)
        await context.send("x")
        raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        await run_flow([op(speaks_first, retry=5)])
    assert began == [1]


async def test_what_read_a_chunk_is_not_tried_again(autojump_clock):
    began = []

    async def reads(context):
        began.append(await context.channel.receive())
        raise OSError("broken")

    producer = op(numbers(3))
    with pytest.raises(OSError, match="broken"):
        await run_flow([producer, op(reads, stream_from=producer, retry=5)])
    assert began == [0]


async def test_what_will_come_again_is_not_tried_again_and_the_server_sets_the_pause(
    autojump_clock,
):
    tries = []

    def failing(error):
        async def fails(context):
            await trio.lowlevel.checkpoint()
            tries.append(trio.current_time())
            raise error

        return fails

    with pytest.raises(ConfigurationError):
        await run_flow([op(failing(ConfigurationError("wrong")), retry=3)])
    assert len(tries) == 1
    with pytest.raises(RateLimited):
        await run_flow([op(failing(RateLimited("slow down", retry_after=7)), retry=1)])
    assert 7 <= tries[2] - tries[1] <= 7.5  # with the jitter


def gives_source():
    return from_iterable([1, 2])


@pytest.mark.parametrize("give", [gives_source, lambda: counting(2)])
@pytest.mark.parametrize("wrap", [False, True])
async def test_an_async_function_that_returns_a_stream_is_refused(give, wrap, autojump_clock):
    """Nobody would read it."""
    tries = []

    async def work(context):
        tries.append(context.attempt)
        return give()

    async def wrapped(context):
        return await work(context)

    class Awaitable:
        def __init__(self, context):
            self.context = context

        def __await__(self):
            return work(self.context).__await__()

    operation = op(Awaitable if wrap else wrapped, retry=2)
    with pytest.raises(ConfigurationError, match="write 'def' instead of 'async def'"):
        await run_flow([operation])
    assert tries == [1]


# Resuming


async def test_what_is_done_is_not_run_again(autojump_clock):
    ran = []
    broken = True

    def step(name):
        async def work(context):
            await trio.lowlevel.checkpoint()
            ran.append(name)
            if name == "c" and broken:
                raise OSError("no")
            earlier = [context.results[one] for one in context.operation.after]
            return [*(each for result in earlier for each in result), name]

        return work

    a = op(step("a"), id="a")
    b = op(step("b"), after=[a], id="b")
    c = op(step("c"), after=[b], id="c")
    async with flow_source([a, b, c]) as run:
        with pytest.raises(OSError, match="no"):
            await sinks.drain(run)
        results = run.results
    assert ran == ["a", "b", "c"]
    broken = False
    assert (await run_flow([a, b, c], results=results))[c] == ["a", "b", "c"]
    assert ran == ["a", "b", "c", "c"]
    # By ids, as another process would have read them from a file.
    saved = {a: ["saved"], "b": ["saved", "too"]}
    async with flow_source([a, b, c], results=saved) as run:
        assert run.status[a].state is State.DONE
        await sinks.drain(run)
        assert run.results[c] == ["saved", "too", "c"]
        assert run.results["a"] == ["saved"]


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ({"nope": 3}, "results= has a result for 'nope', which is no operation of this flow"),
        ({op(echo): 3}, "which is no operation of this flow: .* the operations here are 'answer'"),
        ([3], r"results by operation, such as error.results, not \[3\]"),
    ],
)
async def test_results_of_no_operation_are_refused(results, why):
    operation = op(answer(1))
    with pytest.raises(ConfigurationError, match=why):
        await run_flow([operation], results=results)
    with pytest.raises(ConfigurationError, match=why):
        flow_source([operation], results=results)
    inner = as_operation([operation])
    assert (await run_flow([inner], results={operation: 2}))[operation] == 2


async def test_all_that_a_flow_has_given_may_be_given_back():
    """It has results of flows inside among it, which operations made while they ran."""
    fails = [OSError("no")]

    async def around(context):
        await context.run([op(answer(1), id="inside")])
        if fails:
            raise fails.pop()
        return "whole"

    operation = op(around)
    async with flow_source([operation]) as run:
        with pytest.raises(OSError, match="no"):
            await sinks.drain(run)
    assert [*run.results] == ["inside"]
    assert (await run_flow([operation], results=run.results))[operation] == "whole"


async def test_a_stream_that_is_done_is_replayed_or_made_again():
    log = []
    again, replayed = op(numbers(3, log=log)), op(numbers(100, log=log), replay=list)
    for producer, count in ((again, 3), (replayed, 0)):
        log.clear()
        reader = op(echo, stream_from=producer, stream_size=2)
        earlier = {producer: [0, 1, 2]}
        assert (await run_flow([producer, reader], results=earlier))[reader] == [
            ("echo", number) for number in range(3)
        ]
        assert len(log) == (count and count + 1)


async def test_a_replay_that_fails_is_the_readers_failure():
    def broken(result):
        raise KeyError("replay")

    producer = op(numbers(3), replay=broken)
    with pytest.raises(KeyError, match="replay"):
        await run_flow([producer, op(echo, stream_from=producer)], results={producer: [1]})
