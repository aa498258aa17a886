"""Tools fail, take their time, and have to be approved."""

import threading
from functools import partial

import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    ToolArgumentsInvalid,
    ToolCall,
    ToolCallChunk,
    ToolError,
    ToolResultChunk,
    UnknownTool,
)
from lionpride_trio.testing import (
    ScriptedProvider,
    tool_call,
)
from lionpride_trio.tools import tool
from tests.services.conversing import call, calling, read, results, weather


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


async def _many():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_raise, KeyError("city"))
        nursery.start_soon(_one)


async def _one():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep_forever)
        nursery.start_soon(_raise, ValueError("no such place"))


async def _raise(error):
    raise error


async def _slow():
    with trio.fail_after(1):
        await trio.sleep_forever()


@pytest.mark.parametrize(
    ("fail", "told"),
    [
        (_slow, "TooSlowError"),
        (partial(_raise, ToolError("", tool="weather")), "ToolError"),
        (partial(_raise, ValueError(" ")), "ValueError"),
        (_one, "ValueError: no such place"),
        (_many, "KeyError: 'city'; ValueError: no such place"),
    ],
)
async def test_a_failure_is_never_told_without_its_reason(fail, told, autojump_clock):
    @tool(name="weather")
    async def failing(city: str) -> str:
        "Fail."
        await fail()
        return ""

    provider = ScriptedProvider(calling(), "I see.")
    async with provider.model().converse("?", tools=[failing]) as reply:
        (result,) = results(await read(reply))
    assert result.is_error
    assert sorted(result.output.split("; ")) == sorted(told.split("; "))


async def test_a_failure_of_megabytes_is_told_cut():
    @tool(name="weather")
    async def failing(city: str) -> str:
        "Fail."
        raise ValueError("x" * 3_000_000)

    provider = ScriptedProvider(calling(), "I see.")
    async with provider.model().converse("?", tools=[failing]) as reply:
        (result,) = results(await read(reply))
    assert len(result.output) == 2048
    assert result.output.endswith("(3000012 characters)")


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


async def _no_answer(request: ToolCall) -> bool:
    return None  # type: ignore[return-value]


async def _broken_approval(request: ToolCall) -> bool:
    raise LookupError("no rules at db://user:password@host")


@pytest.mark.parametrize("on_error", ["tell", "raise"])
@pytest.mark.parametrize(
    ("approve", "kind", "words"),
    [
        (_no_answer, ConfigurationError, "approve gives True, False or the reason"),
        (_broken_approval, LookupError, "no rules"),
        (lambda request: True, TypeError, "it gave True"),
    ],
)
async def test_a_failure_of_what_approves_is_the_programs(on_error, approve, kind, words):
    provider = ScriptedProvider(calling(), "So be it.")
    with pytest.raises(kind, match=words):
        async with provider.model().converse(
            "?", tools=[weather], approve=approve, on_error=on_error
        ) as reply:
            await read(reply)
    assert len(provider.calls) == 1


def _plain_approval(request: ToolCall) -> bool | str:
    return True


@pytest.mark.parametrize("approve", ["yes", _plain_approval, bool])
def test_what_approves_is_an_async_function(approve):
    model = ScriptedProvider("So be it.").model()
    with pytest.raises(ConfigurationError, match=r"approve= (takes|awaits)"):
        model.converse("?", tools=[weather], approve=approve)


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


@pytest.mark.parametrize("own", [3.0, None])
async def test_the_time_of_the_reader_is_not_the_tools(own, autojump_clock):
    @tool(timeout=own)
    async def look(city: str):
        "Look."
        for _ in range(200):
            yield "fog"

    provider = ScriptedProvider(calling(call(name="look")), "Fog.")
    told = []
    async with provider.model().converse("?", tools=[look], tool_timeout=3) as reply:
        async for chunk in reply:
            await trio.sleep(0.1)
            told.append(chunk)
    (result,) = results(told)
    assert (result.output, result.is_error) == ("fog" * 200, False)


async def test_a_tool_that_gives_pieces_has_its_time(autojump_clock):
    @tool(timeout=3)
    async def look(city: str):
        "Look."
        while True:
            await trio.sleep(2)
            yield "fog"

    provider = ScriptedProvider(calling(call(name="look")), "Fog.")
    async with provider.model().converse("?", tools=[look]) as reply:
        told = [chunk for chunk in await read(reply) if isinstance(chunk, ToolResultChunk)]
    assert [chunk.output for chunk in told] == ["fog", "tool 'look' took longer than 3 s"]


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
