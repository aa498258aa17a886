"""A model, its tools, and the loop of turns between them."""

import contextlib
import threading
from typing import Literal

import pytest
import trio
from hypothesis import settings

from lionpride_trio import (
    ConfigurationError,
    ConnectionLost,
    FinishChunk,
    Overloaded,
    ProviderError,
    Response,
    TextChunk,
    TextPart,
    ToolArgumentsInvalid,
    ToolCall,
    ToolCallChunk,
    ToolResult,
    ToolResultChunk,
    TurnsExhausted,
    UnknownTool,
    Usage,
    UsageChunk,
    Verdict,
    fallback,
    reassemble,
)
from lionpride_trio.testing import (
    Answer,
    FaultyServer,
    ScriptedProvider,
    check_conversation,
    tool_call,
)
from lionpride_trio.tools import tool
from tests.faults.wires import WIRES

TOOL_USE = FinishChunk(verdict=Verdict.TOOL_USE)


@tool
async def weather(city: str, unit: Literal["C", "F"] = "C") -> str:
    "The weather now."
    return f"3 {unit} in {city}"


def call(slot=0, city="Oslo", name="weather", last=True):
    return ToolCallChunk(
        slot=slot, id=f"c{slot}", name=name, arguments=f'{{"city": "{city}"}}', last=last
    )


def calling(*chunks):
    return [*(chunks or [call()]), TOOL_USE]


async def read(reply):
    return [chunk async for chunk in reply]


def results(chunks):
    return [c for c in chunks if isinstance(c, ToolResultChunk) and c.last]


@pytest.fixture(params=[True, False], ids=["streams", "whole"])
def streams(request):
    return request.param


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


@tool
async def broken(city: str) -> str:
    "Fail."
    raise ValueError(f"no such place: {city}")


TOLD = [
    (call(name="broken"), "ValueError: no such place: Oslo", ValueError),
    (call(name="wether"), "unknown tool 'wether': did you mean 'weather'?", UnknownTool),
    (
        ToolCallChunk(id="c0", name="weather", arguments='{"city": 3}'),
        "wrong arguments for 'weather': city: ",
        ToolArgumentsInvalid,
    ),
    (ToolCallChunk(id="c0", name="weather", arguments="{"), "no JSON", ToolArgumentsInvalid),
]


@pytest.mark.parametrize(("chunk", "words", "kind"), TOLD)
async def test_a_failure_is_told_to_the_model(chunk, words, kind):
    provider = ScriptedProvider(calling(chunk), "I see.")
    async with provider.model().converse("?", tools=[weather, broken]) as reply:
        (result,) = results(await read(reply))
    assert result.is_error
    assert words in result.output
    (told,) = provider.calls[1]["messages"][-1]["content"]
    assert (told.output, told.is_error) == (result.output, True)


@pytest.mark.parametrize(("chunk", "words", "kind"), TOLD)
async def test_or_a_failure_is_raised(chunk, words, kind):
    provider = ScriptedProvider(calling(chunk), "I see.")
    with pytest.raises(kind):
        async with provider.model().converse(
            "?", tools=[weather, broken], on_error="raise"
        ) as reply:
            await read(reply)
    assert len(provider.calls) == 1


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (True, None),
        (False, "this call was refused"),
        ("not on Sundays", "this call was refused: not on Sundays"),
    ],
)
async def test_a_call_may_have_to_be_approved(answer, told):
    asked = []

    async def approve(request: ToolCall) -> bool | str:
        asked.append((request.name, request.parsed()))
        return answer

    provider = ScriptedProvider(calling(), "So be it.")
    async with provider.model().converse("?", tools=[weather], approve=approve) as reply:
        (result,) = results(await read(reply))
    assert asked == [("weather", {"city": "Oslo"})]
    assert (result.output, result.is_error) == (told or "3 C in Oslo", told is not None)


async def test_the_time_of_approval_is_not_the_tools(autojump_clock):
    async def approve(request: ToolCall) -> bool:
        await trio.sleep(100)
        return True

    provider = ScriptedProvider(calling(), "So be it.")
    async with provider.model().converse(
        "?", tools=[weather], approve=approve, tool_timeout=1
    ) as reply:
        (result,) = results(await read(reply))
    assert not result.is_error


async def test_what_approves_must_say_yes_or_no():
    async def approve(request: ToolCall) -> bool:
        return None  # type: ignore[return-value]

    provider = ScriptedProvider(calling(), "So be it.")
    with pytest.raises(ConfigurationError, match="approve gives True, False or the reason"):
        async with provider.model().converse(
            "?", tools=[weather], approve=approve, on_error="raise"
        ) as reply:
            await read(reply)


@pytest.mark.parametrize(("own", "given", "seconds"), [(None, 2.0, 2), (1.0, 2.0, 1)])
async def test_a_tool_has_its_time(own, given, seconds, autojump_clock):
    @tool(timeout=own)
    async def slow(city: str) -> str:
        "Wait."
        await trio.sleep_forever()
        return ""

    provider = ScriptedProvider(calling(call(name="slow")), "Too long.")
    async with provider.model().converse("?", tools=[slow], tool_timeout=given) as reply:
        (result,) = results(await read(reply))
    assert (result.output, result.is_error) == (f"tool 'slow' took longer than {seconds} s", True)


async def test_so_many_tools_run_at_once(autojump_clock):
    running = most = 0

    @tool
    async def count(city: str) -> str:
        "Count."
        nonlocal running, most
        running += 1
        most = max(most, running)
        await trio.sleep(1)
        running -= 1
        return ""

    calls = [call(slot, name="count") for slot in range(7)]
    provider = ScriptedProvider(calling(*calls), "Done.")
    async with provider.model().converse("?", tools=[count], tool_limit=3) as reply:
        assert len(results(await read(reply))) == 7
    assert most == 3


async def test_a_tool_may_give_pieces_and_ask_a_model():
    inner = ScriptedProvider("a fog")

    @tool
    async def look(city: str):
        "Look."
        yield "I see "
        yield (await inner.model().complete("?")).text

    provider = ScriptedProvider(calling(call(name="look")), "Fog.")
    async with provider.model().converse("?", tools=[look]) as reply:
        told = [c for c in await read(reply) if isinstance(c, ToolResultChunk)]
    assert [(c.output, c.last) for c in told] == [
        ("I see ", False),
        ("a fog", False),
        ("I see a fog", True),
    ]


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


async def test_a_plain_function_runs_in_a_thread():
    threads = []

    @tool
    def look(city: str) -> str:
        "Look."
        threads.append(threading.get_ident())
        return "fog"

    provider = ScriptedProvider(tool_call("look", city="Oslo"), "Fog.")
    async with provider.model().converse("?", tools=[look]) as reply:
        (result,) = results(await read(reply))
    assert result.output == "fog"
    assert threads != [threading.get_ident()]


async def test_a_paused_answer_counts_as_a_turn():
    provider = ScriptedProvider([TextChunk("Wait. "), FinishChunk(verdict=Verdict.PAUSED)])
    with pytest.raises(TurnsExhausted) as caught:
        async with provider.model().converse("?", tools=[weather], max_turns=3) as reply:
            await read(reply)
    assert (caught.value.turns, len(provider.calls)) == (3, 3)
    assert caught.value.partial.parts == (TextPart("Wait. "),) * 3


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


async def test_turns_are_kept_apart_when_chunks_are_added_up():
    provider = ScriptedProvider([TextChunk("Hm. "), *calling()], "Cold.")
    async with provider.model().converse("?", tools=[weather]) as reply:
        chunks = await read(reply)
    assert reassemble(chunks) == reply.response
    assert isinstance(reassemble(chunks), Response)
