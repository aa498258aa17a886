"""The way back to the model: it is told what its tools gave."""

import json

import pytest
import trio
from hypothesis import settings

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    Overloaded,
    Response,
    TextChunk,
    TextPart,
    ToolCallChunk,
    ToolResult,
    TurnsExhausted,
    Usage,
    UsageChunk,
    Verdict,
    fallback,
    iModel,
    reassemble,
)
from lionpride_trio.testing import (
    Script,
    ScriptedClient,
    ScriptedProvider,
    check_conversation,
)
from lionpride_trio.tools import tool
from tests.services.conversing import TOOL_USE, call, calling, read, results, weather


async def test_the_model_is_told_what_its_tools_gave(streams):
    provider = ScriptedProvider(
        [UsageChunk(usage=Usage(5, 2)), *calling(call(), call(1, "Bergen"))],
        [TextChunk("Cold."), UsageChunk(usage=Usage(9, 1)), FinishChunk(verdict=Verdict.COMPLETE)],
    )
    model = provider.model(stream=streams)
    async with model.converse("Is it cold?", tools=[weather], temperature=0) as reply:
        chunks = await read(reply)
    assert {(c.call_id, c.output, c.is_error, c.turn) for c in results(chunks)} == {
        ("c0", "3 C in Oslo", False, 0),
        ("c1", "3 C in Bergen", False, 0),
    }
    assert [c.turn for c in chunks if isinstance(c, TextChunk)] == [1]
    assert (reply.response.text, reply.response.usage) == ("Cold.", Usage(14, 3))
    assert [turn.verdict for turn in reply.turns] == [Verdict.TOOL_USE, Verdict.COMPLETE]
    answer, first, second, last = reply.messages
    assert [part.id for part in answer.all_parts] == ["c0", "c1"]
    assert first == ToolResult("c0", "weather", "3 C in Oslo")
    assert second == ToolResult("c1", "weather", "3 C in Bergen")
    assert last.assistant_response == "Cold."
    asked = provider.calls[1]["messages"]
    assert [message["role"] for message in asked] == ["user", "assistant", "tool", "tool"]
    assert [asked["options"]["temperature"] for asked in provider.calls] == [0, 0]


async def test_what_came_goes_on():
    provider = ScriptedProvider(calling(), "Cold.", "Bring a coat.")
    asked = [{"role": "user", "content": "Is it cold?"}]
    async with provider.model().converse(asked, tools=[weather]) as reply:
        await read(reply)
    more = [*asked, *reply.messages, {"role": "user", "content": "And so?"}]
    async with provider.model().converse(more, tools=[weather]) as reply:
        await read(reply)
    assert reply.response.text == "Bring a coat."
    roles = [message["role"] for message in provider.calls[2]["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant", "user"]


@pytest.mark.parametrize(("start", "first"), [("early", "tool"), ("end", "text")])
async def test_a_call_starts_as_soon_as_it_is_whole(start, first, autojump_clock):
    seen = []

    @tool
    async def look(city: str) -> str:
        "Look."
        seen.append("tool")
        return "fog"

    script = [call(name="look"), 1.0, TextChunk("Let me see. "), TOOL_USE]
    provider = ScriptedProvider(script, "Fog.")
    async with provider.model(stream=True).converse("?", tools=[look], start=start) as reply:
        async for chunk in reply:
            if isinstance(chunk, TextChunk) and not chunk.turn:
                seen.append("text")
    assert seen[0] == first
    assert sorted(seen) == ["text", "tool"]


async def test_a_call_that_is_not_whole_waits(autojump_clock):
    ran = []

    @tool
    async def look(city: str) -> str:
        "Look."
        ran.append(trio.current_time())
        return "fog"

    began = trio.current_time()
    pieces = [
        ToolCallChunk(id="c0", name="look", arguments='{"city":'),
        2.0,
        ToolCallChunk(arguments='"x"}', last=True),
        3.0,
        TOOL_USE,
    ]
    provider = ScriptedProvider(pieces, "Fog.")
    async with provider.model(stream=True).converse("?", tools=[look]) as reply:
        await read(reply)
    assert [time - began for time in ran] == [2.0]


@pytest.mark.parametrize("verdict", [Verdict.LENGTH, Verdict.BLOCKED, Verdict.REFUSED])
async def test_a_call_that_had_not_begun_when_its_answer_was_cut_is_not_run(verdict):
    ran = []

    @tool
    async def look(city: str) -> str:
        "Look."
        ran.append(city)
        return "fog"

    script = [call(0, "a", "look"), call(1, "b", "look", last=False), FinishChunk(verdict=verdict)]
    provider = ScriptedProvider(script)
    async with provider.model(stream=True).converse("?", tools=[look]) as reply:
        await read(reply)
    assert ran == ["a"]
    assert reply.response.verdict is verdict
    assert len(provider.calls) == 1
    answer, result = reply.messages  # the call that has no result could not be sent
    assert [part.id for part in answer.all_parts] == ["c0"]
    assert result.call_id == "c0"


async def test_turns_are_counted():
    provider = ScriptedProvider([TextChunk("Hm. "), *calling()])
    with pytest.raises(TurnsExhausted, match="max_turns=2 times") as caught:
        async with provider.model().converse("?", tools=[weather], max_turns=2) as reply:
            await read(reply)
    assert caught.value.turns == 2
    kinds = [type(part).__name__ for part in caught.value.partial.parts]
    assert kinds == ["TextPart", "ToolCall", "ToolResult"] * 2
    assert len(provider.calls) == 2


async def test_a_paused_answer_is_sent_back():
    provider = ScriptedProvider([TextChunk("Wait. "), FinishChunk(verdict=Verdict.PAUSED)], "Done.")
    async with provider.model().converse("?", tools=[weather]) as reply:
        await read(reply)
    assert [turn.text for turn in reply.turns] == ["Wait. ", "Done."]
    assert provider.calls[1]["messages"][-1] == {"role": "assistant", "content": "Wait. "}


async def test_a_forced_call_is_forced_once():
    provider = ScriptedProvider(calling(), "Cold.")
    async with provider.model().converse("?", tools=[weather], tool_choice="required") as reply:
        await read(reply)
    assert [asked["options"].get("tool_choice") for asked in provider.calls] == ["required", None]


async def test_a_retry_runs_no_call_again(autojump_clock):
    ran = []

    @tool
    async def look(city: str) -> str:
        "Look."
        ran.append(city)
        return "fog"

    provider = ScriptedProvider(calling(call(name="look")), Overloaded("busy", status=503), "Fog.")
    async with provider.model().converse("?", tools=[look]) as reply:
        await read(reply)
    assert (ran, reply.response.text) == (["Oslo"], "Fog.")


async def test_several_models_as_one_converse():
    down = ScriptedProvider(Overloaded("busy", status=503))
    up = ScriptedProvider(calling(), "Cold.")
    both = fallback([down.model(retry=None), up.model()])
    async with both.converse("?", tools=[weather]) as reply:
        await read(reply)
    assert reply.response.text == "Cold."
    assert len(down.calls) == 2


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"tools": [len]}, "write @tool above it"),
        ({"tools": [weather, weather]}, "two tools are called 'weather'"),
        ({"max_turns": 0}, "max_turns must be a whole number of at least 1"),
        ({"tool_limit": True}, "tool_limit must be"),
        ({"start": "now"}, "start must be 'early' or 'end'"),
        ({"on_error": "skip"}, "on_error must be 'tell' or 'raise'"),
        ({"approve": True}, "approve= takes an async function"),
        ({"tool_timeout": 0}, "tool_timeout must be a positive number of seconds"),
    ],
)
def test_mistakes_are_told_where_they_are_written(how, words):
    model = ScriptedProvider("never").model()
    with pytest.raises(ConfigurationError, match=words):
        model.converse("?", **{"tools": [weather], **how})


@pytest.mark.parametrize("start", ["early", "end"])
def test_it_keeps_the_laws_of_conversations(start):
    """Cancelled at each step, left early and failing among them."""
    check_conversation(
        lambda model, tools: model.converse("?", tools=tools, start=start, tool_limit=2),
        settings=settings(max_examples=40),
    )


async def test_a_paused_answer_counts_as_a_turn():
    provider = ScriptedProvider([TextChunk("Wait. "), FinishChunk(verdict=Verdict.PAUSED)])
    with pytest.raises(TurnsExhausted) as caught:
        async with provider.model().converse("?", tools=[weather], max_turns=3) as reply:
            await read(reply)
    assert (caught.value.turns, len(provider.calls)) == (3, 3)
    assert caught.value.partial.parts == (TextPart("Wait. "),) * 3


async def test_turns_are_kept_apart_when_chunks_are_added_up():
    provider = ScriptedProvider([TextChunk("Hm. "), *calling()], "Cold.")
    async with provider.model().converse("?", tools=[weather]) as reply:
        chunks = await read(reply)
    assert reassemble(chunks) == reply.response
    assert isinstance(reassemble(chunks), Response)


def _event(delta, reason=None):
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return f"data: {json.dumps({'id': 'x', 'choices': [choice]})}\n\n".encode()


def _told(index, city):
    function = {"name": "weather", "arguments": json.dumps({"city": city})}
    return {"index": index, "id": "call_0", "type": "function", "function": function}


async def test_calls_that_their_service_gave_one_id_are_two_calls(streams):
    end = b"data: [DONE]\n\n"
    calls = [_told(0, "Oslo"), _told(1, "Bergen")]
    if streams:
        first = Script([
            *(_event({"tool_calls": [each]}) for each in calls),
            _event({}, "tool_calls"),
            end,
        ])
        second = Script([_event({"content": "Cold."}), _event({}, "stop"), end])
    else:
        asks = {"message": {"role": "assistant", "content": None, "tool_calls": calls}}
        says = {"message": {"role": "assistant", "content": "Cold."}}
        first, second = (
            Script(
                [json.dumps({"choices": [{"index": 0, "finish_reason": reason, **said}]}).encode()],
                headers={"content-type": "application/json"},
            )
            for said, reason in ((asks, "tool_calls"), (says, "stop"))
        )
    client = ScriptedClient(first, second)
    model = iModel(
        "openai_compatible",
        "m",
        base_url="https://one.id/v1",
        api_key="none",
        http_client=client,
        stream=streams,
    )
    async with model.converse("Is it cold?", tools=[weather]) as reply:
        chunks = await read(reply)
    gave = {chunk.call_id: chunk.output for chunk in results(chunks)}
    opened = [chunk.id for chunk in chunks if isinstance(chunk, ToolCallChunk) and chunk.id]
    asked = client.requests[1].json()["messages"]
    ids = [told["id"] for told in asked[1]["tool_calls"]]
    assert opened == ids
    assert [gave[each] for each in ids] == ["3 C in Oslo", "3 C in Bergen"]
    assert [(each["tool_call_id"], each["content"]) for each in asked[2:]] == [
        (each, gave[each]) for each in ids
    ]
