"""The recipe's third pitfall, a loop that blocks, is seen with its place."""

import logging
import threading
import time
from itertools import count

import pytest
import trio

from lionpride_trio import ConfigurationError
from lionpride_trio.observe import _blocking, watch_blocking
from lionpride_trio.testing import ScriptedProvider, tool_call
from lionpride_trio.tools import tool
from tests.observe.recorder import model_of, saying


class Clock:
    """Real time does not matter: a step takes as long as it says."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def block(until):
    """A function of the user's that blocks, until the watch has seen it."""
    for _ in range(10_000):
        time.sleep(0.001)
        if until():
            return
    raise AssertionError("nobody looked")


async def slow_loop(reply, until):
    async for _ in reply:
        block(until)
        break


async def test_a_loop_over_a_reply_that_blocks_is_seen_with_its_place(caplog, monkeypatch):
    samplers = []
    made = _blocking._Sampler.__init__

    def noted(self, *args):
        made(self, *args)
        samplers.append(self)

    monkeypatch.setattr(_blocking._Sampler, "__init__", noted)
    with caplog.at_level(logging.WARNING, "lionpride_trio"):
        async with watch_blocking(0.02) as watch, model_of(saying("a", "b")).stream("?") as reply:
            await slow_loop(reply, lambda: samplers[0].sample is not None)
            await trio.lowlevel.checkpoint()
    (step,) = [step for step in watch.steps if "block" in step.place]
    assert step.is_exact
    assert "test_blocking.py" in step.place
    assert step.place.endswith("in block")
    assert "in slow_loop" in step.stack
    assert "unrolled_run" not in step.stack
    assert step.seconds >= 0.02
    record = next(one for one in caplog.records if one.place == step.place)
    assert record.task == step.task
    assert "blocked the event loop for" in record.message
    assert "await trio.to_thread.run_sync" in record.message


async def test_a_step_that_may_never_end_is_told_of_while_it_goes_on(caplog):
    def still():
        return [one for one in caplog.records if "has been blocking" in one.message]

    with caplog.at_level(logging.WARNING, "lionpride_trio"):
        async with watch_blocking(0.01) as watch:
            await trio.lowlevel.checkpoint()
            block(still)
            assert not [step for step in watch.steps if "block" in step.place]
            await trio.lowlevel.checkpoint()
    (record,) = still()
    assert record.place.endswith("in block")
    assert "test_a_step_that_may_never_end" in record.message
    assert record.seconds >= 0.1
    (step,) = [step for step in watch.steps if "block" in step.place]
    assert step.seconds > record.seconds
    assert step.task == record.task


async def test_where_the_stack_could_not_be_taken_it_is_where_the_task_waits_then(caplog):
    clock = Clock()

    async def count_to_a_billion():
        clock.now += 5.0
        await trio.lowlevel.checkpoint()

    with caplog.at_level(logging.WARNING, "lionpride_trio"):
        async with watch_blocking(1000.0, clock=clock) as calm:
            await count_to_a_billion()
        assert not calm.steps
        async with watch_blocking(4.0, clock=clock) as watch:
            await trio.lowlevel.checkpoint()
            await count_to_a_billion()
            await trio.lowlevel.checkpoint()
    (step,) = watch.steps
    assert not step.is_exact
    assert step.seconds == pytest.approx(5.0)
    assert step.place.endswith("in count_to_a_billion")
    (record,) = caplog.records
    assert "5.000 s before" in record.message
    assert repr(watch) == "<BlockingWatch, 1 steps were too long>"


async def test_a_task_that_ended_with_its_step_has_no_place(caplog):
    clock = Clock()

    async def ends():
        clock.now += 5.0

    async with watch_blocking(4.0, clock=clock) as watch, trio.open_nursery() as nursery:
        nursery.start_soon(ends)
        nursery.start_soon(trio.lowlevel.checkpoint)
    (step,) = watch.steps
    assert step.place == "an unknown place"
    assert step.task.endswith("ends")


async def test_the_name_of_a_task_forges_no_line(caplog):
    clock = Clock()

    async def ends():
        clock.now += 5.0

    with caplog.at_level(logging.WARNING, "lionpride_trio"):
        async with watch_blocking(4.0, clock=clock) as watch, trio.open_nursery() as nursery:
            nursery.start_soon(ends, name="a\nWARNING forged\x1b[31m")
            nursery.start_soon(trio.lowlevel.checkpoint)
    (record,) = caplog.records
    assert record.message.startswith("task a WARNING forged\\x1b[31m blocked the event loop")
    assert record.task == watch.steps[0].task == "a WARNING forged\\x1b[31m"


async def test_a_task_has_the_name_of_a_tool_and_no_other_word_of_a_model(caplog):
    ticks = count(step=5.0)

    @tool
    async def known() -> str:
        "A tool."
        await trio.lowlevel.checkpoint()
        return "a"

    provider = ScriptedProvider([tool_call("SECRET of a model"), tool_call("known")], "Yes.")
    asking = provider.model(stream=True).converse("?", tools=[known])
    with caplog.at_level(logging.WARNING, "lionpride_trio"):
        # By this clock, each step is too long.
        async with watch_blocking(4.0, clock=lambda: next(ticks)) as watch, asking as turn:
            async for _ in turn:
                pass
    tasks = {step.task for step in watch.steps}
    assert {"tool", "tool known"} <= tasks
    assert not [name for name in tasks if "SECRET" in name]
    assert not [one for one in caplog.records if "task tool SECRET" in one.message]


async def test_a_filter_of_the_log_that_raises_does_not_end_the_watch():
    clock = Clock()

    def broken(record):
        raise RuntimeError

    logger = logging.getLogger("lionpride_trio")
    logger.addFilter(broken)
    threads = threading.active_count()
    try:
        async with watch_blocking(1.0, clock=clock) as watch:
            for _ in range(3):
                await trio.lowlevel.checkpoint()
                clock.now += 2.0
            await trio.lowlevel.checkpoint()
    finally:
        logger.removeFilter(broken)
    assert len(watch.steps) == 3
    assert threading.active_count() == threads


async def test_a_clock_that_raises_ends_the_watch_and_nothing_else(caplog):
    times = iter([0.0])
    threads = threading.active_count()
    async with watch_blocking(1000.0, clock=lambda: next(times)) as watch:
        for _ in range(3):
            await trio.lowlevel.checkpoint()
    assert not watch.steps
    assert "StopIteration" in caplog.text  # trio tells of it, once
    assert threading.active_count() == threads


async def test_the_last_hundred_are_kept_and_the_thread_ends():
    clock = Clock()
    threads = threading.active_count()
    async with watch_blocking(1.0, clock=clock) as watch:
        assert threading.active_count() == threads + 1
        for _ in range(150):
            await trio.lowlevel.checkpoint()
            clock.now += 2.0
        await trio.lowlevel.checkpoint()
    assert len(watch.steps) == 100
    assert threading.active_count() == threads


@pytest.mark.parametrize("seconds", [0, -1, "soon", True, None])
async def test_what_is_no_number_of_seconds_is_refused(seconds):
    with pytest.raises(ConfigurationError, match="seconds"):
        async with watch_blocking(seconds):
            pass
