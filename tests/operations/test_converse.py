"""A conversation with tools as an operation of a flow."""

import pytest

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    Image,
    Session,
    ToolCallChunk,
    ToolResultChunk,
    Verdict,
    reassemble,
)
from lionpride_trio.operations import Builder, flow, flow_stream
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.tools import tool

CALLS = [
    ToolCallChunk(id="c0", name="weather", arguments='{"city": "Oslo"}', last=True),
    FinishChunk(verdict=Verdict.TOOL_USE),
]


@tool
async def weather(city: str) -> str:
    "The weather now."
    return f"rain in {city}"


def builder_of(*answers, stream=True, **settings):
    provider = ScriptedProvider(*answers)
    session = Session()
    session.services.register(provider.model(stream=stream, name="gpt", **settings))
    return Builder(session=session), provider


@pytest.mark.parametrize("stream", [True, False])
async def test_all_turns_are_streamed_and_committed(stream):
    builder, provider = builder_of(CALLS, "Take a coat.", "It rains.", stream=stream)
    asked = builder.converse(instruction="A coat?", imodel="gpt", tools=[weather], branch="b")
    then = builder.communicate(instruction="Why?", imodel="gpt", branch="b")
    chunks = {asked.id: [], then.id: []}
    async with flow_stream(builder) as run:
        async for operation, chunk in run:
            chunks[operation].append(chunk)
    assert run.results[asked].text == "Take a coat."
    assert [chunk.output for chunk in chunks[asked.id] if isinstance(chunk, ToolResultChunk)] == [
        "rain in Oslo"
    ]
    assert {chunk.turn for chunk in chunks[asked.id]} == {0, 1}
    assert reassemble(chunks[then.id]).text == "It rains."
    roles = [message.role for message in builder.session.history("b")]
    assert roles == ["user", "assistant", "tool", "assistant", "user", "assistant"]
    assert len(provider.calls[-1]["messages"]) == 5


async def test_without_a_branch_it_gets_one_of_its_own():
    builder, _ = builder_of(CALLS, "Take a coat.")
    builder.converse(instruction="A coat?", imodel="gpt", tools=[weather])
    await flow(builder)
    assert list(builder.session.branches) == ["branch-1"]
    assert len(builder.session.history("branch-1")) == 4


async def test_its_settings_are_those_of_converse():
    async def refuse(_call):
        return "no umbrellas"

    builder, provider = builder_of(CALLS, "Then not.")
    asked = builder.converse(
        instruction="A coat?",
        imodel="gpt",
        tools=[weather],
        approve=refuse,
        attachments=[Image(b"x", media_type="image/png")],
        temperature=1,
    )
    assert asked.parameters["tools"] == ["weather"]
    await flow(builder)
    assert "no umbrellas" in str(provider.calls[1]["messages"][-1])
    assert provider.calls[0]["options"]["temperature"] == 1
    assert isinstance(provider.calls[0]["messages"][0]["content"][0], type(Image("a.png")))


async def test_a_tool_that_fails_may_end_the_flow():
    @tool
    async def broken() -> str:
        "Fail."
        raise ValueError("it broke")

    calls = [
        ToolCallChunk(id="c0", name="broken", arguments="{}", last=True),
        FinishChunk(verdict=Verdict.TOOL_USE),
    ]
    builder, _ = builder_of(calls, "x")
    builder.converse(instruction="?", imodel="gpt", tools=[broken], on_error="raise", branch="b")
    with pytest.raises(ValueError, match="it broke"):
        await flow(builder)
    assert "b" not in builder.session.branches


async def test_a_tool_may_ask_the_same_model_which_answers_one_at_a_time():
    """The slot of the model is free while its tools run, and while the flow's reader waits."""
    builder, _ = builder_of(CALLS, "inside", "Take a coat.", max_concurrent=1)
    model = builder.session.services.get("gpt")

    @tool(name="weather")
    async def asks(city: str) -> str:
        "Ask."
        return (await model.complete(city)).text

    asked = builder.converse(instruction="A coat?", imodel="gpt", tools=[asks])
    results = await flow(builder)
    assert results[asked].text == "Take a coat."


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tools": [print]}, "is no tool: write @tool above it"),
        ({"tools": [weather], "max_turns": 0}, "max_turns"),
        ({"tools": [weather], "start": "now"}, "start must be 'early' or 'end'"),
        ({"tools": [weather], "on_cut": "no"}, "on_cut must be"),
        ({"tools": [weather], "tool_timout": 1}, "did you mean 'tool_timeout'"),
        ({"tools": [weather], "instruction": 3}, "instruction must be a str"),
    ],
)
def test_mistakes_are_told_where_they_are_written(given, words):
    builder, _ = builder_of("x")
    with pytest.raises(ConfigurationError, match=words):
        builder.converse(**{"instruction": "?", "imodel": "gpt", **given})
