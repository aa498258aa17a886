"""A flow with a journal goes on from what was done, and asks nothing twice."""

from __future__ import annotations

from collections import Counter

import pytest

from lionpride_trio import (
    Session,
)
from lionpride_trio.durable import OperationState, open_streams
from lionpride_trio.flow import Operation, State as OpState, run_flow
from lionpride_trio.operations import Builder, flow
from tests.durable.journalled import Maker, Model, one, run_again, said


async def test_a_flow_that_is_done_is_taken_from_its_journal(url):
    model = Model()
    make = Maker(model)
    async with open_streams(url) as streams:
        before, first, one, got = await run_again(streams, make)
        asked = list(model.asked)
        after, second, other, got_again = await run_again(streams, make)
    assert len(asked) == 5
    assert model.asked == asked
    assert got
    assert got_again == []
    for was, now in zip(one.operations, other.operations, strict=True):
        assert after.results[now] == before.results[was]
        assert after.status[now].state is OpState.DONE
        assert after.status[now].again is False
    # The turns are committed as if they had run.
    assert sorted(first.branches) == sorted(second.branches)
    for name in first.branches:
        assert said(second, name) == said(first, name)


async def test_what_is_done_is_not_asked_again_after_a_failure(url):
    model = Model(failing=["then"])
    make = Maker(model)
    async with open_streams(url) as streams:
        with pytest.raises(ValueError, match="then"):
            await run_again(streams, make, on_error="cancel")
        done = {one.key for one in (await streams.journal("run-7").status()).operations
                if one.state is OperationState.DONE}  # fmt: skip
        assert "talk" in done
        before = Counter(model.asked)
        run, session, builder, _ = await run_again(streams, make)
    assert Counter(model.asked)["first"] == before["first"] == 1
    assert Counter(model.asked)["then"] == 2
    assert said(session, "talk")[-1].startswith("then: 3")
    assert len(run.results) == len(builder.operations)


async def test_the_items_of_a_stream_that_are_done_are_not_asked_again(url):
    model = Model(failing=["each second line"])
    make = Maker(model)
    async with open_streams(url) as streams:
        with pytest.raises(ValueError, match="each second line"):
            await run_again(streams, make)
        assert Counter(model.asked)["each first: 1"] == 1
        run, session, builder, _ = await run_again(streams, make)
    assert Counter(model.asked)["each first: 1"] == 1
    each = run.results[builder.operations[2]]
    assert [one.text.splitlines()[0] for one in each] == ["each first: 1: 1", "each second line: 1"]
    assert len(said(session, "each")) == 4


async def test_a_session_that_has_the_turns_gets_them_once(url, tmp_path):
    model = Model(failing=["then"])
    make = Maker(model)
    path = tmp_path / "session.json"
    async with open_streams(url) as streams:
        session = model.session()
        with pytest.raises(ValueError, match="then"):
            await run_again(streams, make, session=session)
        assert len(said(session, "talk")) == 2
        session.save(path)
        _, session, *_ = await run_again(streams, make, session=session)
        assert len(said(session, "talk")) == 4
        loaded = Session.load(path)
        loaded.services.register(model.provider.model("m", stream=True))
        _, loaded, *_ = await run_again(streams, make, session=loaded)
        assert said(loaded, "talk") == said(session, "talk")


async def test_a_stream_is_read_again_as_it_was():
    """Chunk for chunk, also where the result does not have them."""
    made = []

    async def letters(context):
        made.append(1)
        for letter in "abc":
            yield letter

    fails = [True]

    async def read(context):
        got = [item async for item in context.channel]
        if fails.pop():
            raise ValueError("not yet")
        return got

    async with open_streams("memory:") as streams:
        for _ in range(2):
            builder = Builder()
            spelled = builder.add(letters, reduce="".join)
            reader = builder.add(read, stream_from=spelled)
            try:
                results = await flow(builder, journal=streams.journal("a"))
            except ValueError:
                fails.append(False)
    assert results[reader] == ["a", "b", "c"]
    assert results[spelled] == "abc"
    assert len(made) == 1


async def test_flows_in_flows_go_on_operation_by_operation():
    calls = Counter()
    failing = {"b", "d"}

    def step(name):
        async def run(context):
            calls[name] += 1
            if name in failing:
                failing.remove(name)
                raise ValueError(name)
            return name

        return run

    def make():
        inner = Builder()
        a = inner.add(step("a"), name="a")
        inner.add(step("b"), name="b", depends_on=[a])

        async def dynamic(context):
            now = Builder()
            c = now.add(step("c"), name="c")
            d = now.add(step("d"), name="d", depends_on=[c])
            found = await context.run(now.operations)
            return [found[c], found[d]]

        builder = Builder()
        sub = builder.subflow(inner)
        made = builder.add(dynamic, depends_on=[sub])
        return builder, sub, made

    async with open_streams("memory:") as streams:
        for _ in range(4):
            builder, sub, made = make()
            try:
                results = await flow(builder, journal=streams.journal("a"))
            except ValueError:
                continue
    assert calls == {"a": 1, "b": 2, "c": 1, "d": 2}
    assert list(results[sub].values()) == ["a", "b"]
    assert results[made] == ["c", "d"]


async def test_turns_of_a_flow_that_an_operation_made_are_committed_with_it():
    model = Model()

    def make(session):
        builder = Builder(session=session)

        async def dynamic(context):
            now = Builder(session=session)
            now.communicate(instruction="inside", imodel="m", branch="inside")
            await context.run(now.operations)

        builder.add(dynamic)
        return builder

    make.model = model
    async with open_streams("memory:") as streams:
        _, first, *_ = await run_again(streams, make)
        _, second, *_ = await run_again(streams, make)
    assert model.asked == ["inside"]
    assert said(second, "inside") == said(first, "inside") != []


async def test_a_flow_of_operations_without_a_builder_has_a_journal_too():
    async with open_streams("memory:") as streams:
        for _ in range(2):
            operation = Operation(work=one, name="one")
            results = await run_flow([operation], journal=streams.journal("a"))
            assert results[operation] == 1
