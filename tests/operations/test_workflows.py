"""Flows of model calls, over loopback HTTP against the embedded server."""

from __future__ import annotations

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import (
    FinishChunk,
    FlowError,
    NotFound,
    Overloaded,
    Response,
    ServerError,
    Session,
    StreamTruncated,
    TextChunk,
    UsageChunk,
    Verdict,
    iModel,
    local,
    sinks,
)
from lionpride_trio.operations import Builder, State, flow, flow_stream
from lionpride_trio.services import Retry
from lionpride_trio.transformers import lines, sentences


@pytest.fixture
async def server():
    async with local.serve() as server:
        yield server


@pytest.fixture
async def session(server):
    async with Session() as session:
        for name, options in {
            "writer": {"stream": True},
            "whole": {},
            "writer-cut": {"stream": True},
            "writer-error-500": {"stream": True},
            "writer-stall": {"stream": True},
            "writer-pieces-150": {"stream": True},
            "writer-tools": {"stream": True},
        }.items():
            model = iModel(
                "openai",
                name,
                api_key="any",
                base_url=server.url("openai"),
                retry=None,
                **options,
            )
            session.services.register(model)
        yield session


def texts(session, branch):
    return [message.chat_msg["content"] for message in session.history(branch)]


def asked(server):
    return [request.json()["messages"][-1]["content"] for request in server.requests]


async def test_a_branch_is_made_and_gets_both_turns(session, server):
    builder = Builder(session=session)
    first = builder.communicate(instruction="Sing", imodel="writer", branch="song")
    assert "song" not in session.branches
    chunks = []
    async for key, chunk in flow_stream(builder.operations):
        assert key == first.id
        chunks.append(chunk)
    text = "".join(map(str, chunks))
    assert texts(session, "song") == ["Sing", text]
    assert any(isinstance(chunk, TextChunk) for chunk in chunks)
    assert any(isinstance(chunk, FinishChunk) for chunk in chunks)


async def test_the_result_is_the_response_streamed_or_not(session):
    builder = Builder(session=session)
    streamed = builder.communicate(instruction="Sing", imodel="writer", branch="a")
    awaited = builder.communicate(instruction="Sing", imodel="whole", branch="b")
    async with flow_stream(builder.operations) as run:
        got = {streamed.id: [], awaited.id: []}
        async for key, chunk in run:
            got[key].append(chunk)
        for operation in (streamed, awaited):
            response = run.results[operation]
            assert isinstance(response, Response)
            assert response.verdict is Verdict.COMPLETE
            assert "".join(map(str, got[operation.id])) == response.text != ""
        assert len(got[streamed.id]) > 5
        assert [type(chunk) for chunk in got[awaited.id]] == [
            TextChunk,
            UsageChunk,
            FinishChunk,
        ]
        assert run.status[streamed].first_chunk > 0


async def test_whole_texts_stand_in_the_prompt(session, server):
    builder = Builder(session=session)
    one = builder.communicate(instruction="One", imodel="writer")
    two = builder.add(lambda context: _lines(), name="two")
    last = builder.communicate(
        instruction="Join them", imodel="whole", context=["Be brief."], context_from=[one, two]
    )
    results = await flow(builder.operations)
    assert asked(server)[1] == f"Be brief.\n\n{results[one].text}\n\nab\n\nJoin them"
    assert results[last].text
    # Without a branch each has one of its own.
    assert [len(branch) for branch in session.branches.values()] == [2, 2]


async def _lines():
    for piece in ("a", "b"):
        await trio.lowlevel.checkpoint()
        yield piece


async def test_a_streamed_text_stands_in_the_prompt_too(session, server):
    builder = Builder(session=session)
    one = builder.communicate(instruction="One", imodel="writer")
    cut = builder.transform(one, sentences())
    builder.communicate(instruction="Go on", imodel="whole", stream_from=cut)
    results = await flow(builder.operations)
    assert asked(server)[1] == f"{results[one].text}\n\nGo on"
    assert "".join(map(str, results[cut])) == results[one].text


async def test_operations_on_one_branch_are_a_conversation(session, server):
    builder = Builder(session=session)
    for number in range(3):
        builder.communicate(instruction=f"Turn {number}", imodel="writer", branch="talk")
    await flow(builder.operations)
    assert texts(session, "talk")[::2] == ["Turn 0", "Turn 1", "Turn 2"]
    assert len(server.requests[2].json()["messages"]) == 5


async def test_tool_calls_are_committed(session):
    builder = Builder(session=session)
    operation = builder.communicate(instruction="Look", imodel="writer-tools", branch="b")
    results = await flow(builder.operations)
    assert results[operation].tool_calls
    assert session.history("b")[-1].content.function == results[operation].tool_calls[0].name


async def test_a_failed_call_commits_nothing_and_is_named(session):
    builder = Builder(session=session)
    builder.communicate(instruction="Sing", imodel="writer-cut", branch="b", name="song")
    with pytest.raises(StreamTruncated) as caught:
        await flow(builder.operations)
    assert caught.value.__notes__ == ["in operation 'song'"]
    assert caught.value.partial.text
    assert "b" not in session.branches


async def test_a_wrong_model_cancels_the_others_and_their_requests(session, server):
    builder = Builder(session=session)
    builder.communicate(instruction="Wait", imodel="writer-stall", branch="a")
    gate = trio.Event()

    async def later(context):
        await gate.wait()
        raise KeyError("mine")

    builder.add(later)
    async with flow_stream(builder.operations) as run:
        await run.receive()
        gate.set()
        with pytest.raises(KeyError):
            await sinks.drain(run)
    await server.wait_active(0)
    assert "a" not in session.branches


async def test_the_rest_goes_on_and_can_be_resumed(session, server):
    builder = Builder(session=session)
    good = builder.communicate(instruction="Sing", imodel="writer", branch="good")
    bad = builder.communicate(instruction="Sing", imodel="writer-error-500", branch="bad")
    last = builder.communicate(instruction="Join", imodel="writer", context_from=[good, bad])
    async with flow_stream(builder.operations, on_error="skip") as run:
        with pytest.raises(FlowError) as caught:
            await sinks.drain(run)
        assert run.status[last].state is State.SKIPPED
    (error,) = caught.value.exceptions
    assert error.operation is bad
    assert isinstance(error.__cause__, ServerError)
    results = {**caught.value.results, bad.id: Response(text="mended")}
    results = await flow(builder.operations, results=results)
    assert asked(server)[-1] == f"{results[good].text}\n\nmended\n\nJoin"
    assert len(server.requests) == 3
    assert len(texts(session, "good")) == 2


async def test_one_call_for_each_item_in_order(session, server):
    builder = Builder(session=session)
    story = builder.communicate(instruction="Tell", imodel="writer-pieces-150", branch="story")
    each = builder.communicate_each(
        stream_from=builder.transform(story, sentences()),
        template="Shorten: {item}",
        imodel="writer",
        limit=3,
        branch="short",
    )
    async with flow_stream(builder.operations) as run:
        spoken = [str(chunk) async for key, chunk in run if key == each.id]
        responses = run.results[each]
        told = run.results[story].text
    assert len(responses) > 1
    assert "".join(spoken) == "".join(response.text for response in responses)
    kept = texts(session, "short")
    assert kept[1::2] == [response.text for response in responses]
    assert "".join(text.removeprefix("Shorten: ") for text in kept[::2]) == told
    # All were asked in the context of the branch as it was before.
    assert all(len(request.json()["messages"]) == 1 for request in server.requests)


async def test_items_without_text_are_passed_over(session, server):
    builder = Builder(session=session)

    async def items(context):
        for item in ("a\n", "\n", "b", FinishChunk()):
            await trio.lowlevel.checkpoint()
            yield item

    source = builder.add(items)
    each = builder.communicate_each(
        stream_from=builder.transform(source, lines()),
        template="{item}{item}",
        imodel="whole",
    )
    results = await flow(builder.operations)
    assert sorted(asked(server)) == ["a\na\n", "bb"]
    assert len(results[each]) == 2


async def test_no_more_calls_are_open_than_the_limit(session, server):
    builder = Builder(session=session)
    items = builder.add(_twelve, name="items")
    builder.communicate_each(
        stream_from=items, template="{item}", imodel="writer-stall", limit=3, stream_size=100
    )
    async with flow_stream(builder.operations) as run, trio.open_nursery() as nursery:
        nursery.start_soon(sinks.drain, run)
        await server.wait_active(3)
        await wait_all_tasks_blocked(0.01)
        assert len(server.requests) == 3
        nursery.cancel_scope.cancel()
    await server.wait_active(0)


async def _twelve(context):
    for number in range(12):
        yield f"{number}"
        await trio.lowlevel.checkpoint()


async def test_a_call_that_fails_ends_them_all_plainly(session, server):
    builder = Builder(session=session)
    items = builder.add(_twelve, name="items")
    builder.communicate_each(
        stream_from=items, template="{item}", imodel="writer-cut", branch="b", name="each"
    )
    with pytest.raises(StreamTruncated):
        await flow(builder.operations)
    assert "b" not in session.branches
    await server.wait_active(0)


async def test_slots_hold_for_calls(session, server):
    builder = Builder(session=session)
    for number in range(6):
        builder.communicate(instruction="Wait", imodel="writer-stall", branch=f"b{number}")
    running = flow_stream(builder.operations, max_concurrent=2)
    async with running as run, trio.open_nursery() as nursery:
        nursery.start_soon(sinks.drain, run)
        await server.wait_active(2)
        await wait_all_tasks_blocked(0.01)
        assert len(server.requests) == 2
        nursery.cancel_scope.cancel()


async def test_leaving_the_block_closes_every_stream(session, server):
    builder = Builder(session=session)
    for number in range(3):
        builder.communicate(instruction="Wait", imodel="writer-stall", branch=f"b{number}")
    async with flow_stream(builder.operations) as run:
        await server.wait_active(3)
        await run.receive()
    await server.wait_active(0)
    assert session.branches == {}


async def test_iterated_bare_the_session_closes_the_flow(server):
    async with Session() as session:
        model = iModel(
            "openai", "m-stall", api_key="any", base_url=server.url("openai"), stream=True
        )
        session.services.register(model)
        builder = Builder(session=session)
        builder.communicate(instruction="Wait", imodel="m-stall")
        async for _ in flow_stream(builder.operations):
            break
        assert server.active == 1
    await server.wait_active(0)


async def test_an_operation_is_tried_again_over_the_models_own_attempts(server, autojump_clock):
    async with Session() as session:
        model = iModel(
            "openai",
            "m-error-503",
            api_key="any",
            base_url=server.url("openai"),
            stream=True,
            retry=Retry(attempts=2),
        )
        session.services.register(model)
        builder = Builder(session=session)
        builder.communicate(instruction="Sing", imodel=model.name, retry=1)
        with pytest.raises(Overloaded):
            await flow(builder.operations)
        assert len(server.requests) == 4


async def test_an_error_that_will_come_again_is_not_tried_again(session, server):
    model = iModel(
        "openai", "m-error-404", api_key="any", base_url=server.url("openai"), stream=True
    )
    builder = Builder(session=session)
    builder.communicate(instruction="Sing", imodel=model, retry=3)
    with pytest.raises(NotFound):
        await flow(builder.operations)
    assert len(server.requests) == 1
