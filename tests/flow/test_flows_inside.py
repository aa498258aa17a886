"""Flows inside flows: their chunks, results, failures, slots and clocks."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import ConfigurationError, FlowError, sinks
from lionpride_trio.flow import State, flow_source, run_flow

from .making import answer, as_operation, inner_flow, numbers, op


def notes(error):
    return getattr(error, "__notes__", [])


async def test_chunks_results_and_status_of_a_flow_inside_come_through():
    a, b = inner_flow()
    outer = as_operation([a, b])
    last = op(answer("last"), after=[outer])
    async with flow_source([outer, last]) as run:
        assert run.status[b].state is State.WAITING
        got = await sinks.collect(run)
        assert sorted(key for key, _ in got) == sorted([a.id, a.id, b.id, b.id])
        assert dict(run.results[outer]) == {a.id: [0, 1], b.id: [("echo", 0), ("echo", 1)]}
        assert run.results[a] == [0, 1]
        assert run.status[b].state is State.DONE
        assert run.operation(b.id) is b
        assert '    subgraph n0["inner flow"]\n        n1["a"]\n' in run.to_mermaid()


async def test_a_flow_inside_finds_the_results_outside():
    first = op(answer("first"))

    async def uses(context):
        await trio.lowlevel.checkpoint()
        return context.results[first] + " used"

    inner = op(uses)
    results = await run_flow([first, as_operation([inner], after=[first])])
    assert results[inner] == "first used"


async def test_a_failure_inside_is_plain_and_named_at_each_level():
    bad = op(answer(1, then=OSError("deep")), name="bad")
    with pytest.raises(OSError, match="deep") as caught:
        await run_flow([as_operation([as_operation([bad], name="middle")], name="outer")])
    assert notes(caught.value) == [
        "in operation 'bad'",
        "in operation 'middle'",
        "in operation 'outer'",
    ]


async def test_a_flow_inside_skips_as_the_flow_outside_does():
    bad, good = op(answer(1, then=OSError("deep")), name="bad"), op(answer("good"), name="good")
    outer = as_operation([bad, good], name="outer")
    with pytest.raises(FlowError) as caught:
        await run_flow([outer], on_error="skip")
    (only,) = caught.value.exceptions
    assert only.operation is outer
    assert isinstance(only.__cause__, FlowError)
    assert only.__cause__.exceptions[0].operation is bad
    assert caught.value.results[good] == "good"


async def test_a_flow_inside_that_never_began_is_skipped_whole():
    bad = op(answer(1, then=OSError("broken")), name="bad")
    a, b = inner_flow()
    outer = as_operation([a, b], after=[bad])
    for on_error in ("cancel", "skip"):
        async with flow_source([bad, outer], on_error=on_error) as run:
            with pytest.raises((OSError, FlowError)):
                await sinks.drain(run)
            for one in (outer, a, b):
                assert run.status[one].state is State.SKIPPED
                assert run.status[one].because is bad


async def test_resuming_goes_on_inside():
    ran = []
    broken = True

    def step(name):
        async def work(context):
            await trio.lowlevel.checkpoint()
            ran.append(name)
            if broken and name == "b":
                raise OSError("no")

        return work

    a = op(step("a"))
    b = op(step("b"), after=[a])
    outer = as_operation([a, b])
    async with flow_source([outer]) as run:
        with pytest.raises(OSError, match="no"):
            await sinks.drain(run)
    broken = False
    await run_flow([outer], results=run.results)
    assert ran == ["a", "b", "b"]


async def test_slots_are_each_flows_own(autojump_clock):
    """With shared slots the inner operations would wait for the one their own flow holds."""
    inner = [op(answer(n, after=1)) for n in range(4)]
    outer = as_operation(inner, max_concurrent=2)
    began = trio.current_time()
    await run_flow([outer], max_concurrent=1)
    assert trio.current_time() - began == 2


async def test_a_flow_made_while_running_has_operations_of_its_own():
    again = op(answer(1))

    async def twice(context):
        await context.run([again])
        with pytest.raises(ConfigurationError, match="in this flow already"):
            await context.run([again])
        return "checked"

    results = await run_flow([outer := op(twice)])
    assert results[outer] == "checked"


async def test_a_flow_inside_is_tried_again_until_it_has_given_a_chunk(autojump_clock):
    ran = []

    async def flaky(context):
        await trio.lowlevel.checkpoint()
        ran.append("flaky")
        if len(ran) == 1:
            raise OSError("busy")
        await context.send("there")
        raise KeyError("late")

    inner = op(flaky)

    async def runs(context):
        await context.run([inner])

    for outer in (op(runs, retry=5), as_operation([op(flaky)], name="known")):
        ran.clear()
        outer.retry = 5
        with pytest.raises(KeyError, match="late"):
            await run_flow([outer])
        assert ran == ["flaky", "flaky"]


async def test_the_clock_of_a_flow_inside_stands_still_too(autojump_clock):
    outer = as_operation([op(numbers(20))])
    outer.timeout = 5
    async with flow_source([outer], size=1) as run:
        async for _ in run:
            await trio.sleep(1)
    assert run.status[outer].state is State.DONE
