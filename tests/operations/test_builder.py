"""A builder refuses wrong operations before anything is sent."""

import pickle

import pytest
import trio

from lionpride_trio import ConfigurationError, LocalProtocolError, Session, iModel
from lionpride_trio.operations import Builder, communicate, flow, flow_stream
from lionpride_trio.transformers import sentences


@pytest.fixture
def session():
    session = Session()
    session.services.register(iModel("openai", "m", api_key="any", name="known"))
    return session


@pytest.fixture
def builder(session):
    return Builder(session=session)


async def one(context):
    await trio.lowlevel.checkpoint()
    return 1


def test_an_unknown_model_is_refused(builder):
    with pytest.raises(ConfigurationError, match="did you mean 'known'"):
        builder.communicate(instruction="hi", imodel="knwon")
    with pytest.raises(ConfigurationError, match="no model named"):
        builder.communicate_each(stream_from=builder.add(one), template="{item}", imodel="gpt")
    assert len(builder.operations) == 1


def test_a_builder_without_a_session_asks_no_models():
    with pytest.raises(ConfigurationError, match="session=session"):
        Builder().communicate(instruction="hi", imodel="m")


def test_a_branch_of_another_session_is_refused(builder, session):
    mine, other = session.create_branch(name="mine"), Session().create_branch(name="other")
    assert (
        builder.communicate(instruction="hi", imodel="known", branch=mine).parameters["branch"]
        == "mine"
    )
    with pytest.raises(ConfigurationError, match="'other' is not one"):
        builder.communicate(instruction="hi", imodel="known", branch=other)
    with pytest.raises(ConfigurationError, match="branch must be"):
        builder.communicate(instruction="hi", imodel="known", branch="")


def test_operations_of_another_builder_are_refused(builder, session):
    foreign = Builder(session=session).add(one, name="foreign")
    for wrong in (
        lambda: builder.communicate(instruction="hi", imodel="known", context_from=[foreign]),
        lambda: builder.communicate(instruction="hi", imodel="known", stream_from=foreign),
        lambda: builder.add(one, depends_on=[foreign]),
        lambda: builder.transform(foreign, sentences()),
        lambda: builder.fork(foreign, 2),
        lambda: builder.sequence(foreign),
        lambda: builder.aggregate(foreign),
        lambda: flow_stream([builder.add(one), foreign]),
    ):
        with pytest.raises(ConfigurationError, match="'foreign' belongs to another builder"):
            wrong()


def test_wrong_settings_are_refused(builder):
    first = builder.add(one)
    for wrong in (
        lambda: builder.communicate(instruction=3, imodel="known"),
        lambda: builder.communicate(instruction="hi", imodel="known", timeout=0),
        lambda: builder.communicate_each(stream_from=first, template="no item", imodel="known"),
        lambda: builder.communicate_each(
            stream_from=first, template="{item}", imodel="known", limit=0
        ),
        lambda: builder.transform(first, sentences),
        lambda: builder.add(one, context_from=["first"]),
        lambda: builder.add("one"),
        lambda: builder.subflow([first], on_error="ignore"),
        lambda: flow_stream([first, first]),
        lambda: flow_stream([first], on_error="ignore"),
    ):
        with pytest.raises(ConfigurationError):
            wrong()


def test_two_readers_without_a_fork_are_refused_when_the_flow_is_made(builder):
    first = builder.add(one)
    builder.transform(first, sentences(), name="a")
    builder.transform(first, sentences(), name="b")
    with pytest.raises(ConfigurationError, match=r"'a' and 'b' read the one stream of 'one'"):
        flow_stream(builder.operations)


def test_a_circle_is_refused_when_the_flow_is_made(builder):
    first = builder.add(one, name="first")
    second = builder.add(one, name="second", depends_on=[first])
    builder.sequence(second, first)
    with pytest.raises(ConfigurationError, match="circle"):
        flow_stream(builder.operations)


async def test_bare_iteration_needs_an_open_session(builder):
    builder.add(one)
    with pytest.raises(LocalProtocolError, match="nothing open owns"):
        async for _ in flow_stream(builder.operations):
            pass


def test_what_an_operation_was_made_with_can_be_read(builder):
    operation = builder.communicate(
        instruction="hi", imodel="known", branch="b", temperature=0.5, name="greeting"
    )
    assert dict(operation.parameters) == {
        "instruction": "hi",
        "imodel": "known",
        "branch": "b",
        "temperature": 0.5,
    }
    assert operation.name == "greeting"
    assert builder.operations == (operation,)
    assert builder.operations is builder.operations


async def test_sequence_parallel_and_aggregate():
    builder = Builder()

    async def add_one(context):
        await trio.lowlevel.checkpoint()
        return sum(context.results.values()) + 1

    first, second = builder.sequence(one, add_one)
    sides = builder.parallel(add_one, add_one, context_from=[second])
    both = builder.aggregate(*sides)

    async def total(values):
        await trio.lowlevel.checkpoint()
        return sum(values)

    summed = builder.aggregate(first, *sides, function=total)
    results = await flow(builder)
    assert [results[each] for each in (first, second, *sides)] == [1, 2, 3, 3]
    assert results[both] == [3, 3]
    assert results[summed] == 7
    assert "n0 --> n1" in builder.to_mermaid()


async def test_a_flow_in_a_flow():
    inner, outer = Builder(), Builder()
    base = outer.add(one)

    async def uses(context):
        await context.send("inside")
        return context.results[base] + 1

    deep = inner.add(uses)
    whole = outer.subflow(inner, context_from=[base])
    async with flow_stream(outer) as run:
        assert [pair async for pair in run] == [(deep.id, "inside")]
        assert dict(run.results[whole]) == {deep.id: 2}


@pytest.mark.parametrize("given", [3, [3], ["a"]])
def test_what_is_no_operation_is_refused(builder, given):
    with pytest.raises(ConfigurationError, match="needed, not"):
        builder.add(one, depends_on=given)
    assert len(builder.operations) == 0


def test_a_builder_that_was_copied_owns_its_operations():
    builder = Builder()
    first = builder.add(one)
    again = pickle.loads(pickle.dumps(builder))
    assert repr(again) == "<Builder of 1 operations>"
    (copied,) = again.operations
    again.add(one, name="two", depends_on=copied)
    with pytest.raises(ConfigurationError, match="belongs to another builder"):
        again.add(one, name="three", depends_on=first)


async def test_branches_of_a_stream_have_a_reader_each():
    async def numbers(context):
        for number in range(3):
            yield number

    async def total(context):
        return sum([item async for item in context.channel])

    builder = Builder()
    made = builder.add(numbers)
    readers = [
        builder.add(total, name=f"total {branch.number}", stream_from=branch)
        for branch in builder.fork(made, 2)
    ]
    results = await flow(builder)
    assert [results[reader] for reader in readers] == [3, 3]


@pytest.mark.parametrize(
    "parameters",
    [
        {"instruction": "hi"},
        {"imodel": "known"},
        {"instruction": "hi", "imodel": "known", "temperature": 1},
    ],
)
async def test_communicate_names_its_parameters(session, parameters):
    session.create_branch(name="b")
    with pytest.raises(ConfigurationError, match="always"):
        await communicate(session=session, branch="b", parameters=parameters)
    assert len(session.messages) == 0
