"""Bytes to typed chunks, without a network, against a floor and against the official clients."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import trio

from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.wire import SSEDecoder

from ._measure import Job, Options, Report, compare, growth, peer
from ._streams import STREAMS, openai_chat, pieces

PROVIDERS = {
    "openai": ("openai", None),
    "anthropic": ("anthropic", None),
    "gemini": ("gemini", None),
    "groq": ("groq", None),
    "responses": ("openai", "responses"),
}


def floor(parts: list[bytes]) -> Job:
    """Split lines, ``json.loads``: no objects, no checks, no HTTP."""

    def run() -> int:
        rest = b""
        count = 0
        for part in parts:
            lines = (rest + part).split(b"\n")
            rest = lines.pop()
            for line in lines:
                if line.startswith(b"data: ") and line != b"data: [DONE]":
                    json.loads(line[6:])
                    count += 1
        return count

    return run


def ours(parts: list[bytes], name: str) -> Job:
    provider = get(*PROVIDERS[name])

    def run() -> int:
        decoder = StreamDecoder(provider)
        count = 0
        for part in parts:
            count += len(decoder.feed(part))
        count += len(decoder.flush())
        assert decoder.failure is None
        return count

    return run


def _client(parts: list[bytes], library: Any = httpx) -> Any:
    """A client of *library* (httpx, or httpx2) that gets the same stream for each request."""

    class Body(library.AsyncByteStream):  # type: ignore[misc]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for part in parts:
                yield part

    class Canned(library.AsyncBaseTransport):  # type: ignore[misc]
        async def handle_async_request(self, request: Any) -> Any:
            headers = {"content-type": "text/event-stream"}
            return library.Response(200, headers=headers, stream=Body(), request=request)

    return library.AsyncClient(transport=Canned())


async def _exhaust(stream: Any) -> None:
    async for _ in stream:
        pass


def bare_client(parts: list[bytes]) -> Job:
    async def run() -> None:
        async with _client(parts) as client, client.stream("POST", "http://x/") as response:
            await _exhaust(response.aiter_raw())

    return lambda: trio.run(run)


def naive(parts: list[bytes]) -> Job:
    async def run() -> None:
        async with _client(parts) as client, client.stream("POST", "http://x/") as response:
            async for line in response.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    json.loads(line[6:])

    return lambda: trio.run(run)


def httpx_sse(parts: list[bytes]) -> Job:
    import httpx_sse as library

    async def run() -> None:
        async with _client(parts) as client, client.stream("POST", "http://x/") as response:
            async for event in library.EventSource(response).aiter_sse():
                if event.data != "[DONE]":
                    json.loads(event.data)

    return lambda: trio.run(run)


def openai_sdk(parts: list[bytes], kind: str) -> Job:
    import openai

    async def run() -> None:
        async with _client(parts) as http:
            client = openai.AsyncOpenAI(api_key="x", base_url="http://x/v1", http_client=http)
            if kind == "responses":
                stream: Any = await client.responses.create(model="m", input="x", stream=True)
            else:
                stream = await client.chat.completions.create(
                    model="m", messages=[{"role": "user", "content": "x"}], stream=True
                )
            await _exhaust(stream)

    return lambda: trio.run(run)


def anthropic_sdk(parts: list[bytes], *, helper: bool = False) -> Job:
    import anthropic
    import httpx2

    async def run() -> None:
        async with _client(parts, httpx2) as http:
            client = anthropic.AsyncAnthropic(api_key="x", base_url="http://x", http_client=http)
            asked: Any = {
                "model": "m",
                "max_tokens": 9,
                "messages": [{"role": "user", "content": "x"}],
            }
            if helper:
                async with client.messages.stream(**asked) as stream:
                    await _exhaust(stream)
            else:
                await _exhaust(await client.messages.create(**asked, stream=True))

    return lambda: trio.run(run)


def gemini_sdk(parts: list[bytes]) -> Job:
    from google.genai import Client, types

    body = b"".join(parts)

    class Canned(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=iter(parts), request=request)

    def run() -> int:
        http = httpx.Client(transport=Canned())
        options = types.HttpOptions(base_url="http://x", httpx_client=http)
        client = Client(api_key="x", http_options=options)
        count = 0
        for _ in client.models.generate_content_stream(model="m", contents="x"):
            count += 1
        return count

    assert body
    return run


def main(options: Options, report: Report) -> None:
    n = 2_000 if options.quick else 10_000
    for name, make in STREAMS.items():
        parts = pieces(make(n))
        contenders: dict[str, Job | str] = {
            "floor: split lines + json.loads": floor(parts),
            "lionpride_trio": ours(parts, name),
        }
        if name == "openai":
            contenders["httpx alone, bytes"] = bare_client(parts)
            contenders["httpx aiter_lines + json.loads"] = naive(parts)
            contenders["httpx-sse + json.loads"] = peer(lambda p=parts: httpx_sse(p))
        if name in {"openai", "groq", "responses"}:
            contenders["openai SDK"] = peer(lambda p=parts, k=name: openai_sdk(p, k))
        if name == "anthropic":
            contenders["anthropic SDK"] = peer(lambda p=parts: anthropic_sdk(p))
            contenders["anthropic SDK, .stream()"] = peer(
                lambda p=parts: anthropic_sdk(p, helper=True)
            )
        if name == "gemini":
            contenders["google-genai SDK"] = peer(lambda p=parts: gemini_sdk(p))
        title = f"bytes to chunks, {name}, {n:,} events in pieces of 1–4 KB"
        report.add(compare(title, contenders, items=n, options=options, unit="µs/event"))

    def one_event(kilobytes: int) -> None:
        decoder = SSEDecoder(max_event_bytes=2**30)
        count = len(decoder.feed(b"data: "))
        for _ in range(kilobytes):
            count += len(decoder.feed(b"x" * 1024))
        assert count + len(decoder.feed(b"\n\n")) == 1

    report.add(
        growth(
            "worst case: one event in pieces of 1 KB, a KB",
            one_event,
            1024 if options.quick else 4096,
        )
    )

    def tiny(count: int) -> None:
        decoder = StreamDecoder(get("openai"))
        for part in pieces(openai_chat(count)):
            decoder.feed(part)

    report.add(growth("worst case: tiny chunks", tiny, 25_000 if options.quick else 250_000))
