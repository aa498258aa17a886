"""Turns, tools, flows and durable streams tell their stories, each within the one around it."""

from contextlib import suppress

import pytest
import trio

from lionpride_trio import (
    AnswerCut,
    FinishChunk,
    FlowError,
    Retry,
    Session,
    ToolResult,
    Verdict,
    fallback,
)
from lionpride_trio.durable import open_streams
from lionpride_trio.operations import Builder, flow, flow_stream
from lionpride_trio.testing import ScriptedProvider, tool_call
from lionpride_trio.tools import tool
from tests.observe.recorder import Recorder, check_stories, model_of, saying


@tool
async def weather(city: str) -> str:
    "The weather now."
    await trio.sleep(1)
    return f"rain in {city}"


@tool
def broken(city: str) -> str:
    "A tool that fails."
    raise ZeroDivisionError(city)


TOOLS = [weather, broken]


def parents(recorder):
    """For each story, its first event's name and that of the story around it."""
    stories = recorder.stories()
    return [
        (
            events[0].told_as,
            stories[events[0].parent_id][0].told_as if events[0].parent_id else None,
        )
        for events in stories.values()
    ]


@pytest.mark.parametrize("stream", [True, False])
async def test_a_turn_has_its_calls_and_its_tools(stream, autojump_clock):
    recorder = Recorder()
    provider = ScriptedProvider(
        [tool_call("weather", city="Oslo"), tool_call("broken", city="x"), tool_call("none")],
        "Yes.",
    )
    model = provider.model(stream=stream, observers=[recorder])
    async with model.converse("A coat?", tools=TOOLS) as turn:
        async for _ in turn:
            pass
        await trio.sleep(50)  # the turn has ended already
    check_stories(recorder)
    assert sorted(parents(recorder)) == sorted([
        ("turn_started", None),
        *[("call_started", "turn_started")] * 2,
        *[("tool_started", "turn_started")] * 2,
    ])
    assert recorder.one("turn_started").tools == ("weather", "broken")
    finished = recorder.one("turn_finished")
    assert (finished.outcome, finished.verdict, finished.calls) == ("ended", Verdict.COMPLETE, 2)
    assert finished.time == pytest.approx(1.0)
    assert finished.model == "scripted"
    ends = {one.tool: (one.outcome, one.error) for one in recorder.of("tool_finished")}
    assert ends == {"weather": ("ended", None), "broken": ("failed", ZeroDivisionError)}
    assert turn.timings == turn.response.timings != None  # ruff: ignore[none-comparison]
    assert turn.headers == turn.response.headers
    assert turn.request_id is turn.rate_limits is None


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("way", ["read", "break", "cancel", "fail", "cut"])
async def test_a_turn_of_one_call_ends_however_it_is_left(way, waits, autojump_clock):
    recorder = Recorder()
    answers = {
        "fail": [OSError("reset")],
        "cut": [["a", FinishChunk(verdict=Verdict.LENGTH)]],
        "cancel": [["a", 9.0, "b"]],
    }
    provider = ScriptedProvider(*answers.get(way, [["a", 1.0, "b"]]))
    error = None
    async with Session(observers=[recorder]) as session:
        model = provider.model(stream=True, retry=None)
        session.services.register(model)
        asking = session.ask("main", "?", imodel=model)
        if waits:
            turn_of = session._asking("main", asked(), model, options={}).open(waits=True)
        else:
            turn_of = asking
        try:
            with trio.move_on_after(5):
                async with turn_of as turn:
                    async for _ in turn:
                        if way == "break":
                            break
        except Exception as raised:
            error = type(raised)
    check_stories(recorder)
    assert parents(recorder) == [("turn_started", None), ("call_started", "turn_started")]
    finished = recorder.one("turn_finished")
    assert finished.outcome == {
        "read": "ended", "break": "left", "cancel": "cancelled", "fail": "failed", "cut": "failed",
    }[way]  # fmt: skip
    assert finished.error is error
    if way == "cut":
        assert error is AnswerCut


def asked():
    from lionpride_trio.session import InstructionContent, Message

    return Message(content=InstructionContent(instruction="?"))


async def test_a_turn_of_a_fallback_is_told_to_the_observers_of_all_its_models():
    first, second = Recorder(), Recorder()
    models = [
        ScriptedProvider(OSError("x")).model(stream=True, retry=None, observers=[first]),
        ScriptedProvider("a").model(stream=True, observers=[second]),
    ]
    async with fallback(models).converse("?", tools=TOOLS) as turn:
        async for _ in turn:
            pass
    for recorder, outcomes in ((first, ["failed", "ended"]), (second, ["failed", "ended"])):
        check_stories(recorder)
        assert [one.outcome for one in recorder.of("finished")] == outcomes
        assert recorder.one("turn_finished").provider is None


# Flows.


def of_models(session, *, retry=0):
    """Two operations that ask, a third that reads their answers and fails, and one after it."""
    tries = []

    async def join(context):
        tries.append(1)
        if len(tries) <= retry:
            raise ZeroDivisionError
        return "joined"

    builder = Builder(session=session)
    one = builder.communicate(instruction="?", imodel="m", branch="one")
    two = builder.communicate(instruction="?", imodel="m", branch="two")
    joined = builder.add(join, name="join", depends_on=[one, two], retry=retry)
    return builder, [one, two, joined]


async def test_a_flow_has_its_operations_and_these_their_turns(autojump_clock):
    recorder = Recorder()
    async with Session() as session:
        session.services.register(model_of(saying("a", 1.0), stream=True, name="m"))
        builder, (one, two, joined) = of_models(session, retry=1)
        async with flow_stream(builder, observers=[recorder]) as run:
            async for _ in run:
                pass
    check_stories(recorder)
    assert sorted(parents(recorder), key=str) == sorted([
        ("flow_started", None),
        *[("operation_started", "flow_started")] * 3,
        *[("turn_started", "operation_started")] * 2,
        *[("call_started", "turn_started")] * 2,
    ], key=str)  # fmt: skip
    told = recorder.one("flow_started").operations
    assert [(each.id, each.name, each.after, each.reads) for each in told] == [
        (one.id, "one", (), None),
        (two.id, "two", (), None),
        (joined.id, "join", (one.id, two.id), None),
    ]
    ends = {each.name: each for each in recorder.of("operation_finished")}
    assert ends["join"].attempts == 2
    assert ends["join"].operation == joined.id
    assert ends["one"].chunks == 3
    assert {each.outcome for each in ends.values()} == {"ended"}
    assert recorder.one("flow_finished").states == {"done": 3}


async def test_the_observers_of_a_builders_session_hear_of_its_flows():
    recorder = Recorder()
    async with Session(observers=[recorder]) as session:
        session.services.register(model_of(saying("a"), stream=True, name="m"))
        builder, _ = of_models(session)
        await flow(builder)
    check_stories(recorder)
    assert recorder.one("flow_finished").outcome == "ended"


async def fails(context):
    raise ZeroDivisionError


async def sleeps(context):
    await trio.sleep(10)


async def test_what_fails_cancels_and_skips_is_told(autojump_clock):
    recorder = Recorder()
    builder = Builder()
    bad = builder.add(fails, name="bad")
    builder.add(sleeps, name="sleeping")
    builder.add(sleeps, name="after", depends_on=[bad])
    with pytest.raises(ZeroDivisionError):
        await flow(builder, observers=[recorder])
    check_stories(recorder)
    ends = {one.name: (one.outcome, one.error) for one in recorder.of("operation_finished")}
    assert ends == {"bad": ("failed", ZeroDivisionError), "sleeping": ("cancelled", None)}
    finished = recorder.one("flow_finished")
    assert (finished.outcome, finished.error) == ("failed", ZeroDivisionError)
    assert finished.states == {"failed": 1, "skipped": 2}


async def test_a_flow_that_goes_on_ends_with_a_group(autojump_clock):
    recorder = Recorder()
    builder = Builder()
    bad = builder.add(fails, name="bad")
    builder.add(sleeps, name="after", depends_on=[bad])
    with pytest.raises(FlowError):
        await flow(builder, observers=[recorder], on_error="skip")
    assert recorder.one("flow_finished").error is FlowError


@pytest.mark.parametrize(
    ("way", "outcome"),
    [
        ("leave", "left"),
        ("fail", "left"),
        ("cancel", "cancelled"),
        ("cancel the reader", "cancelled"),
    ],
)
async def test_a_flow_that_does_not_come_to_its_end_tells_one(way, outcome, autojump_clock):
    recorder = Recorder()
    builder = Builder()
    builder.add(sleeps, name="sleeping")
    with trio.move_on_after(2), suppress(OSError):
        if way == "cancel":
            await flow(builder, observers=[recorder])
        async with flow_stream(builder, observers=[recorder]):
            await trio.sleep(3 if way == "cancel the reader" else 1)
            if way == "fail":
                raise OSError
    check_stories(recorder)
    assert recorder.one("operation_finished").outcome == "cancelled"
    assert recorder.one("flow_finished").outcome == outcome


async def test_a_flow_in_an_operation_is_a_part_of_it():
    recorder = Recorder()

    async def outer(context):
        inner = Builder()
        inner.add(sleeps_not, name="inner")
        return await context.run(inner.operations)

    async def sleeps_not(context):
        return 1

    builder = Builder()
    builder.add(outer, name="outer")
    await flow(builder, observers=[recorder])
    check_stories(recorder)
    assert parents(recorder) == [
        ("flow_started", None),
        ("operation_started", "flow_started"),
        ("flow_started", "operation_started"),
        ("operation_started", "flow_started"),
    ]


async def test_what_an_operation_calls_by_itself_is_a_part_of_it():
    """In its own task, in a task of its nursery, in a thread."""
    recorder = Recorder()
    model = model_of(saying("a"))

    async def ask():
        async with model.stream("?") as reply:
            await reply.receive()

    async def work(context):
        await ask()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask)
            nursery.start_soon(trio.lowlevel.checkpoint)
        await trio.to_thread.run_sync(lambda: trio.from_thread.run(ask))

    builder = Builder()
    builder.add(work, name="work")
    await flow(builder, observers=[recorder])
    check_stories(recorder)
    assert parents(recorder)[2:] == [("call_started", "operation_started")] * 3


# Durable streams.


async def test_a_durable_stream_has_the_call_that_it_writes_down():
    recorder = Recorder()
    async with open_streams("memory:", observers=[recorder]) as streams:
        await streams.start("chat-42", model_of(saying("a", "b")).stream("?"))
        async with streams.follow("chat-42") as channel:
            async for _ in channel:
                pass
    check_stories(recorder)
    assert parents(recorder) == [("stream_started", None), ("call_started", "stream_started")]
    finished = recorder.one("stream_finished")
    assert (finished.stream, finished.outcome, finished.error) == ("chat-42", "ended", None)
    assert finished.items == 4


@pytest.mark.parametrize(("way", "outcome"), [("fail", "failed"), ("stop", "cancelled"), ("leave", "cancelled")])  # fmt: skip
async def test_and_ends_its_story_with_its_run(way, outcome, autojump_clock):
    recorder = Recorder()
    async with open_streams("memory:", observers=[recorder]) as streams:
        answer = OSError("reset") if way == "fail" else saying("a", 5.0)
        model = model_of(answer, retry=Retry(attempts=1))
        await streams.start("chat-42", model.stream("?"))
        await trio.sleep(1)
        if way == "stop":
            await streams.stop("chat-42")
    check_stories(recorder)
    assert recorder.one("stream_finished").outcome == outcome


async def test_where_nobody_observes_nothing_is_made():
    provider = ScriptedProvider([tool_call("weather", city="Oslo")], "Yes.")
    async with provider.model(stream=True).converse("?", tools=[quick]) as turn:
        async for _ in turn:
            pass
    assert isinstance(turn.messages[1], ToolResult)
    assert turn._reply is None
    async with provider.model(stream=True).stream("?") as reply:
        assert reply._record.story is reply._record.watch is None


@tool
async def quick(city: str) -> str:
    "The weather now."
    return city
