"""``sse_bytes``: what a browser's EventSource would read."""

from __future__ import annotations

import json
from functools import partial

import httpx
import trio
from hypercorn.config import Config
from hypercorn.trio import serve
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

from lionpride_trio import (
    FinishChunk,
    ReasoningChunk,
    StreamTruncated,
    TextChunk,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
    sinks,
    source,
)
from lionpride_trio.transformers import from_iterable
from lionpride_trio.wire import SSEDecoder

NASTY = "one\ntwo\r\nthree\n\ndata: evil\n\nevent: end\n\n: comment"


def decode(body: bytes) -> list[tuple[str, str]]:
    decoder = SSEDecoder()
    return [(event.event, event.data) for event in [*decoder.feed(body), *decoder.flush()]]


async def sent(items) -> list[tuple[str, str]]:
    return decode(b"".join([piece async for piece in sinks.sse_bytes(items)]))


async def test_newlines_in_data_come_out_as_newlines():
    async with from_iterable([NASTY, "x"]) as channel:
        assert await sent(channel) == [
            ("message", NASTY.replace("\r\n", "\n")),
            ("message", "x"),
            ("end", ""),
        ]


async def test_chunks_that_are_no_text_are_events_of_their_own():
    chunks = [
        ReasoningChunk(text="hm"),
        TextChunk("Hi"),
        TextChunk(""),
        ToolCallChunk(slot=1, id="c", name="f", arguments="{"),
        UsageChunk(usage=Usage(input_tokens=3)),
        FinishChunk(verdict=Verdict.COMPLETE, reason="stop"),
    ]
    async with from_iterable(chunks) as channel:
        events = await sent(channel)
    assert [name for name, _ in events] == [
        "reasoning",
        "message",
        "tool_call",
        "usage",
        "finish",
        "end",
    ]
    assert json.loads(events[2][1]) == {"slot": 1, "id": "c", "name": "f", "arguments": "{"}
    assert json.loads(events[4][1]) == {"verdict": "complete", "reason": "stop"}


@source
async def slow_then_cut():
    yield "a"
    await trio.sleep(35)
    raise StreamTruncated("cut\nhere")


async def test_silence_is_filled_with_comments_and_a_failure_is_told(autojump_clock):
    async with slow_then_cut() as channel:
        body = [piece async for piece in sinks.sse_bytes(channel, heartbeat=10)]
    assert body[1:4] == [b": keep-alive\n\n"] * 3
    assert decode(b"".join(body)) == [("message", "a"), ("error", "cut\nhere")]


async def test_served_to_a_real_client():
    async def stream(_request) -> StreamingResponse:
        return StreamingResponse(sinks.sse_bytes(words), media_type="text/event-stream")

    app = Starlette(routes=[Route("/", stream)])
    config = Config()
    config.bind = ["127.0.0.1:0"]
    config.errorlog = None
    stop = trio.Event()
    async with (
        from_iterable([NASTY, "wörld"]) as words,
        trio.open_nursery() as nursery,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        (url,) = await nursery.start(partial(serve, app, config, shutdown_trigger=stop.wait))
        response = await client.get(url)
        stop.set()
    assert decode(response.content)[1] == ("message", "wörld")
