"""Random graphs of both kinds of edge, with operations of every temper: no run locks up.

The clock is a mock that jumps over waits, so a run that locks up is seen: it passes a deadline that
no run comes near.
"""

from __future__ import annotations

import attrs
import pytest
import trio
from hypothesis import given, settings, strategies as st
from trio.testing import MockClock

from lionpride_trio import ConfigurationError, FlowError, OperationError
from lionpride_trio.flow import Graph, Operation, State, flow_source, fork, run_flow

LOCKED_UP = 1e9
TEMPERS = ("quick", "slow", "empty", "failing", "failing late", "deaf", "greedy")


@attrs.frozen
class Plan:
    """One operation: its temper, and the numbers of the operations that it needs."""

    temper: str
    after: tuple[int, ...]
    stream_from: int | None
    size: int
    generator: bool


class Broken(Exception):
    """What a failing operation raises."""


@st.composite
def graphs(draw):
    """Operations that need earlier ones; at most one reads each stream, but for forks."""
    plans = []
    for number in range(draw(st.integers(1, 9))):
        earlier = st.integers(0, number - 1) if number else st.nothing()
        plans.append(
            Plan(
                temper=draw(st.sampled_from(TEMPERS)),
                after=tuple(draw(st.lists(earlier, max_size=3, unique=True))) if number else (),
                stream_from=draw(st.none() | earlier) if number else None,
                size=draw(st.integers(1, 3)),
                generator=draw(st.booleans()),
            )
        )
    return plans


class Watch:
    """What happened in a run."""

    def __init__(self) -> None:
        self.running = self.most = 0

    def enter(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)

    def leave(self) -> None:
        self.running -= 1


def make(plans: list[Plan], watch: Watch) -> list[Operation]:
    made: list[Operation] = []
    readers = [sum(plan.stream_from == number for plan in plans) for number in range(len(plans))]
    branches: dict[int, list] = {}
    for number, plan in enumerate(plans):
        stream = None
        if plan.stream_from is not None:
            origin = plan.stream_from
            if readers[origin] > 1:
                forked = branches.setdefault(origin, list(fork(made[origin], readers[origin])))
                stream = forked.pop()
            else:
                stream = made[origin]
        made.append(
            Operation(
                work=worker(plan, watch),
                name=str(number),
                after=[made[one] for one in plan.after],
                stream_from=stream,
                stream_size=plan.size,
            )
        )
    return made


def worker(plan: Plan, watch: Watch):
    async def chunks(context):
        watch.enter()
        try:
            for earlier in context.operation.after:
                assert context.results[earlier] is not None
            pause = 10 if plan.temper == "slow" else 0
            if plan.temper == "failing":
                raise Broken(context.operation.name)
            if plan.temper == "empty":
                return
            if context.operation.stream_from is not None and plan.temper != "deaf":
                async for chunk in context.channel:
                    await trio.sleep(pause)
                    if plan.temper != "greedy":
                        yield (context.operation.name, chunk)
            for number in range(7):
                await trio.sleep(pause)
                yield number
            if plan.temper == "failing late":
                raise Broken(context.operation.name)
        finally:
            watch.leave()

    if plan.generator:
        return chunks

    async def whole(context):
        items = chunks(context)
        got = []
        try:
            async for chunk in items:
                got.append(chunk)
                await context.send(chunk)
        finally:
            await items.aclose()
        return got

    return whole


@settings(max_examples=400)
@given(
    plans=graphs(),
    slots=st.none() | st.integers(1, 4),
    on_error=st.sampled_from(["cancel", "skip"]),
    size=st.integers(1, 4),
    reader=st.sampled_from(["all", "slow", "leaves", "none"]),
)
def test_no_run_locks_up(plans, slots, on_error, size, reader):
    watch = Watch()

    async def program() -> None:
        operations = make(plans, watch)
        options = {"max_concurrent": slots, "on_error": on_error}
        try:
            source = flow_source(operations, size=size, **options)
        except ConfigurationError:
            with pytest.raises(ConfigurationError, match="joined by stream_from"):
                Graph(operations)
            return
        with trio.fail_after(LOCKED_UP):
            await trio.lowlevel.checkpoint()
            if reader == "none":
                await run_whole(operations, plans, options)
            else:
                await read(source, operations, plans, reader, on_error)
        assert watch.running == 0
        if slots is not None:
            longest = max(line_lengths(plans))
            assert watch.most <= max(slots, longest)

    trio.run(program, clock=MockClock(autojump_threshold=0))


async def run_whole(operations, plans, options):
    try:
        results = await run_flow(operations, **options)
    except (Broken, FlowError) as error:
        failure = error
    else:
        assert set(results) == {one.id for one in operations}
        assert not any("failing" in plan.temper for plan in plans)
        return
    check_failure(failure, options["on_error"])


async def read(source, operations, plans, reader, on_error):
    failure = None
    got = {one.id: [] for one in operations}
    async with source as run:
        try:
            async for key, chunk in run:
                got[key].append(chunk)
                if reader == "slow":
                    await trio.sleep(1)
                if reader == "leaves" and len(got[key]) == 3:
                    return
        except (Broken, FlowError) as error:
            failure = error
        check(operations, plans, run, got, failure, on_error)


def line_lengths(plans):
    heads = []
    for number, plan in enumerate(plans):
        heads.append(number if plan.stream_from is None else heads[plan.stream_from])
    return [heads.count(head) for head in set(heads)]


def check_failure(failure, on_error):
    if on_error == "skip":
        assert isinstance(failure, FlowError)
        assert all(isinstance(one, OperationError) for one in failure.exceptions)
        assert all(isinstance(one.__cause__, Broken) for one in failure.exceptions)
    else:
        # More than one only where they failed before the first could cancel the others.
        assert isinstance(failure, Broken | FlowError)


def check(operations, plans, run, got, failure, on_error):
    status = run.status
    states = {one.name: status[one].state for one in operations}
    assert State.WAITING not in states.values()
    assert State.RUNNING not in states.values()
    if failure is None:
        assert set(states.values()) == {State.DONE}
    else:
        check_failure(failure, on_error)
    for one, plan in zip(operations, plans, strict=True):
        if states[one.name] is State.DONE:
            assert got[one.id] == run.results[one]
            own = [chunk for chunk in got[one.id] if not isinstance(chunk, tuple)]
            assert own == ([] if plan.temper == "empty" else list(range(7)))
        if states[one.name] is State.FAILED:
            assert "failing" in plan.temper
        if states[one.name] is State.SKIPPED:
            assert isinstance(status[one].error, Broken)
            assert "failing" in plans[int(status[one].because.name)].temper
            if on_error == "skip":
                needed = [*one.after, *filter(None, [one.producer])]
                assert {states[each.name] for each in needed} & {State.FAILED, State.SKIPPED}
        elif on_error == "skip":
            assert not {states[each.name] for each in one.after} & {State.FAILED, State.SKIPPED}


@settings(max_examples=200)
@given(plans=graphs(), slots=st.none() | st.integers(1, 3), replays=st.booleans())
def test_a_mended_flow_goes_on_to_its_end(plans, slots, replays):
    """After a run that skipped, the same operations end with the results of an unbroken run."""

    async def program() -> None:
        operations = make(plans, Watch())
        try:
            Graph(operations)
        except ConfigurationError:
            return
        mended = [
            attrs.evolve(plan, temper=plan.temper.partition("failing")[0] or "quick")
            for plan in plans
        ]
        with trio.fail_after(LOCKED_UP):
            whole = make(mended, Watch())
            wanted = await run_flow(whole)
            results = {}
            try:
                results = await run_flow(operations, on_error="skip", max_concurrent=slots)
            except FlowError as error:
                results = error.results
            for one, repaired in zip(operations, whole, strict=True):
                one.work = repaired.work
                one.replay = list if replays else None
            results = await run_flow(operations, max_concurrent=slots, results=results)
            for one, repaired in zip(operations, whole, strict=True):
                assert results[one] == wanted[repaired]

    trio.run(program, clock=MockClock(autojump_threshold=0))


@pytest.mark.parametrize("slots", [1, 2, None])
def test_a_producer_ahead_of_a_reader_that_waits_for_something_else(slots):
    """The reader waits for an operation that needs a slot, while its producer fills the channel."""

    async def program() -> None:
        async def produce(context):
            await trio.lowlevel.checkpoint()
            for number in range(100):
                yield number

        async def other(context):
            await trio.sleep(5)
            return "there"

        async def read(context):
            return [context.results[second], [chunk async for chunk in context.channel]]

        first = Operation(work=produce, name="first")
        second = Operation(work=other, name="second")
        last = Operation(work=read, name="last", after=[second], stream_from=first, stream_size=1)
        with trio.fail_after(LOCKED_UP):
            results = await run_flow([first, second, last], max_concurrent=slots)
        assert results[last] == ["there", list(range(100))]

    trio.run(program, clock=MockClock(autojump_threshold=0))
