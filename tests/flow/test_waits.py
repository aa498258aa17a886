"""Each name of an answer has one operation that waits for it, in the flows inside too."""

from __future__ import annotations

import pytest

from lionpride_trio import ConfigurationError
from lionpride_trio.durable import open_streams
from lionpride_trio.operations import Builder, flow


def waits_inside(name, *, times=1, failing=0):
    """Work that runs a flow which waits for the answer *name*; it fails after its first attempts."""

    async def around(context):
        answers = []
        for _ in range(times):
            builder = Builder()
            waits = builder.wait_for(name)
            answers.append((await context.run(builder.operations))[waits])
        if context.attempt <= failing:
            raise OSError("once more")
        return answers

    return around


async def test_without_a_journal_a_wait_inside_is_refused():
    builder = Builder()
    builder.add(waits_inside("ok"))
    with pytest.raises(ConfigurationError, match="comes through a journal: write"):
        await flow(builder)


def twice_beside(builder):
    builder.add(waits_inside("ok"), name="one")
    builder.add(waits_inside("ok"), name="other")


def twice_in_one(builder):
    builder.add(waits_inside("ok", times=2))


def inside_and_outside(builder):
    builder.wait_for("ok")
    builder.add(waits_inside("ok"))


def twice_outside(builder):
    builder.wait_for("ok")
    inner = Builder()
    inner.wait_for("ok")
    builder.subflow(inner)


@pytest.mark.parametrize("add", [twice_beside, twice_in_one, inside_and_outside, twice_outside])
async def test_two_waits_of_one_name_are_refused(add):
    builder = Builder()
    add(builder)
    async with open_streams("memory:") as streams:
        await streams.send("run-7", "ok", "yes")
        with pytest.raises(ConfigurationError, match="two operations wait for the answer 'ok'"):
            await flow(builder, journal=streams.journal("run-7"))


async def test_a_later_attempt_may_wait_again():
    builder = Builder()
    operation = builder.add(waits_inside("ok", failing=2), retry=2)
    async with open_streams("memory:") as streams:
        await streams.send("run-7", "ok", "yes")
        results = await flow(builder, journal=streams.journal("run-7"))
    assert results[operation] == ["yes"]


async def test_a_later_attempt_of_an_operation_further_out_may_wait_again():
    async def outermost(context):
        builder = Builder()
        inner = builder.add(waits_inside("ok"))
        results = await context.run(builder.operations)
        if context.attempt == 1:
            raise OSError("once more")
        return results[inner]

    builder = Builder()
    operation = builder.add(outermost, retry=1)
    async with open_streams("memory:") as streams:
        await streams.send("run-7", "ok", "yes")
        results = await flow(builder, journal=streams.journal("run-7"))
    assert results[operation] == ["yes"]
