"""``sse_bytes``: what a browser's EventSource would read."""

from __future__ import annotations

import json
import math
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest
import trio
from hypercorn.config import Config
from hypercorn.trio import serve
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

from lionpride_trio import (
    ConfigurationError,
    FinishChunk,
    LocalProtocolError,
    ReasoningChunk,
    Session,
    SinkError,
    StreamTruncated,
    TextChunk,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
    iModel,
    local,
    sinks,
    source,
)
from lionpride_trio.testing import ScriptedClient
from lionpride_trio.transformers import from_iterable, prefetch, tee
from lionpride_trio.wire import SSEDecoder, encode_event
from tests.pages import read_and_leave

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


async def test_a_heartbeat_is_due_when_nothing_was_sent(autojump_clock):
    @source
    async def of_no_use():
        for _ in range(5):
            await trio.sleep(4)
            yield TextChunk("")
        yield "a"

    async with of_no_use() as channel:
        body = [piece async for piece in sinks.sse_bytes(channel, heartbeat=9)]
    assert body[:2] == [b": keep-alive\n\n"] * 2
    assert decode(b"".join(body)) == [("message", "a"), ("end", "")]


async def test_no_heartbeats_where_none_are_asked_for(autojump_clock):
    async with slow_then_cut() as channel:
        body = [piece async for piece in sinks.sse_bytes(channel, heartbeat=None)]
    assert len(body) == 2


@pytest.mark.parametrize("seconds", [0, -1, -0.5, math.nan, "15", True, [1]])
async def test_what_is_no_time_is_refused_when_it_is_written(seconds):
    async with from_iterable("a") as channel:
        with pytest.raises(
            ConfigurationError, match="heartbeat must be a positive number of seconds"
        ):
            sinks.sse_bytes(channel, heartbeat=seconds)


def test_what_cannot_be_read_is_refused_when_it_is_written():
    with pytest.raises(TypeError, match="a channel or a source, not"):
        sinks.sse_bytes(["a"])
    with pytest.raises(LocalProtocolError, match="nothing open owns"):
        sinks.sse_bytes(from_iterable("a"))


async def test_an_async_generator_is_not_cut_by_a_heartbeat(autojump_clock):
    async def items():
        yield "a"
        await trio.sleep(100)
        yield "b"

    body = [piece async for piece in sinks.sse_bytes(items(), heartbeat=1)]
    assert decode(b"".join(body)) == [("message", "a"), ("message", "b"), ("end", "")]


# Failures


async def told_and_raised(items, **options) -> tuple[list[tuple[str, str]], Exception]:
    """The events of a stream that fails on the server."""
    body = []
    with pytest.raises(Exception) as caught:
        async for piece in sinks.sse_bytes(items, **options):
            body.append(piece)
    return decode(b"".join(body)), caught.value


async def test_any_other_failure_is_told_without_its_text_and_raised_for_the_log():
    failure = ValueError("/etc/secret of the server")

    @source
    async def failing():
        yield "a"
        raise failure

    async with failing() as channel:
        events, raised = await told_and_raised(channel)
    assert events == [("message", "a"), ("error", "the stream failed")]
    assert raised is failure


async def test_a_stream_has_ended_after_its_failure():
    @source
    async def failing():
        raise KeyError("x")
        yield

    async with failing() as channel:
        stream = sinks.sse_bytes(channel)
        assert b"event: error" in await anext(stream)
        with pytest.raises(KeyError):
            await anext(stream)
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_a_page_is_not_told_of_the_servers_files(tmp_path):
    write = sinks.write_file(tmp_path / "none" / "out.txt")
    async with from_iterable(["a"]) | tee(write) as channel:
        events, raised = await told_and_raised(channel)
    assert events[-1] == ("error", "the stream failed")
    assert isinstance(raised, SinkError)


@pytest.mark.parametrize("value", [math.nan, [1.0, math.inf], {"a": -math.inf}])
async def test_what_a_page_cannot_parse_is_not_sent(value):
    async with from_iterable([1.5, value, 2.5]) as channel:
        events, raised = await told_and_raised(channel)
    assert events == [("message", "1.5"), ("error", "the stream failed")]
    assert isinstance(raised, ValueError)
    assert "sse_bytes writes JSON, and cannot write" in str(raised)


async def test_what_is_no_json_is_told_and_raised():
    async with from_iterable([{(1, 2): 3}]) as channel:
        events, raised = await told_and_raised(channel)
    assert events == [("error", "the stream failed")]
    assert isinstance(raised, TypeError)


async def test_a_failing_encoder_is_told_and_raised():
    async with from_iterable(["a"]) as channel:
        events, raised = await told_and_raised(channel, encode=lambda item: item.no_such_name)
    assert events == [("error", "the stream failed")]
    assert isinstance(raised, AttributeError)


# Alternatives


async def test_one_of_the_alternative_answers_is_sent():
    chunks = [
        TextChunk("Yes"),
        TextChunk("No", index=1),
        ReasoningChunk(text="hm", index=1),
        FinishChunk(verdict=Verdict.COMPLETE, reason="stop", index=1),
        TextChunk("."),
        UsageChunk(usage=Usage(output_tokens=3)),
    ]
    async with from_iterable(chunks) as channel:
        events = await sent(channel)
    assert [name for name, _ in events] == ["message", "message", "usage", "end"]
    assert [data for name, data in events if name == "message"] == ["Yes", "."]
    async with from_iterable(chunks) as channel:
        body = b"".join([piece async for piece in sinks.sse_bytes(channel, index=1)])
    assert [name for name, _ in decode(body)] == ["message", "reasoning", "finish", "usage", "end"]
    with pytest.raises(ConfigurationError, match=r"sse_bytes\(\): index must be a whole number"):
        sinks.sse_bytes(from_iterable(chunks), index=-1)


# What it opens, it closes


def event(text, **choice):
    value = {"choices": [{"index": 0, "delta": {"content": text}, **choice}]}
    return encode_event(json.dumps(value))


async def test_a_model_that_thinks_for_longer_than_a_heartbeat_is_asked_once(autojump_clock):
    client = ScriptedClient([25.0, event("a", finish_reason="stop"), encode_event("[DONE]")])
    async with Session() as session:
        model = iModel("openai", "m", api_key="an-invented-key", http_client=client, retry=None)
        session.services.register(model)
        with trio.fail_after(100):
            body = [piece async for piece in sinks.sse_bytes(model.stream("hi"), heartbeat=10)]
    assert body[:2] == [b": keep-alive\n\n"] * 2
    assert [name for name, _ in decode(b"".join(body))] == ["message", "finish", "end"]
    assert len(client.requests) == 1


@asynccontextmanager
async def model_of(server, **settings):
    """A model of an open session."""
    async with Session() as session:
        model = iModel(
            "openai",
            "trigram-1-pieces-4000",
            api_key="an-invented-key",
            base_url=server.url("openai"),
            **settings,
        )
        session.services.register(model)
        yield model


async def closed(stream):
    await stream.aclose()
    await stream.aclose()


async def cancelled(stream):
    with trio.CancelScope() as scope:
        scope.cancel()
        await anext(stream)


async def dropped(stream):
    await trio.lowlevel.checkpoint()


@pytest.mark.parametrize("leave", [closed, cancelled, dropped])
async def test_a_source_that_it_opened_is_closed_at_once(leave):
    side = trio.Event()

    async def beside(channel):
        try:
            await sinks.drain(channel)
        finally:
            side.set()

    async with local.serve(rate=50) as server, model_of(server, max_concurrent=1) as model:
        for _ in range(3):  # with one slot
            stream = sinks.sse_bytes(model.stream("hi") | tee(beside))
            for _ in range(3):
                await anext(stream)
            assert server.active == 1
            await leave(stream)
            if leave is dropped:
                del stream
            await server.wait_active(0)
            await side.wait()
            side = trio.Event()


async def test_a_channel_that_it_was_handed_stays_open():
    async with from_iterable("abc") as channel:
        stream = sinks.sse_bytes(channel)
        await anext(stream)
        await stream.aclose()
        assert await channel.receive() == "b"
        assert [piece async for piece in stream] == []


async def test_a_session_that_closes_under_a_page_is_a_failure():
    async with local.serve(rate=50) as server:
        async with model_of(server) as model:
            stream = sinks.sse_bytes(model.stream("hi"))
            await anext(stream)
        events = decode(await anext(stream))
        assert events == [("error", "the stream failed")]
        with pytest.raises(trio.ClosedResourceError):
            await anext(stream)


# Served


@asynccontextmanager
async def served(make_stream):
    """A real server whose pages read what *make_stream* gives, and a client to it."""

    async def answer(_request) -> StreamingResponse:
        return StreamingResponse(make_stream(), media_type="text/event-stream")

    app = Starlette(routes=[Route("/", answer)])
    config = Config()
    config.bind = ["127.0.0.1:0"]
    config.errorlog = None
    stop = trio.Event()
    async with trio.open_nursery() as nursery, httpx.AsyncClient(trust_env=False) as client:
        (url,) = await nursery.start(partial(serve, app, config, shutdown_trigger=stop.wait))
        yield client, url
        stop.set()


async def test_served_to_a_real_client():
    async with (
        from_iterable([NASTY, "wörld"]) as words,
        served(lambda: sinks.sse_bytes(words)) as (client, url),
    ):
        response = await client.get(url)
    assert decode(response.content)[1] == ("message", "wörld")


async def test_pages_that_go_away_leave_nothing_open(tmp_path):
    def stream():
        write = sinks.write_file(tmp_path / "answer.txt", keep_partial=False)
        return sinks.sse_bytes(model.stream("hi") | tee(write) | prefetch(4))

    async with (
        local.serve(rate=50) as server,
        model_of(server, max_concurrent=2) as model,
        served(stream) as (_, url),
    ):
        for _ in range(6):
            await read_and_leave(url, 3)
            await server.wait_active(0)
        assert b"data: " in await read_and_leave(url, 1)
        await server.wait_active(0)
        assert len(server.requests) == 7
    assert list(tmp_path.iterdir()) == []
