"""What counts as the same operation: one that has changed is run again, with all that is made of it."""

from __future__ import annotations

import functools
import logging

import pytest

from lionpride_trio import (
    ConfigurationError,
    NotFound,
)
from lionpride_trio.durable import open_streams
from lionpride_trio.operations import Builder, flow, flow_stream
from tests.durable.journalled import Maker, Model, one, run_again, said, two


async def test_an_operation_that_changed_is_run_again_and_all_that_is_made_of_it(url, caplog):
    model = Model()
    make = Maker(model)
    async with open_streams(url) as streams:
        await run_again(streams, make)
        model.asked.clear()
        make.first = "other"
        with caplog.at_level(logging.WARNING, "lionpride_trio"):
            run, session, builder, _ = await run_again(streams, make)
        again = [run.status[one].again for one in builder.operations]
        assert again == [True, True, True, True, False]
        assert model.asked.count("other") == model.asked.count("then") == 1
        assert "alone" not in model.asked
        assert (
            "journal 'run-7': operation 'talk' is run again: its parameters have changed"
            in caplog.text
        )
        assert "operation 'each' is run again: something that it is made of" in caplog.text
        assert len(said(session, "talk")) == 4
        # And what it came to counts the next time.
        model.asked.clear()
        run, *_ = await run_again(streams, make)
        assert model.asked == []
        assert not any(status.again for status in run.status.values())


def changing(builder, **options):
    first = builder.add(one, name="first", parameters={"size": options.get("size", 3)})
    second = builder.add(two, name="second")
    needed = [first, second] if options.get("edge") else [first]
    builder.add(one, name=options.get("name", "last"), context_from=needed)


@pytest.mark.parametrize(
    ("options", "again", "why"),
    [
        ({"size": 4}, ["first", "last"], "its parameters have changed"),
        ({"edge": True}, ["last"], "its edges have changed"),
        ({"name": "other"}, [], None),  # another operation, which the journal does not know
    ],
)
async def test_which_facts_count(options, again, why, caplog):
    async with open_streams("memory:") as streams:
        before = Builder()
        changing(before)
        await flow(before, journal=streams.journal("a"))
        builder = Builder()
        changing(builder, **options)
        async with flow_stream(builder, journal=streams.journal("a")) as run:
            assert [item async for item in run] == []
        assert [o.name for o in builder.operations if run.status[o].again] == again
        assert (why is None) or why in caplog.text
        assert len(run.results) == 3


async def test_an_operation_that_is_asked_with_other_texts_has_changed():
    """What stands in a prompt and is no parameter counts too."""
    model = Model()
    async with open_streams("memory:") as streams:
        for context in (["a"], ["a"], ["b"]):
            async with model.session() as session:
                builder = Builder(session=session)
                builder.communicate(instruction="q", imodel="m", context=context)
                await flow(builder, journal=streams.journal("a"))
    assert len(model.asked) == 2


async def test_operations_are_known_by_their_name_and_place_or_by_the_id_that_was_given():
    calls = []

    async def note(context):
        calls.append(context.operation.parameters["n"])
        return context.operation.parameters["n"]

    def make(*numbers, ids=False):
        builder = Builder()
        for n in numbers:
            builder.add(note, name="same", parameters={"n": n}, id=f"id-{n}" if ids else None)
        return builder

    async with open_streams("memory:") as streams:
        await flow(make(1, 2, 3), journal=streams.journal("names"))
        keys = [one.key for one in (await streams.journal("names").status()).operations]
        assert keys == ["same", "same#2", "same#3"]
        await flow(make(1, 2, 3), journal=streams.journal("names"))
        assert sorted(calls) == [1, 2, 3]
        await flow(make(1, 2, 3, ids=True), journal=streams.journal("ids"))
        results = await flow(make(3, 1, 2, ids=True), journal=streams.journal("ids"))
        assert sorted(calls) == [1, 1, 2, 2, 3, 3]
        assert sorted(results.values()) == [1, 2, 3]


async def test_an_id_with_a_slash_is_an_operation_of_its_own():
    """It is none of a flow in the operation with the id before the slash."""
    ran = []

    async def note(context):
        ran.append(context.operation.id)

    async with open_streams("memory:") as streams:
        for version, with_other in ((1, True), (2, False), (2, True)):
            builder = Builder()
            builder.add(note, id="a", parameters={"version": version})
            if with_other:
                builder.add(note, id="a/b")
            await flow(builder, journal=streams.journal("a"))
    assert sorted(ran) == ["a", "a", "a/b"]


async def test_the_turn_of_an_operation_that_is_no_more_is_not_committed():
    model = Model()
    async with open_streams("memory:") as streams:
        for ids in (["ch1", "ch1/sum", "ch1#2"], ["ch1"]):
            async with model.session() as session:
                builder = Builder(session=session)
                for given in ids:
                    builder.communicate(instruction="q", imodel="m", branch="talk", id=given)
                await flow(builder, journal=streams.journal("a"))
                assert len(said(session, "talk")) == 2 * len(ids)


async def fetch(city, context):
    return f"the weather of {city}"


async def test_results_do_not_pass_to_the_next_of_several_partial_functions():
    async with open_streams("memory:") as streams:
        for cities in (["Oslo", "Bergen"], ["Tromso", "Oslo", "Bergen"]):
            builder = Builder()
            operations = [builder.add(functools.partial(fetch, city)) for city in cities]
            results = await flow(builder, journal=streams.journal("cities"))
            assert [results[one] for one in operations] == [
                f"the weather of {city}" for city in cities
            ]
            assert {one.name for one in operations} == {"fetch"}


async def test_another_function_of_an_aggregate_is_called():
    async with open_streams("memory:") as streams:
        for function, result in ((len, 2), (sum, 3)):
            builder = Builder()
            total = builder.aggregate(builder.add(one), builder.add(two), function=function)
            assert (await flow(builder, journal=streams.journal("sums")))[total] == result


async def test_two_operations_of_one_given_id_are_refused():
    async with open_streams("memory:") as streams:
        builder = Builder()
        builder.add(one, id="a")
        builder.add(two, id="a")
        with pytest.raises(ConfigurationError, match="two operations of one flow have the id 'a'"):
            await flow(builder, journal=streams.journal("a"))
        with pytest.raises(NotFound):
            await streams.journal("a").status()


async def test_what_a_changed_operation_had_inside_does_not_count():
    """Its operations look the same, and were made of what has changed."""
    made = []

    def make(size):
        async def dynamic(context):
            async def work(context):
                made.append(size)
                return size

            now = Builder()
            operation = now.add(work)
            return (await context.run(now.operations))[operation]

        builder = Builder()
        return builder, builder.add(dynamic, parameters={"size": size})

    async with open_streams("memory:") as streams:
        for size in (1, 1, 2):
            builder, operation = make(size)
            results = await flow(builder, journal=streams.journal("a"))
            assert results[operation] == size
    assert made == [1, 2]
