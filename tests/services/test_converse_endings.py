"""A conversation ends once, however it ends, and leaves nothing open."""

import contextlib

import pytest
import trio

from lionpride_trio import (
    ConnectionLost,
    ProviderError,
    TextChunk,
    ToolCallChunk,
    ToolResultChunk,
    Verdict,
)
from lionpride_trio.testing import (
    Answer,
    FaultyServer,
    ScriptedProvider,
)
from lionpride_trio.tools import tool
from tests.faults.wires import WIRES
from tests.services.conversing import TOOL_USE, call, calling, read, weather


async def test_a_failure_of_the_model_comes_after_what_it_said():
    provider = ScriptedProvider(calling(), [TextChunk("Co"), ProviderError("reset")])
    with pytest.raises(ProviderError) as caught:
        async with provider.model(stream=True, retry=None).converse("?", tools=[weather]) as reply:
            await read(reply)
    assert caught.value.partial is not None
    assert caught.value.partial.text == "Co"
    assert len(reply.turns) == 2


async def test_a_slow_reader_stops_the_model_and_no_tool(autojump_clock):
    ended = trio.Event()

    @tool
    async def look(city: str) -> str:
        "Look."
        await trio.sleep(5)
        ended.set()
        return "fog"

    many = [TextChunk(str(number)) for number in range(1000)]
    provider = ScriptedProvider([call(name="look"), *many, TOOL_USE], "Fog.")
    async with provider.model(stream=True).converse("?", tools=[look]) as reply:
        await reply.receive()
        await trio.sleep(10)
        assert ended.is_set()
        assert len(reply.turns[0].text) < 1000
        rest = await read(reply)
    assert sum(isinstance(c, TextChunk) for c in rest) >= 1000


async def test_it_may_be_stopped(autojump_clock):
    started, stopped = trio.Event(), trio.Event()

    @tool
    async def look(city: str) -> str:
        "Look."
        started.set()
        try:
            await trio.sleep_forever()
        finally:
            stopped.set()
        return ""

    provider = ScriptedProvider([TextChunk("Let me "), call(name="look"), 60.0, TOOL_USE])
    async with provider.model(stream=True).converse("?", tools=[look]) as reply:
        async for chunk in reply:
            if isinstance(chunk, ToolCallChunk):
                await started.wait()
                reply.stop()
        assert stopped.is_set()
    assert (reply.response.text, reply.response.verdict) == ("Let me ", Verdict.STOPPED)
    (answer,) = reply.messages
    assert (answer.assistant_response, answer.verdict) == ("Let me ", Verdict.STOPPED)


@pytest.mark.parametrize("output", [None, dict[str, int]])
async def test_it_may_be_stopped_between_two_calls(output, autojump_clock, streams):
    """What the first one said stays as it was, with the results of its tools; the turn was stopped."""

    @tool
    def look(city: str) -> str:
        "Look."
        return "fog"

    provider = ScriptedProvider([call(name="look"), TOOL_USE], [60.0, TextChunk("{}")])
    model = provider.model(stream=streams)
    async with model.converse("?", tools=[look], output=output) as reply:
        async for chunk in reply:
            if isinstance(chunk, ToolResultChunk):
                await trio.sleep(1)
                reply.stop()
    assert len(provider.calls) == 2
    assert reply.response.verdict is Verdict.STOPPED
    assert [answer.verdict for answer in reply.turns] == [Verdict.TOOL_USE]
    answer, result = reply.messages
    assert (answer.verdict, result.output) == (Verdict.TOOL_USE, "fog")


async def test_an_answer_that_breaks_after_a_call_is_not_asked_for_again():
    ran = []

    @tool
    async def look(city: str) -> str:
        "Look."
        ran.append(city)
        return "fog"

    provider = ScriptedProvider([call(name="look"), OSError("reset")], "Fog.")
    with pytest.raises(ConnectionLost):
        async with provider.model(stream=True).converse("?", tools=[look]) as reply:
            await read(reply)
    assert len(ran) <= 1
    assert len(provider.calls) == 1


CHAT = WIRES[0]


CALLS = (
    b'data: {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "c0",'
    b' "function": {"name": "look", "arguments": "{}"}}]}}]}\n\n'
)


ANOTHER = CALLS.replace(b'"index": 0, "id": "c0"', b'"index": 1, "id": "c1"')


FINISH = b'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}\n\n'


END = b"data: [DONE]\n\n"


@pytest.mark.parametrize("way", ["cancelled", "left", "stopped", "failed"])
async def test_the_models_socket_and_the_tools_end_together(way):
    """While the model goes on talking, and a tool that it called runs."""
    started, ended = trio.Event(), trio.Event()

    @tool
    async def look() -> str:
        "Look."
        started.set()
        try:
            await trio.sleep_forever()
        finally:
            ended.set()
        return ""

    class Mine(Exception):
        pass

    stalled = Answer(body=CALLS + ANOTHER, then="stall")
    async with FaultyServer(stalled) as server:
        with trio.CancelScope() as scope, contextlib.suppress(Mine):
            async with CHAT.model(server, stream=True).converse("?", tools=[look]) as reply:
                await started.wait()
                match way:
                    case "cancelled":
                        scope.cancel()
                    case "stopped":
                        reply.stop()
                        await read(reply)
                        assert ended.is_set()
                    case "failed":
                        raise Mine
        assert ended.is_set()
        await server.wait_idle()


async def test_a_connection_is_closed_in_the_second_turn_too():
    @tool
    async def look() -> str:
        "Look."
        return "fog"

    said = CHAT.text_event("It is ")
    answers = [Answer(body=CALLS + FINISH + END), Answer(body=said, then="stall")]
    async with FaultyServer(answers) as server:
        with trio.CancelScope() as scope:
            async with CHAT.model(server, stream=True).converse("?", tools=[look]) as reply:
                async for chunk in reply:
                    if isinstance(chunk, TextChunk):
                        scope.cancel()
        assert [turn.text for turn in reply.turns] == ["", "It is "]
        await server.wait_idle()
        assert len(server.requests) == 2
