"""Journals of flows: the same flow goes on from what was done, and from nothing else."""

from __future__ import annotations

import enum
import logging
from collections import Counter
from dataclasses import dataclass

import attrs
import pytest
import trio
import trio.testing

from lionpride_trio import (
    ConfigurationError,
    DecodeError,
    NotFound,
    RunStopped,
    Session,
    SinkError,
    WriterLost,
)
from lionpride_trio.durable import OperationState, State, open_streams
from lionpride_trio.durable._store import End
from lionpride_trio.flow import Operation, State as OpState, run_flow
from lionpride_trio.operations import Builder, flow, flow_stream
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.transformers import lines, text
from tests.durable.stores import LONG, SHORT


class Model:
    """A scripted model that counts what it was asked."""

    def __init__(self, failing=()):
        self.failing = list(failing)
        self.asked = []
        self.provider = ScriptedProvider(self.answer)

    def answer(self, asked):
        question = str(asked["messages"][-1]["content"]).splitlines()[-1]
        self.asked.append(question)
        if question in self.failing:
            self.failing.remove(question)
            return ValueError(question)
        return f"{question}: {len(asked['messages'])}\nsecond line\n"

    def session(self):
        session = Session()
        session.services.register(self.provider.model("m", stream=True))
        return session


def said(session, branch):
    return [str(message.chat_msg["content"]) for message in session.history(branch)]


async def run_again(streams, make, *, session=None, **options):
    """Run the flow that *make* makes, in a session as of a new process; its run, and the session."""
    session = session or make.model.session()
    async with session:
        builder = make(session)
        async with flow_stream(builder, journal=streams.journal("run-7"), **options) as run:
            got = [one async for one in run]
        return run, session, builder, got


class Maker:
    """Makes a flow: two turns on one branch, one for each line of the first, and a sum of them."""

    def __init__(self, model):
        self.model = model
        self.first = "first"

    def __call__(self, session):
        builder = Builder(session=session)
        story = builder.communicate(instruction=self.first, imodel="m", branch="talk")
        cut = builder.transform(story, text() | lines())
        builder.communicate_each(
            stream_from=cut, template="each {item}", imodel="m", branch="each", limit=1
        )
        builder.communicate(instruction="then", imodel="m", branch="talk")
        builder.communicate(instruction="alone", imodel="m")
        return builder


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


@attrs.frozen
class Point:
    x: int
    y: int = 2


async def one(context):
    return 1


async def two(context):
    return 2


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


async def test_two_operations_of_one_given_id_are_refused():
    async with open_streams("memory:") as streams:
        builder = Builder()
        builder.add(one, id="a")
        builder.add(two, id="a")
        with pytest.raises(ConfigurationError, match="two operations of one flow have the id 'a'"):
            await flow(builder, journal=streams.journal("a"))
        with pytest.raises(NotFound):
            await streams.journal("a").status()


@attrs.frozen
class Recipe:
    title: str
    minutes: int


@attrs.frozen
class LongRecipe:
    title: str
    minutes: int
    steps: list[str]


async def test_a_typed_answer_comes_back_as_an_object():
    """And one that does not fit its type any more is asked for again."""
    answers = ['{"title": "Soup", "minutes": 5}', '{"title": "Stew", "minutes": 9, "steps": []}']
    provider = ScriptedProvider(*answers)
    outputs = []
    async with open_streams("memory:") as streams:
        for output in (Recipe, Recipe, LongRecipe):
            async with Session() as session:
                session.services.register(provider.model("m", stream=True))
                builder = Builder(session=session)
                asked = builder.communicate(instruction="q", imodel="m", output=output)
                results = await flow(builder, journal=streams.journal("a"))
                outputs.append(results[asked].output)
    assert outputs == [Recipe("Soup", 5), Recipe("Soup", 5), LongRecipe("Stew", 9, [])]


async def test_a_result_that_cannot_be_read_any_more_is_made_again(monkeypatch, caplog):
    async def give(context):
        return Point(1)

    async with open_streams("memory:") as streams:
        for _ in range(2):
            builder = Builder()
            operation = builder.add(give, name="point")
            async with flow_stream(builder, journal=streams.journal("a")) as run:
                assert [item async for item in run] == []
            monkeypatch.setitem(globals(), "Point", None)  # the class is gone

            async def give(context):
                return 7

    assert run.results[operation] == 7
    assert run.status[operation].again is True
    assert "operation 'point' is run again: its result cannot be read" in caplog.text


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Box:
    points: list[Point]
    colour: Colour


VALUES = [
    None,
    "text",
    [1, 2.5, (3, "x")],
    {"a": [True]},
    {Colour.RED: {1, 2}},
    Point(1),
    Box([Point(1, 3)], Colour.RED),
    b"bytes",
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_results_come_back_as_they_were(value, url):
    async def give(context):
        return value

    async with open_streams(url) as streams:
        for _ in range(2):
            builder = Builder()
            operation = builder.add(give)
            results = await flow(builder, journal=streams.journal("a"))
            assert results[operation] == value
            assert type(results[operation]) is type(value)


async def test_a_result_that_cannot_be_written_says_what_to_give():
    class Local:
        pass

    async def give(context):
        return [Local()]

    async with open_streams("memory:") as streams:
        builder = Builder()
        builder.add(give, name="odd")
        with pytest.raises(
            ConfigurationError, match="the result of operation 'odd' cannot be kept"
        ) as caught:
            await flow(builder, journal=streams.journal("a"))
        assert "let the operation give text, numbers, lists" in str(caught.value)


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


# One writer.


async def test_a_second_run_follows_the_first(url):
    begun, go, calls = trio.Event(), trio.Event(), []

    async def wait(context):
        calls.append(1)
        begun.set()
        await go.wait()
        return "done"

    async def run(streams, results):
        builder = Builder()
        operation = builder.add(wait)
        results.append((await flow(builder, journal=streams.journal("a")))[operation])

    results = []
    async with open_streams(url) as streams, open_streams(url) as others:
        second = streams if url == "memory:" else others
        async with trio.open_nursery() as nursery:
            nursery.start_soon(run, streams, results)
            await begun.wait()
            builder = Builder()
            builder.add(wait)
            with pytest.raises(trio.BusyResourceError, match="runs 'a'"):
                await flow(builder, journal=second.journal("a", if_running="refuse"))
            nursery.start_soon(run, second, results)
            await trio.testing.wait_all_tasks_blocked()
            go.set()
    assert results == ["done", "done"]
    assert calls == [1]


async def test_a_run_that_is_followed_fails_for_its_follower_too():
    go = trio.Event()
    calls, caught = [], []

    async def fail(context):
        calls.append(1)
        await go.wait()
        raise ValueError("broken")

    async def run(streams):
        builder = Builder()
        builder.add(fail)
        try:
            await flow(builder, journal=streams.journal("a"))
        except ValueError as error:
            caught.append(str(error))

    async with open_streams("memory:") as streams, trio.open_nursery() as nursery:
        nursery.start_soon(run, streams)
        nursery.start_soon(run, streams)
        await trio.testing.wait_all_tasks_blocked()
        go.set()
    assert caught == ["broken", "broken"]
    assert calls == [1]


async def test_a_run_is_stopped_from_another_process_and_goes_on_later(url):
    begun, caught = trio.Event(), []

    async def wait(context):
        begun.set()
        await trio.sleep_forever()

    def make(last):
        builder = Builder()
        first = builder.add(one)
        return builder, builder.add(last, name="last", depends_on=[first])

    async def run(streams):
        try:
            await flow(make(wait)[0], journal=streams.journal("a"))
        except RunStopped as error:
            caught.append(str(error))

    async with open_streams(url) as streams, open_streams(url) as others:
        second = streams if url == "memory:" else others
        async with trio.open_nursery() as nursery:
            nursery.start_soon(run, streams)
            await begun.wait()
            status = await second.journal("a").stop()
        assert caught == ["the run 'a' was stopped"]
        assert (status.state, status.done, status.total) == (State.STOPPED, 1, 2)
        assert (await second.journal("a").stop()).state is State.STOPPED
        builder, last = make(two)
        results = await flow(builder, journal=second.journal("a"))
        assert results[last] == 2


async def sleep(context):
    await trio.sleep_forever()


async def test_a_run_that_is_left_counts_as_stopped():
    async with open_streams("memory:") as streams:
        builder = Builder()
        builder.add(sleep)
        async with flow_stream(builder, journal=streams.journal("a")):
            await trio.testing.wait_all_tasks_blocked()
        assert (await streams.journal("a").status()).state is State.STOPPED


async def test_a_run_that_another_has_taken_over_ends():
    async with open_streams("memory:", lease=LONG) as streams:
        caught = []

        async def run():
            builder = Builder()
            builder.add(sleep)
            try:
                await flow(builder, journal=streams.journal("a"))
            except WriterLost as error:
                caught.append(str(error))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(run)
            await trio.testing.wait_all_tasks_blocked()
            store, name = streams._store, "journal\0a"
            store._streams[name].lease_until = 0.0
            assert await store.take_over(name, "another", LONG)
        assert "the lease of the journal 'a' ran out" in caught[0]
        assert store._streams[name].record.writer == "another"


async def test_a_flow_goes_on_where_another_process_has_died():
    async with open_streams("memory:", lease=SHORT) as streams:
        await streams._store.take_over("journal\0a", "dead", SHORT)
        builder = Builder()
        operation = builder.add(one)
        assert (await flow(builder, journal=streams.journal("a")))[operation] == 1


async def test_a_cancellation_does_not_lose_a_result_that_is_there(autojump_clock):
    """A sibling fails at the moment at which a result is written."""
    async with open_streams("memory:") as streams:
        journal = streams.journal("a")
        append = streams._store.append
        failing = trio.Event()

        async def slow_append(*args, **kwargs):
            if any('"done"' in line for line in args[3]):
                failing.set()
                await trio.sleep(1)
            await append(*args, **kwargs)

        streams._store.append = slow_append

        async def fail(context):
            await failing.wait()
            raise ValueError("sibling")

        def make(other):
            builder = Builder()
            builder.add(one)
            builder.add(other, name="other")
            return builder

        builder = make(fail)
        with pytest.raises(ValueError, match="sibling"):
            async with flow_stream(builder, journal=journal) as run:
                await run.receive()
        assert run.results[builder.operations[0]] == 1
        status = await journal.status()
        assert [one.state for one in status.operations] == [
            OperationState.DONE,
            OperationState.FAILED,
        ]


async def test_a_result_is_written_before_anybody_gets_it():
    """Whoever acts on it acts on what the next process will have, too."""
    written, acted = trio.Event(), []
    async with open_streams("memory:") as streams:
        append = streams._store.append

        async def gated(*args, **kwargs):
            if any('"done":"first"' in line for line in args[3]):
                await written.wait()
            await append(*args, **kwargs)

        streams._store.append = gated

        async def act(context):
            acted.append(1)

        builder = Builder()
        builder.add(act, depends_on=[builder.add(one, name="first")])
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lambda: flow(builder, journal=streams.journal("a")))
            await trio.testing.wait_all_tasks_blocked(0.01)
            assert acted == []
            written.set()
    assert acted == [1]


async def test_a_store_that_fails_for_a_moment_is_asked_again(autojump_clock):
    failures = [SinkError("full", sink="x"), SinkError("full", sink="x")]
    async with open_streams("memory:") as streams:
        append = streams._store.append

        async def failing(*args, **kwargs):
            if failures:
                raise failures.pop()
            await append(*args, **kwargs)

        streams._store.append = failing
        builder = Builder()
        operation = builder.add(one)
        assert (await flow(builder, journal=streams.journal("a")))[operation] == 1
        assert (await streams.journal("a").status()).done == 1


async def test_a_store_that_fails_for_longer_fails_the_flow(autojump_clock):
    async with open_streams("memory:") as streams:

        async def failing(*args, **kwargs):
            await trio.lowlevel.checkpoint()
            raise SinkError("full", sink="x")

        streams._store.append = failing
        builder = Builder()
        builder.add(one)
        with pytest.raises(SinkError, match="full"):
            await flow(builder, journal=streams.journal("a"))


async def test_a_flow_ends_with_the_block_of_its_streams(url):
    """Its journal says that it was stopped, and it goes on without it for no moment."""
    caught, ends = [], []

    async def run(journal):
        builder = Builder()
        builder.add(sleep)
        try:
            await flow(builder, journal=journal)
        except trio.ClosedResourceError as error:
            caught.append(str(error))

    async with trio.open_nursery() as nursery, open_streams(url) as others:
        async with open_streams(url) as streams:
            journal = streams.journal("a")
            nursery.start_soon(run, journal)
            while not await streams.journals():
                await trio.lowlevel.checkpoint()
        if url != "memory:":
            ends.append((await others.journal("a").status()).state)
        with pytest.raises(trio.ClosedResourceError):
            builder = Builder()
            builder.add(one)
            await flow(builder, journal=journal)
    assert caught == ["the block of these streams was left"]
    assert ends == ([] if url == "memory:" else [State.STOPPED])


# Looking at journals.


async def test_the_status_of_a_run_tells_of_its_operations():
    async with open_streams("memory:") as streams:
        builder = Builder()
        first = builder.add(one, name="first")

        async def fail(context):
            raise ValueError("broken")

        builder.add(fail, depends_on=[first])
        with pytest.raises(ValueError, match="broken"):
            await flow(builder, journal=streams.journal("a"))
        status = await streams.journal("a").status()
        assert (status.id, status.kind, status.state) == ("a", "flow", State.FAILED)
        assert isinstance(status.error, ValueError)
        done, failed = status.operations
        assert (done.key, done.state, failed.state) == ("first", "done", "failed")
        assert done.began <= done.ended <= failed.began
        assert done.seconds >= 0
        assert str(failed.error) == "broken"
        assert await streams.list() == ()
        assert [one.id for one in await streams.journals()] == ["a"]
        await streams.journal("a").delete()
        assert await streams.journals() == ()
        for ask in (
            streams.journal("a").status,
            streams.journal("a").stop,
            streams.journal("a").delete,
        ):
            with pytest.raises(NotFound, match="no journal 'a'"):
                await ask()


@pytest.mark.parametrize("line", ["garbage", "{}", "[1]", '{"odd": 1}', '{"done": "one"}'])
async def test_a_damaged_journal_is_not_gone_on_with(line):
    async with open_streams("memory:") as streams:
        store, name = streams._store, "journal\0a"
        await store.take_over(name, "x", LONG)
        await store.append(name, "x", 1, [line], LONG, End(State.ENDED))
        builder = Builder()
        builder.add(one)
        with pytest.raises(DecodeError, match="is no line of a journal"):
            await flow(builder, journal=streams.journal("a"))
        with pytest.raises(DecodeError, match="is no line of a journal"):
            await streams.journal("a").status()


async def test_what_is_wrong_is_refused_before_anything_is_written():
    async with open_streams("memory:") as streams:
        builder = Builder()
        builder.add(one)
        for wrong in ("", "a\0b", 7):
            with pytest.raises(ConfigurationError, match="a text of 1 to 500 characters"):
                streams.journal(wrong)
        with pytest.raises(ConfigurationError, match="if_running must be 'follow' or 'refuse'"):
            streams.journal("a", if_running="wait")
        with pytest.raises(ConfigurationError, match=r"what streams\.journal\('run-7'\) gives"):
            await flow(builder, journal="a")
        with pytest.raises(ConfigurationError, match="give one of them"):
            flow_stream(builder, journal=streams.journal("a"), results={})
        assert await streams.journals() == ()
