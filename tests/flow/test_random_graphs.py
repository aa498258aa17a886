"""Random graphs of both kinds of edge, with operations of every temper: each does as the reference.

Twenty thousand of them here, the same each time; ``make fuzz`` goes on with others.
"""

from __future__ import annotations

import random

import attrs
import pytest
import trio
from trio.testing import MockClock

from lionpride_trio import FlowError
from lionpride_trio.flow import Operation, run_flow

from .graphs import LOCKED_UP, build, check_graphs, draw
from .reference import expect, is_refused
from .tempers import Watch

GRAPHS = 20_000
AT_ONCE = 1_000

MENDED = {"deadline": "deadline", "too slow": "deadline", "child": "deadline"}


@pytest.mark.parametrize("first", range(0, GRAPHS, AT_ONCE))
def test_a_graph_does_as_the_reference_says(first):
    check_graphs(range(first, first + AT_ONCE))


@pytest.mark.parametrize("replays", [True, False])
def test_a_mended_flow_goes_on_to_its_end(replays):
    """After a run that skipped, the same operations end with the results of an unbroken run."""

    async def program() -> None:
        for seed in range(500):
            rng = random.Random(seed)
            # A reader that caught a failure is done, and keeps what it made of it.
            plans = [
                attrs.evolve(plan, reading="all") if plan.reading == "catches" else plan
                for plan in draw(rng)[0]
            ]
            if not is_refused(plans):
                await check_mended(plans, rng.choice([None, 1, 2, 3]))

    async def check_mended(plans, slots) -> None:
        # Mended, each gives what it gave before its failure, and goes on.
        mended = [attrs.evolve(plan, ends=MENDED.get(plan.ends, "well")) for plan in plans]
        options = {"replay": list} if replays else {}
        with trio.fail_after(LOCKED_UP):
            try:
                results = await run_flow(
                    build(plans, Watch(), **options), on_error="skip", max_concurrent=slots
                )
            except FlowError as error:
                results = error.results
            results = await run_flow(
                build(mended, Watch(), **options), max_concurrent=slots, results=results
            )
        wanted = {str(place): outcome.chunks for place, outcome in enumerate(expect(mended))}
        assert dict(results) == wanted

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
