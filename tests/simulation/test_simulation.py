"""Whole programs in a simulated world: the clock is virtual, the network is in memory, and the
scheduler, the faults and the cuts all follow one seed, so that each failure can be had again:
``pytest tests/simulation --seed N``.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
import trio
import trio._core._run as scheduler

from lionpride_trio import LionprideError, Session, StreamTruncated, Verdict, iModel, sinks
from lionpride_trio.operations import Builder, flow
from lionpride_trio.services import Retry
from lionpride_trio.transformers import (
    fork,
    map_concurrent,
    merge,
    prefetch,
    sentences,
    take,
    tee,
    text,
    words,
)

from .world import WIRES, World

SEEDS = range(0, 1000, 50)
KEYS = {"openai": "sk-x", "anthropic": "k", "gemini": "k"}


def model_in(world: World, wire: str, **options: Any) -> iModel:
    return iModel(
        wire, "m", api_key=KEYS[wire], base_url="https://simulated.invalid", stream=True,
        http_client=world.client(wire), name=f"m{world.random.random()}", **options,
    )  # fmt: skip


def check(world: World, answer_number: int, got: str, error: Exception | None) -> None:
    """The text is whole, or it is a prefix and an error says so."""
    answer = world.answers[answer_number]
    if error is None:
        assert got == answer.text
    else:
        assert isinstance(error, LionprideError)
        assert answer.text.startswith(got)
        assert error.partial is None or answer.text.startswith(error.partial.text)


async def one_reply(world: World, wire: str) -> None:
    model = model_in(world, wire, retry=None)
    got = ""
    error = None
    try:
        async with model.stream("hi") as reply:
            try:
                async for chunk in reply:
                    got += chunk.data
            finally:
                assert reply.response.text.startswith(got)
            assert reply.response.verdict is Verdict.COMPLETE
    except LionprideError as failure:
        error = failure
    check(world, -1, got, error)


async def a_pipeline(world: World, wire: str) -> None:
    model = model_in(world, wire, retry=None)
    copy: list[str] = []

    async def keep(channel: Any) -> None:
        async for piece in channel:
            copy.append(piece)
            await trio.sleep(world.random.random() / 10)

    async def slowly(sentence: str) -> str:
        await trio.sleep(world.random.random())
        return sentence

    pipeline = text() | tee(keep, size=3) | sentences() | map_concurrent(slowly, 3) | prefetch(2)
    got: list[str] = []
    error = None
    try:
        async with model.stream("hi") | pipeline as channel:
            async for sentence in channel:
                got.append(sentence)
    except LionprideError as failure:
        error = failure
    check(world, -1, "".join(got), error)
    if error is None:
        assert "".join(copy) == "".join(got)


async def forked(world: World, wire: str) -> None:
    model = model_in(world, wire, retry=None)
    results: list[str] = []

    async def read(branch: Any) -> None:
        try:
            results.append(await sinks.join(branch))
        except LionprideError as error:
            results.append(type(error).__name__)

    try:
        async with (
            fork(model.stream("hi") | text() | words(), 3, size=2) as branches,
            trio.open_nursery() as nursery,
        ):
            for branch in branches:
                nursery.start_soon(read, branch)
    except LionprideError:
        return
    assert len(set(results)) == 1


async def left_early(world: World, wire: str) -> None:
    model = model_in(world, wire, retry=None)
    both = merge(model.stream("a"), model_in(world, wire, retry=None).stream("b"))
    with trio.move_on_after(world.random.random() * 3):
        try:
            await sinks.drain(both | take(world.random.randint(1, 9)) | prefetch(1))
        except LionprideError:
            return


async def retried(world: World, wire: str) -> None:
    model = model_in(world, wire, retry=Retry(attempts=4))
    try:
        response = await model_text(model)
    except LionprideError:
        return
    assert response == world.answers[-1].text


async def model_text(model: iModel) -> str:
    async with model.stream("hi") as reply:
        return await sinks.join(reply)


async def a_flow(world: World, wire: str) -> None:
    async with Session() as session:
        model = model_in(world, wire, retry=None)
        session.services.register(model)
        builder = Builder(session=session)
        first = builder.communicate(instruction="a", imodel=model.name, branch="a")
        other = builder.communicate(instruction="b", imodel=model.name, branch="b")
        last = builder.communicate(
            instruction="c", imodel=model.name, branch="c", context_from=[first, other]
        )
        try:
            results = await flow(builder.operations, max_concurrent=world.random.randint(1, 3))
        except LionprideError:
            return
        assert results[last].text == world.answers[-1].text


PROGRAMS = [one_reply, a_pipeline, forked, left_early, retried, a_flow]


async def simulate(seed: int) -> None:
    world = World(random.Random(seed))
    program = world.random.choice(PROGRAMS)
    with trio.fail_after(3600):  # a virtual hour: whoever needs it is stuck
        await program(world, world.random.choice(list(WIRES)))
    assert not any(answer.open for answer in world.answers)


@pytest.mark.parametrize("first", SEEDS)
def test_whatever_happens_results_are_whole_or_errors_are_typed(first, monkeypatch):
    monkeypatch.setattr(scheduler, "_ALLOW_DETERMINISTIC_SCHEDULING", True)
    for seed in range(first, first + SEEDS.step):
        scheduler._r.seed(seed)
        try:
            trio.run(simulate, seed, clock=trio.testing.MockClock(autojump_threshold=0))
        except BaseException as error:
            error.add_note(f"again with: trio.run(simulate, {seed}, …)")
            raise


def test_a_seed_gives_the_same_run_again(monkeypatch):
    monkeypatch.setattr(scheduler, "_ALLOW_DETERMINISTIC_SCHEDULING", True)

    class Steps(trio.abc.Instrument):
        def __init__(self) -> None:
            self.names: list[str] = []

        def before_task_step(self, task: trio.lowlevel.Task) -> None:
            self.names.append(task.name)

    runs = []
    for _ in range(2):
        random.seed(7)
        scheduler._r.seed(7)
        steps = Steps()
        clock = trio.testing.MockClock(autojump_threshold=0)
        trio.run(simulate, 7, clock=clock, instruments=[steps])
        runs.append(steps.names)
    assert runs[0] == runs[1]


def test_the_simulation_meets_its_faults():
    """Enough seeds end well and enough do not: the world is neither dead nor harmless."""
    outcomes = {"whole": 0, "cut": 0}

    async def outcome(seed: int) -> None:
        world = World(random.Random(seed))
        try:
            async with model_in(world, "openai", retry=None).stream("hi") as reply:
                await sinks.drain(reply)
            outcomes["whole"] += 1
        except StreamTruncated:
            outcomes["cut"] += 1
        except LionprideError:
            pass

    for seed in range(60):
        trio.run(outcome, seed, clock=trio.testing.MockClock(autojump_threshold=0))
    assert outcomes["whole"] > 10
    assert outcomes["cut"] > 1


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("wire", WIRES)
def test_each_operation_of_the_network_may_fail(program, wire):
    """The first fails, then the second, … until the program passes untouched."""

    async def run(fail_at: int) -> bool:
        world = World(random.Random(3), faulty=0, fail_at=fail_at)
        with trio.fail_after(3600):
            await program(world, wire)
        assert not any(answer.open for answer in world.answers)
        return world.operations > fail_at

    fail_at = 0
    while trio.run(run, fail_at, clock=trio.testing.MockClock(autojump_threshold=0)):
        fail_at += 1
    assert fail_at > 2
