"""The loop of turns, with an answer that has a type."""

from collections.abc import Callable

import attrs
import pytest

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    OutputInvalid,
    TextChunk,
    ToolCall,
    ToolCallChunk,
    ToolResult,
    Verdict,
    fallback,
)
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.tools import tool
from lionpride_trio.transformers import typed


@attrs.frozen
class Coat:
    needed: bool
    why: str


WRITTEN = '{"needed": true, "why": "rain"}'
ANSWER = Coat(needed=True, why="rain")
CALL = ToolCallChunk(id="c0", name="weather", arguments='{"city": "Oslo"}', last=True)
CALLS = [CALL, FinishChunk(verdict=Verdict.TOOL_USE)]
AS_A_CALL = [
    ToolCallChunk(id="a0", name="Coat", arguments=WRITTEN, last=True),
    FinishChunk(verdict=Verdict.TOOL_USE),
]


@tool
async def weather(city: str) -> str:
    "The weather now."
    return f"rain in {city}"


async def converse(provider, *, stream, **settings):
    settings = {"tools": [weather], "output": Coat, **settings}
    async with provider.model(stream=stream).converse("A coat?", **settings) as reply:
        async for _ in reply:
            pass
    return reply


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("start", ["early", "end"])
async def test_the_last_answer_has_the_type(stream, start):
    provider = ScriptedProvider(CALLS, WRITTEN)
    reply = await converse(provider, stream=stream, start=start)
    assert reply.response.output == ANSWER
    assert [turn.output for turn in reply.turns] == [None, ANSWER]
    assert reply.messages[1] == ToolResult("c0", "weather", "rain in Oslo")
    for call in provider.calls:
        assert call["options"]["response_format"]["json_schema"]["name"] == "Coat"


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("start", ["early", "end"])
async def test_an_answer_that_comes_as_a_call_is_kept_as_a_text(stream, start):
    """Where a provider's schemas cannot say the type, a tool is demanded: it is none of the program's."""
    reply = await converse(ScriptedProvider(CALLS, AS_A_CALL), stream=stream, start=start)
    assert reply.response.output == ANSWER
    assert len(reply.turns) == 2
    answer = reply.messages[-1]
    assert (answer.assistant_response, answer.verdict) == (WRITTEN, Verdict.COMPLETE)
    assert not [part for part in answer.parts if isinstance(part, ToolCall)]


async def test_calls_beside_such_an_answer_are_run_and_told():
    both = [CALL, attrs.evolve(AS_A_CALL[0], slot=1), AS_A_CALL[1]]
    reply = await converse(ScriptedProvider(both), stream=True)
    assert reply.response.output == ANSWER
    told = reply.messages
    assert [part.id for part in told[0].parts if isinstance(part, ToolCall)] == ["c0"]
    assert told[1] == ToolResult("c0", "weather", "rain in Oslo")


@pytest.mark.parametrize("stream", [True, False])
async def test_a_wrong_answer_comes_after_all_that_was_said(stream):
    provider = ScriptedProvider(CALLS, '{"needed": 3}')
    said = []
    model = provider.model(stream=stream)
    async with model.converse("A coat?", tools=[weather], output=Coat) as reply:
        with pytest.raises(OutputInvalid) as caught:
            async for chunk in reply:
                said.append(chunk)
    assert [type(chunk).__name__ for chunk in said if chunk.turn == 1] == [
        "TextChunk",
        "FinishChunk",
    ]
    error = caught.value
    assert error.path == "needed"
    assert (error.provider, error.model) == ("scripted", "scripted")
    kinds = [type(part).__name__ for part in error.partial.parts]
    assert kinds == ["ToolCall", "ToolResult", "TextPart"]


@pytest.mark.parametrize("stream", [True, False])
async def test_a_stopped_conversation_has_no_output(stream):
    model = ScriptedProvider([TextChunk('{"needed": '), 60.0]).model(stream=stream)
    async with model.converse("A coat?", tools=[], output=Coat) as reply:
        reply.stop()
        async for _ in reply:
            pass
    assert reply.response.output is None
    assert reply.response.verdict is Verdict.STOPPED


async def test_its_chunks_may_be_read_while_they_come():
    source = ScriptedProvider(CALLS, WRITTEN).model(stream=True)
    partials = []
    async with source.converse("A coat?", tools=[weather], output=Coat) | typed(Coat) as channel:
        async for partial in channel:
            partials.append(partial)
    assert partials[-1].output == ANSWER


async def test_several_models_as_one_give_the_type_too():
    models = fallback([
        ScriptedProvider(OSError("reset")).model(retry=None, stream=True),
        ScriptedProvider(WRITTEN).model(stream=True),
    ])
    async with models.converse("A coat?", tools=[weather], output=Coat) as reply:
        async for _ in reply:
            pass
    assert reply.response.output == ANSWER


async def test_the_error_of_several_models_names_them_all():
    models = fallback([ScriptedProvider("no").model(), ScriptedProvider("no").model("other")])
    async with models.converse("A coat?", tools=[weather], output=Coat) as reply:
        with pytest.raises(OutputInvalid) as caught:
            async for _ in reply:
                pass
    assert (caught.value.provider, caught.value.model) == (None, "scripted|other")


def test_a_tool_may_not_have_the_name_of_the_type():
    @tool(name="Coat")
    async def coat() -> str:
        "Fetch it."
        return ""

    with pytest.raises(
        ConfigurationError, match="a tool has the name of the answer's type, 'Coat'"
    ):
        ScriptedProvider("x").model().converse("A coat?", tools=[coat], output=Coat)


def test_what_no_data_can_be_is_refused_before_anything_is_sent():
    provider = ScriptedProvider("x")
    with pytest.raises(ConfigurationError):
        provider.model().converse("A coat?", tools=[weather], output=Callable[[], None])
    assert not provider.calls
