"""Replies that are scripts, on a clock that jumps."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    ConnectionLost,
    FinishChunk,
    RateLimited,
    Response,
    Session,
    StreamTimeout,
    StreamTruncated,
    TextChunk,
    ThoughtPart,
    Timeouts,
    ToolCall,
    ToolResult,
    Usage,
    UsageChunk,
    Verdict,
    iModel,
)
from lionpride_trio.providers import Provider
from lionpride_trio.services import Retry
from lionpride_trio.testing import Script, ScriptedClient, ScriptedProvider, tool_call
from lionpride_trio.tools import tool
from lionpride_trio.transformers import words

FINISH = FinishChunk(verdict=Verdict.COMPLETE, reason="stop")


def body(*texts, end=True):
    events = [f'data: {{"choices": [{{"delta": {{"content": "{text}"}}}}]}}\n\n' for text in texts]
    finish = 'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n'
    return [*events, finish, "data: [DONE]\n\n"] if end else events


async def read(source):
    got = []
    async with source as reply:
        async for chunk in reply:
            got.append((trio.current_time(), chunk))
    return got, reply.response


async def test_chunks_come_as_they_are_when_they_are_due(autojump_clock):
    first, second = TextChunk("Hel", metadata={"a": 1}), TextChunk("lo")
    usage = UsageChunk(usage=Usage(1, 2))
    provider = ScriptedProvider([1.5, first, 2.0, second, FINISH, usage, 3.0])
    start = trio.current_time()
    got, response = await read(provider.model().stream("hi"))
    assert [(at - start, chunk) for at, chunk in got] == [
        (1.5, first),
        (3.5, second),
        (3.5, FINISH),
        (3.5, usage),
    ]
    assert got[0][1] is first
    assert (response.text, response.verdict, response.usage) == (
        "Hello",
        Verdict.COMPLETE,
        Usage(1, 2),
    )


async def test_answers_come_in_turn_and_the_last_again(autojump_clock):
    model = ScriptedProvider("one", [TextChunk("two"), 1.0, FINISH]).model()
    assert [(await model.complete("x")).text for _ in range(3)] == ["one", "two", "two"]


@tool
async def weather(city: str) -> str:
    "The weather now."
    return f"fog in {city}"


@pytest.fixture(params=[True, False], ids=["streams", "whole"])
def streams(request):
    return request.param


async def converse(provider, **options):
    async with provider.model(**options).converse("Do I need a coat?", tools=[weather]) as reply:
        async for _ in reply:
            pass
    return reply


async def test_a_model_may_call_tools(streams):
    provider = ScriptedProvider(
        tool_call("weather", city="Oslo"),
        [tool_call("weather", city="Bergen"), tool_call("weather", city="Bodø")],
        "Yes.",
    )
    reply = await converse(provider, stream=streams)
    assert reply.response.text == "Yes."
    told = [message["content"] for message in provider.calls[2]["messages"]]
    assert told[1] == [ToolCall("call_1", "weather", '{"city": "Oslo"}')]
    assert told[2] == [ToolResult("call_1", "weather", "fog in Oslo")]
    assert [results[0].call_id for results in told[4:]] == ["call_2", "call_3"]


async def test_each_playing_of_an_answer_has_calls_of_its_own():
    provider = ScriptedProvider(tool_call("weather", city="Oslo"))
    model = provider.model()
    ids = [(await model.complete("?")).tool_calls[0].id for _ in range(3)]
    assert ids == ["call_1", "call_2", "call_3"]


async def test_parts_texts_and_silence_may_stand_in_one_answer(streams, autojump_clock):
    thought = ThoughtPart("Oslo, then.", "c2ln")
    called = ToolCall("mine", "weather", '{"city": "Oslo"}', "c2ln")
    provider = ScriptedProvider([thought, "Let me see. ", 2.0, called, "So."], "Yes.")
    reply = await converse(provider, stream=streams)
    first = reply.turns[0]
    assert first.parts[0] == thought
    assert first.tool_calls == (called,)
    assert (first.text, first.verdict) == ("Let me see. So.", Verdict.TOOL_USE)
    assert provider.calls[1]["messages"][1]["content"][0] == thought


async def test_an_answer_ends_as_it_says(autojump_clock):
    ends = {
        Verdict.COMPLETE: ["Ye", "s."],
        Verdict.LENGTH: ["Ye", FinishChunk(verdict=Verdict.LENGTH)],
        Verdict.TOOL_USE: Response(tool_calls=(tool_call("weather", city="Oslo"),)),
    }
    for verdict, answer in ends.items():
        response = await ScriptedProvider(answer).model().complete("?")
        assert response.verdict is verdict
    with pytest.raises(ConnectionLost):
        await ScriptedProvider(["Ye", OSError("reset")]).model(retry=None).complete("?")


async def test_thoughts_and_calls_of_one_answer_stay_apart():
    answer = [ThoughtPart("a"), tool_call("f"), ThoughtPart("b"), tool_call("f", a=1)]
    response = await ScriptedProvider(answer).model().complete("?")
    assert [part.type for part in response.parts] == ["thought", "tool_call"] * 2
    assert [call.arguments for call in response.tool_calls] == ["{}", '{"a": 1}']


async def test_an_answer_may_be_a_function_of_the_call():
    def answer(call):
        *_, last = call["messages"]
        if last["role"] == "tool":
            return f"There is {last['content'][0].output}."
        return tool_call("weather", city="Oslo")

    reply = await converse(ScriptedProvider(answer))
    assert reply.response.text == "There is fog in Oslo."


async def test_what_such_a_function_raises_comes_out_as_it_is(streams):
    def refuse(call):
        assert "tools" not in call["options"], "it offers tools"
        return "Yes."

    with pytest.raises(AssertionError, match="it offers tools"):
        await converse(ScriptedProvider(refuse), stream=streams)


async def answers_later(call):
    return "Yes."


@pytest.mark.parametrize("wrong", [answers_later, lambda call: lambda call: "Yes."])
async def test_such_a_function_is_a_plain_one(wrong):
    with pytest.raises(ConfigurationError, match="a function that answers is a plain one"):
        await ScriptedProvider(wrong).model().complete("?")


async def test_what_such_a_function_gives_is_checked():
    with pytest.raises(ConfigurationError, match="an answer is a str"):
        await ScriptedProvider(lambda call: None).model().complete("?")


async def test_it_is_any_models_provider():
    response = await iModel(ScriptedProvider("Hello"), "m").complete("x")
    assert response.text == "Hello"


async def test_what_was_asked_is_kept():
    provider = ScriptedProvider("Hello")
    await provider.model("m", temperature=0).complete([{"role": "user", "content": "hi"}])
    assert provider.calls == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "hi"}],
            "options": {"temperature": 0},
            "stream": False,
        }
    ]


async def test_it_fails_where_it_is_told(autojump_clock):
    model = ScriptedProvider([TextChunk("a"), 1.0, OSError("reset")]).model(retry=None)
    with pytest.raises(ConnectionLost) as caught:
        await read(model.stream("x"))
    assert caught.value.partial.text == "a"


async def test_a_reply_without_its_finish_is_cut():
    model = ScriptedProvider([TextChunk("a")]).model()
    with pytest.raises(StreamTruncated):
        await read(model.stream("x"))


async def test_a_failure_before_anything_is_retried(autojump_clock):
    provider = ScriptedProvider(RateLimited("slow down", status=429, retry_after=5), "Hello")
    start = trio.current_time()
    response = await provider.model(retry=Retry(attempts=2)).complete("x")
    assert response.text == "Hello"
    assert trio.current_time() - start >= 5


async def test_silence_trips_the_clocks(autojump_clock):
    model = ScriptedProvider([TextChunk("a"), 100.0, FINISH]).model(timeouts=Timeouts(byte_idle=9))
    with pytest.raises(StreamTimeout):
        await read(model.stream("x"))


async def test_it_works_in_a_session_and_a_pipeline():
    model = ScriptedProvider("one two").model(stream=True)
    async with Session() as session:
        session.services.register(model)
        assert "".join([str(chunk) async for chunk in model.invoke("x")]) == "one two"
        got = [chunk.data async for chunk in model.invoke("x") | words()]
    assert got == ["one ", "two", ""]


def test_it_is_a_provider():
    assert isinstance(ScriptedProvider("x"), Provider)


def test_a_script_of_something_else_is_refused():
    for wrong in ([b"text"], [True], ["a", None]):
        with pytest.raises(
            ConfigurationError, match="chunks, parts, texts, seconds and exceptions"
        ):
            ScriptedProvider(wrong)
    with pytest.raises(ConfigurationError, match="an answer is a str, a ToolCall"):
        ScriptedProvider(b"text")
    with pytest.raises(ConfigurationError, match="needs answers"):
        ScriptedProvider()
    with pytest.raises(ConfigurationError, match="needs answers"):
        ScriptedClient()


async def test_a_client_gives_exact_bytes_at_exact_times(autojump_clock):
    first, *rest = body("Hel", "lo")
    client = ScriptedClient([first[:20].encode(), 2.0, first[20:], *rest])
    model = iModel("openai", "m", api_key="key", http_client=client)
    start = trio.current_time()
    got, response = await read(model.stream("hi"))
    assert [at - start for at, _ in got] == [2.0] * 3
    assert response.text == "Hello"
    sent = client.requests[0]
    assert (sent.method, sent.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert sent.headers["authorization"] == "Bearer key"
    assert sent.json()["messages"] == [{"role": "user", "content": "hi"}]
    assert client.open == 0


async def test_a_client_answers_with_any_status(autojump_clock):
    client = ScriptedClient(
        Script(['{"error": {"message": "slow"}}'], status=429, headers={"retry-after": "3"}),
        OSError("no route"),
        body("Hello"),
    )
    model = iModel("openai", "m", api_key="key", http_client=client, retry=Retry(attempts=3))
    _, response = await read(model.stream("hi"))
    assert response.text == "Hello"
    assert len(client.requests) == 3
    assert client.requests[1].at - client.requests[0].at >= 3


async def test_leaving_early_closes_the_answer(autojump_clock):
    client = ScriptedClient([*body("a", end=False), 1000.0])
    model = iModel("openai", "m", api_key="key", http_client=client)
    async with model.stream("hi") as reply:
        await reply.receive()
        assert client.open == 1
    assert client.open == 0
