"""How others read the same streams: an HTTP client alone, SSE libraries, the providers' own clients.

All get the bytes from a transport in memory, and run on trio where they can.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import trio

from ._canned import their_client
from ._measure import Contender, Entry, Job, peer

ASKED: Any = {"model": "m", "messages": [{"role": "user", "content": "x"}]}

Read = Callable[[], Awaitable[Any]]


def contenders(name: str, parts: list[bytes], short: list[bytes], items: int) -> dict[str, Entry]:
    """Those that can read the stream called *name*.

    The slow ones get *short*, a stream of *items* events, instead of *parts*.  What is counted is a
    request and its reply: making a client is not.
    """
    whole: dict[str, Callable[[], Job]] = {}
    slow: dict[str, Callable[[], Job]] = {}
    match name:
        case "openai":
            whole = {
                "httpx alone, bytes": lambda: bare_client(parts),
                "httpx aiter_lines + json.loads": lambda: naive(parts),
                "httpx-sse + json.loads": lambda: httpx_sse(parts),
            }
            slow = {
                "openai SDK": lambda: openai_sdk(short),
                "openai SDK, .stream()": lambda: openai_helper(short),
                "pydantic-ai": lambda: pydantic_ai(short),
            }
        case "responses":
            slow = {"openai SDK": lambda: openai_responses(short)}
        case "groq":
            slow = {
                "openai SDK": lambda: openai_sdk(short),
                "groq SDK": lambda: groq_sdk(short),
            }
        case "anthropic":
            whole = {
                "anthropic SDK": lambda: anthropic_sdk(parts),
                "anthropic SDK, .stream()": lambda: anthropic_sdk(parts, helper=True),
            }
        case "gemini":
            slow = {"google-genai SDK": lambda: gemini_sdk(short)}
    made: dict[str, Entry] = {}
    for makers, count in ((whole, None), (slow, items)):
        for label, make in makers.items():
            made[label] = peer(lambda make=make, n=count: Contender(make(), n, own_clock=True))
    return made


async def _timed(read: Read) -> float:
    began = time.process_time()
    await read()
    return time.process_time() - began


async def _exhaust(stream: Any) -> int:
    count = 0
    async for _ in stream:
        count += 1
    return count


def _httpx(parts: list[bytes], read: Callable[[httpx.Response], Awaitable[Any]]) -> Job:
    """A job that reads one response of httpx."""

    async def run() -> float:
        async with their_client(parts) as client:

            async def whole() -> None:
                async with client.stream("POST", "http://x/") as response:
                    await read(response)

            return await _timed(whole)

    return lambda: trio.run(run)


def bare_client(parts: list[bytes]) -> Job:
    return _httpx(parts, lambda response: _exhaust(response.aiter_raw()))


def naive(parts: list[bytes]) -> Job:
    async def read(response: httpx.Response) -> None:
        async for line in response.aiter_lines():
            if line.startswith("data: ") and line != "data: [DONE]":
                json.loads(line[6:])

    return _httpx(parts, read)


def httpx_sse(parts: list[bytes]) -> Job:
    import httpx_sse as library

    async def read(response: httpx.Response) -> None:
        async for event in library.EventSource(response).aiter_sse():
            if event.data != "[DONE]":
                json.loads(event.data)

    return _httpx(parts, read)


def _sdk(parts: list[bytes], make: Any, read: Callable[[Any], Any], library: Any = httpx) -> Job:
    """A job that reads one reply with the client that *make* makes on a transport of *library*."""

    async def run() -> float:
        async with their_client(parts, library) as http:
            client = make(api_key="x", base_url="http://x/v1", http_client=http)
            return await _timed(lambda: read(client))

    return lambda: trio.run(run)


async def _chat(client: Any) -> None:
    await _exhaust(await client.chat.completions.create(**ASKED, stream=True))


def openai_sdk(parts: list[bytes]) -> Job:
    import openai

    return _sdk(parts, openai.AsyncOpenAI, _chat)


def openai_helper(parts: list[bytes]) -> Job:
    import openai

    async def read(client: Any) -> None:
        async with client.chat.completions.stream(**ASKED) as stream:
            await _exhaust(stream)

    return _sdk(parts, openai.AsyncOpenAI, read)


def openai_responses(parts: list[bytes]) -> Job:
    import openai

    async def read(client: Any) -> None:
        await _exhaust(await client.responses.create(model="m", input="x", stream=True))

    return _sdk(parts, openai.AsyncOpenAI, read)


def groq_sdk(parts: list[bytes]) -> Job:
    import groq

    return _sdk(parts, groq.AsyncGroq, _chat)


def anthropic_sdk(parts: list[bytes], *, helper: bool = False) -> Job:
    import anthropic
    import httpx2

    async def read(client: Any) -> None:
        await _exhaust(await client.messages.create(**ASKED, max_tokens=9, stream=True))

    async def read_with_helper(client: Any) -> None:
        async with client.messages.stream(**ASKED, max_tokens=9) as stream:
            await _exhaust(stream)

    return _sdk(parts, anthropic.AsyncAnthropic, read_with_helper if helper else read, httpx2)


def pydantic_ai(parts: list[bytes]) -> Job:
    """An agent's text by deltas.  Its agents need asyncio."""
    import openai
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    async def run() -> float:
        async with their_client(parts) as http:
            client = openai.AsyncOpenAI(api_key="x", base_url="http://x/v1", http_client=http)
            model = OpenAIChatModel("gpt-4o-mini", provider=OpenAIProvider(openai_client=client))
            agent = Agent(model)

            async def read() -> None:
                async with agent.run_stream("x") as result:
                    await _exhaust(result.stream_text(delta=True, debounce_by=None))

            return await _timed(read)

    return lambda: asyncio.run(run())


def gemini_sdk(parts: list[bytes]) -> Job:
    """Its blocking client, which is faster than its asynchronous one."""
    from google.genai import Client, types

    class Canned(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=iter(parts), request=request)

    http = httpx.Client(transport=Canned())
    options = types.HttpOptions(base_url="http://x", httpx_client=http)
    client = Client(api_key="x", http_options=options)

    def run() -> float:
        began = time.process_time()
        for _ in client.models.generate_content_stream(model="m", contents="x"):
            pass
        return time.process_time() - began

    return run
