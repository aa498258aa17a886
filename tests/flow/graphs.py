"""Random graphs of operations of every temper, run and held to the reference."""

from __future__ import annotations

import random
from collections.abc import Sequence

import attrs
import trio
from trio._core._run import _r as _trio_order  # by which it shuffles the tasks that may go on
from trio.testing import MockClock

from lionpride_trio import ConfigurationError, FlowError
from lionpride_trio.flow import Operation, flow_source, fork, run_flow

from .reference import DONE, FAILED, SKIPPED, Outcome, Plan, expect, is_refused, longest_line
from .tempers import Watch, work

LOCKED_UP = 1e6
"""Seconds that no run comes near, under a clock that jumps."""

FORMS = ("function", "generator", "source", "transform")
READING = ("all", "all", "catches", "leaves", "closes", "ignores")
SIMPLE_ENDS = (*["well"] * 8, "fails", "fails first", "stray")
ENDS = (*SIMPLE_ENDS, "deadline", "deadline", "too slow", "child")


@attrs.frozen
class Run:
    """How a graph is run, and who reads it."""

    on_error: str
    slots: int | None
    size: int
    reader: str
    """``none`` (for the results alone), ``all``, ``slow``, ``leaves``, ``closes`` or ``raises``."""


class Mine(Exception):
    """The exception of the flow's reader."""


def draw(rng: random.Random) -> tuple[list[Plan], Run]:
    """A small graph, and a way to run it."""
    plans = _draw_plans(rng)
    while is_refused(plans) and rng.random() < 0.9:
        plans = _draw_plans(rng)
    return plans, Run(
        on_error=rng.choice(["skip", "skip", "cancel"]),
        slots=rng.choice([None, None, 1, 2, 3, 4]),
        size=rng.randint(1, 3),
        reader=rng.choice(["none", "all", "slow", "leaves", "closes", "raises"]),
    )


def _draw_plans(rng: random.Random) -> list[Plan]:
    return [_draw_plan(place, rng) for place in range(rng.randint(1, 6))]


def _draw_plan(place: int, rng: random.Random) -> Plan:
    reads = rng.randrange(place) if place and rng.random() < 0.5 else None
    after = rng.sample(range(place), min(place, rng.choice([0, 0, 1, 1, 2])))
    form = rng.choice(FORMS if reads is not None else FORMS[:-1])
    common = Plan(after=tuple(after), reads=reads, size=rng.randint(1, 3), form=form)
    if form == "transform":
        return attrs.evolve(common, own=0)
    may_hold = form != "function"
    return attrs.evolve(
        common,
        reading=rng.choice(READING),
        most=rng.randint(1, 2),
        pause=rng.choice([0.0, 0.0, 0.0, 0.7]),
        own=rng.randint(0, 3),
        holds=rng.choice(["nothing", "nursery", "scope"]) if may_hold else "nothing",
        ends=rng.choice(ENDS if may_hold else SIMPLE_ENDS),
    )


def build(plans: Sequence[Plan], watch: Watch, **options) -> list[Operation]:
    """The operations of a graph, with their places as names and ids."""
    made: list[Operation] = []
    readers = [sum(plan.reads == place for plan in plans) for place in range(len(plans))]
    branches: dict[int, list] = {}
    for place, plan in enumerate(plans):
        stream = None
        if plan.reads is not None:
            stream = made[plan.reads]
            if readers[plan.reads] > 1:
                forked = branches.setdefault(plan.reads, list(fork(stream, readers[plan.reads])))
                stream = forked.pop()
        made.append(
            Operation(
                work=work(place, plan, watch),
                name=str(place),
                id=str(place),
                after=[made[one] for one in plan.after],
                stream_from=stream,
                stream_size=plan.size,
                takes_slot=plan.form != "transform",
                **options,
            )
        )
    return made


async def check(plans: Sequence[Plan], run: Run) -> None:
    """Run a graph and compare what came of it; raises what is wrong."""
    watch = Watch()
    operations = build(plans, watch)
    options = {"max_concurrent": run.slots, "on_error": run.on_error}
    try:
        opened = flow_source(operations, size=run.size, **options)
    except ConfigurationError:
        assert is_refused(plans)
        return
    assert not is_refused(plans)
    outcomes = expect(plans)
    with trio.fail_after(LOCKED_UP):
        if run.reader == "none":
            _check_whole(await _whole(operations, options), operations, outcomes, run)
        else:
            await _check_read(opened, operations, outcomes, run)
    assert watch.running == 0
    if run.slots is not None:
        assert watch.most <= max(run.slots, longest_line(plans))


async def _whole(operations, options):
    try:
        return await run_flow(operations, **options)
    except Exception as error:
        return error


def _check_whole(ended, operations, outcomes: Sequence[Outcome], run: Run) -> None:
    """Of a flow that nobody reads: its results, or what it raised."""
    error = ended if isinstance(ended, Exception) else None
    _check_error(error, operations, outcomes, run.on_error)
    results = ended if error is None else getattr(error, "results", {})
    _check_results(results, operations, outcomes)
    if error is None or run.on_error == "skip":
        done = {
            one.id for one, each in zip(operations, outcomes, strict=True) if each.state == DONE
        }
        assert set(results) == done


async def _check_read(opened, operations, outcomes: Sequence[Outcome], run: Run) -> None:
    got: dict[str, list] = {one.id: [] for one in operations}
    error: Exception | None = None
    left = False
    try:
        async with opened as running:
            async for key, chunk in running:
                got[key].append(chunk)
                if run.reader == "slow":
                    await trio.sleep(0.45)
                if run.reader in {"leaves", "closes", "raises"} and len(got[key]) == 2:
                    left = True
                    if run.reader == "raises":
                        raise Mine
                    if run.reader == "closes":
                        await running.aclose()
                        await trio.sleep(1)
                    break
    except Mine:
        assert run.reader == "raises"
    except Exception as raised:
        error = raised
    for one, each in zip(operations, outcomes, strict=True):
        assert got[one.id] == each.chunks[: len(got[one.id])]
    if left:
        # Something may have failed in that very moment.
        assert error is None or any(each.state == FAILED for each in outcomes)
        return
    _check_error(error, operations, outcomes, run.on_error)
    _check_results(running.results, operations, outcomes)
    for one, each in zip(operations, outcomes, strict=True):
        status = running.status[one]
        if error is None or run.on_error == "skip":
            assert status.state == each.state
            assert got[one.id] == each.chunks
            assert (status.attempts == 1) is each.ran
            if each.state == SKIPPED:
                assert operations.index(status.because) in each.causes
                assert status.error is running.status[status.because].error
        elif status.state == DONE:
            assert each.state == DONE
        elif status.state == FAILED:
            assert each.state == FAILED
            assert type(status.error).__name__ == each.error
        else:
            # Whichever came first has cancelled it.
            assert status.state == SKIPPED
            assert running.status[status.because].state == FAILED


def _check_results(results, operations, outcomes: Sequence[Outcome]) -> None:
    for one, each in zip(operations, outcomes, strict=True):
        if one.id in results:
            assert each.state == DONE
            assert results[one] == each.chunks


def _check_error(error, operations, outcomes: Sequence[Outcome], on_error: str) -> None:
    wanted = {
        one: each.error
        for one, each in zip(operations, outcomes, strict=True)
        if each.state == FAILED
    }
    if error is None:
        assert not wanted
    elif isinstance(error, FlowError):
        failed = {one.operation: type(one.__cause__).__name__ for one in error.exceptions}
        assert failed == wanted if on_error == "skip" else failed.items() <= wanted.items()
    else:
        assert on_error == "cancel"
        assert type(error).__name__ in wanted.values()


def check_graphs(seeds: Sequence[int]) -> None:
    """Draw and check a graph for each of *seeds*; ``check_graphs([seed])`` does one again.

    :raises AssertionError: names the first seed of which a run was wrong.
    """

    async def program() -> None:
        for seed in seeds:
            plans, run = draw(random.Random(seed))
            _trio_order.seed(seed)
            try:
                await check(plans, run)
            except BaseException as error:
                lines = "\n".join(f"  {place}: {plan}" for place, plan in enumerate(plans))
                raise AssertionError(f"seed {seed}, {run}\n{lines}\n{error!r}") from error

    trio.run(program, clock=MockClock(autojump_threshold=0))
