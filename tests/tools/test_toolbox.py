"""Tools by their names, and in the requests of every provider."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from lionpride_trio import ConfigurationError, UnknownTool, iModel, local
from lionpride_trio.providers import ModelCall, get
from lionpride_trio.tools import Toolbox, tool
from tests.local.conftest import WIRES


@tool
def weather(city: str) -> str:
    """The weather now."""
    return f"rain in {city}"


@tool
def news() -> str:
    return "none"


def test_a_toolbox_is_a_sequence_that_finds_by_name():
    box = Toolbox([weather, news])
    assert list(box) == [weather, news]
    assert (len(box), box[1], box[:1]) == (2, news, (weather,))
    assert box.find("news") is news
    assert repr(box) == "Toolbox([<Tool weather(city)>, <Tool news()>])"


@pytest.mark.parametrize(
    ("tools", "name", "text"),
    [
        ([weather, news], "wether", "unknown tool 'wether': did you mean 'weather'?"),
        ([weather, news], "zzz", "unknown tool 'zzz': there are 'weather', 'news'"),
        ([], "zzz", "unknown tool 'zzz': there are none"),
    ],
)
def test_an_unknown_name_is_told_with_what_there_is(tools, name, text):
    with pytest.raises(UnknownTool) as caught:
        Toolbox(tools).find(name)
    assert str(caught.value) == text
    assert caught.value.tool == name


@pytest.mark.parametrize(
    ("tools", "text"),
    [
        ([weather, weather], "two tools are called 'weather'"),
        ([print], "<built-in function print> is no tool: write @tool above it"),
        (["weather"], "'weather' is no tool"),
    ],
)
def test_what_a_toolbox_cannot_hold_is_refused(tools, text):
    with pytest.raises(ConfigurationError, match=text):
        Toolbox(tools)


def body_of(provider, endpoint, tools):
    asked = [{"role": "user", "content": "q"}]
    return get(provider, endpoint).request(ModelCall("m", asked, {"tools": tools})).body


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
@pytest.mark.parametrize("tools", [[weather, news], Toolbox([weather, news])], ids=["list", "box"])
def test_each_provider_is_told_of_a_tool_as_of_its_declaration(provider, endpoint, tools):
    declared = [weather.as_openai(), news.as_openai()]
    assert body_of(provider, endpoint, tools) == body_of(provider, endpoint, declared)
    assert "The weather now." in json.dumps(body_of(provider, endpoint, tools))


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
def test_a_bare_function_is_refused_with_what_to_write(provider, endpoint):
    with pytest.raises(ConfigurationError, match="'weather' is a function: write @tool above it"):
        body_of(provider, endpoint, [weather.__wrapped__])


@pytest.mark.parametrize(("provider", "endpoint"), WIRES)
async def test_a_model_calls_a_tool_and_the_call_can_be_answered(provider, endpoint):
    async with local.serve() as server:
        model = iModel(
            provider, "m-tools", endpoint=endpoint, base_url=server.url(provider), api_key="any"
        )
        async with model.stream("What is the weather in Oslo?", tools=[weather]) as reply:
            async for _ in reply:
                pass
    (call,) = reply.response.tool_calls
    result = await Toolbox([weather]).find(call.name).call(call.arguments)
    assert weather.output_of(result).startswith("rain in ")


def test_neither_the_library_nor_the_room_imports_what_its_extras_bring():
    program = (
        "import sys, lionpride_trio, lionpride_trio.tools;"
        " print({'msgspec', 'mcp', 'pydantic'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"


def test_without_msgspec_a_tool_cannot_be_made_and_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "msgspec", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'lionpride_trio\[tools\]'"):
        tool(weather.__wrapped__)
