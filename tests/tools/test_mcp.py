"""The tools of a real MCP server, over stdio and over HTTP."""

from __future__ import annotations

import functools
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import hypercorn.trio
import pytest
import trio
from hypercorn.config import Config
from mcp import ClientSession, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from lionpride_trio import ConfigurationError, ToolArgumentsInvalid, ToolError
from lionpride_trio.providers import ModelCall, get
from lionpride_trio.tools import Toolbox, from_mcp

from .mcp_server import CITY, make_server

SERVER = Path(__file__).parent / "mcp_server.py"


@asynccontextmanager
async def over_stdio():
    parameters = StdioServerParameters(command=sys.executable, args=[str(SERVER)])
    async with stdio_client(parameters) as streams, ClientSession(*streams) as session:
        await session.initialize()
        yield session


@asynccontextmanager
async def over_http():
    config = Config()
    config.bind = ["127.0.0.1:0"]
    config.errorlog = config.accesslog = None
    stop = trio.Event()
    async with trio.open_nursery() as nursery:
        serve = functools.partial(
            hypercorn.trio.serve,
            make_server().streamable_http_app(),
            config,
            shutdown_trigger=stop.wait,
        )
        (url,) = await nursery.start(serve)
        async with (
            streamable_http_client(f"{url}/mcp") as streams,
            ClientSession(*streams) as session,
        ):
            await session.initialize()
            yield session
        stop.set()


# The HTTP client of `mcp` leaves the streams of its answers to the collector, which trio reports; what
# this library opens is closed.
LEFT_OPEN = pytest.mark.filterwarnings(
    "ignore:Async generator '(httpx2|httpcore2|mcp):ResourceWarning"
)


@pytest.mark.parametrize("connect", [over_stdio, pytest.param(over_http, marks=LEFT_OPEN)])
async def test_its_tools_are_listed_called_and_their_failures_told(connect):
    async with connect() as session:
        box = Toolbox(await from_mcp(session))
        assert [tool.name for tool in box] == [
            "weather",
            "news_today",
            "news_today_2",
            "x" * 64,
            "everything",
            "data",
            "fails",
            "fails_silently",
            "breaks",
            "sleeps",
        ]
        weather = box.find("weather")
        assert (weather.description, weather.schema) == ("The weather now.", CITY)
        assert box.find("news_today").description == "News"

        assert await weather.call('{"city": "Oslo"}') == "rain in Oslo"
        assert await weather(city="Bergen") == "rain in Bergen"
        assert await box.find("news_today_2").call("{}") == "news.today"
        assert await box.find("x" * 64).call("{}") == "x" * 70
        assert await box.find("data").call("") == '{"rain":true}'
        assert await box.find("everything").call("{}") == (
            "see\n[image of type image/png, 5 bytes]\n[audio of type audio/wav, 5 bytes]\n"
            "[log: file:///log]\ninside\n[image/gif: file:///b.bin]"
        )

        for name, words in [("fails", "no such city"), ("fails_silently", "fails_silently failed")]:
            with pytest.raises(ToolError) as caught:
                await box.find(name).call("{}")
            assert (str(caught.value), caught.value.tool) == (words, name)
        with pytest.raises(MCPError):
            await box.find("breaks").call("{}")
        with pytest.raises(ToolArgumentsInvalid, match="they are no JSON"):
            await weather.call("{")

        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(box.find("sleeps").call, "{}")
                await trio.testing.wait_all_tasks_blocked()
                scope.cancel()
        assert scope.cancelled_caught
        assert await weather.call({"city": "Oslo"}) == "rain in Oslo"  # the session goes on


async def test_a_prefix_keeps_two_servers_apart():
    async with over_stdio() as session:
        tools = await from_mcp(session)
        box = Toolbox([*tools, *await from_mcp(session, prefix="north_")])
        assert await box.find("north_weather").call({"city": "Alta"}) == "rain in Alta"
        with pytest.raises(ConfigurationError, match="two tools are called 'weather'"):
            Toolbox([*tools, *tools])


async def test_each_provider_is_told_of_them():
    async with over_stdio() as session:
        tools = await from_mcp(session)
    asked = [{"role": "user", "content": "q"}]
    for provider in ["openai", "anthropic", "gemini", "ollama"]:
        body = get(provider, None).request(ModelCall("m", asked, {"tools": tools})).body
        assert "The weather now." in str(body)
