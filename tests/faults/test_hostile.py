"""Answers made to do harm: what is held stays bounded, and the work linear."""

import gzip
import itertools
import json
import tracemalloc
import zlib

import pytest

from lionpride_trio import DecodeError, LimitExceeded, NotAStream
from lionpride_trio.services import Bounds
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES

MB = 1024 * 1024
MOST = 32 * MB
"""The memory that any answer may take, beyond the program itself."""
ON_TWO = pytest.mark.parametrize("wire", [WIRES[0], WIRES[-1]], ids=str)


@pytest.fixture
def peak():
    """The most memory that was taken since the test began; the body itself is made before."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


async def asked(wire, body, *, headers=(), **settings):
    answer = Answer(body=body, media=wire.media, headers=headers)
    async with FaultyServer(answer) as server:
        got = await ask(wire.model(server, **settings))
        await server.wait_idle()
    return got


@ON_TWO
async def test_one_line_of_100_mb(wire, peak):
    start = b"data: " if wire.media == "text/event-stream" else b'"'
    body = itertools.chain([wire.unended, start], itertools.repeat(b"x" * 65536, 1600))
    got = await asked(wire, body)
    assert type(got.error) is LimitExceeded
    assert (got.error.limit, got.error.value) == ("max_event_bytes", 16 * MB)
    assert got.error.partial.text == TEXT
    assert peak() < MOST + 8 * MB


@ON_TWO
async def test_an_event_below_the_bound_is_taken(wire):
    said = "y" * (4 * MB)
    got = await asked(wire, wire.before + wire.text_event(said) + wire.after)
    assert got.error is None
    assert got.text == said


async def test_an_event_of_many_lines(peak):
    line = b"data: " + b"x" * 1000 + b"\n"
    body = itertools.repeat(line * 60, 2000)
    got = await asked(WIRES[0], body)
    assert type(got.error) is LimitExceeded
    assert peak() < MOST + 8 * MB


async def test_comments_and_unknown_fields_without_end(peak):
    body = itertools.chain(itertools.repeat(b"no such field\n: no\n" * 3000, 60), [WIRES[0].body])
    got = await asked(WIRES[0], body)
    assert (got.text, got.error) == (TEXT, None)
    assert peak() < 8 * MB


@pytest.mark.parametrize("brackets", [b"[", b'{"a":', b'[{"a":'])
async def test_100_000_levels_of_nesting(wire, brackets):
    bad = brackets * 100_000
    got = await asked(wire, wire.unended + wire.event(bad) + wire.after)
    assert type(got.error) is LimitExceeded
    assert got.error.limit == "json_depth"
    assert got.text == TEXT


async def test_an_integer_of_6000_digits(wire):
    bad = b'{"n": ' + b"7" * 6000 + b"}"
    got = await asked(wire, wire.unended + wire.event(bad) + wire.after)
    assert got.error is None or type(got.error) is DecodeError
    assert got.text == TEXT


@pytest.mark.parametrize("keep", [True, False])
@ON_TWO
async def test_many_tiny_events(wire, keep, peak):
    """A twentieth of a million here; memory does not grow with their number but with their text."""
    many, event = 500, wire.text_event("t") * 100
    body = itertools.chain([wire.before], itertools.repeat(event, many), [wire.after])
    async with FaultyServer(Answer(body=body, media=wire.media)) as server:
        said = 0
        async with wire.model(server).stream("hi", keep=keep) as reply:
            async for chunk in reply:
                said += len(chunk.data)
        assert said == many * 100
        assert reply.response.text == ("t" * said if keep else "")
        assert reply.response.finish_reason is not None
    assert peak() < 8 * MB


async def test_a_long_reply_is_flat_without_keeping_it(peak):
    wire = WIRES[0]
    event = wire.text_event("t" * 50_000)
    body = itertools.chain(itertools.repeat(event, 1000), [wire.after])
    async with (
        FaultyServer(Answer(body=body)) as server,
        wire.model(server).stream("hi", keep=False) as reply,
    ):
        said = 0
        async for chunk in reply:
            said += len(chunk.data)
        assert said == 50_000_000
    assert peak() < 8 * MB


async def test_a_reply_that_is_kept_is_bounded(wire, peak):
    event = wire.text_event("t" * 60_000)
    body = itertools.chain([wire.before], itertools.repeat(event))
    got = await asked(wire, body, bounds=Bounds(max_kept_chars=2 * MB))
    assert type(got.error) is LimitExceeded
    assert got.error.limit == "max_kept_chars"
    assert "keep=False" in str(got.error)
    assert 2 * MB < len(got.error.partial.text) < 2 * MB + 100_000
    assert peak() < MOST


def open_call(wire, number):
    match wire.provider, wire.endpoint:
        case "openai", "responses":
            return {
                "type": "response.output_item.added",
                "output_index": number,
                "item": {"type": "function_call", "call_id": str(number), "name": "f"},
            }
        case "anthropic", _:
            block = {"type": "tool_use", "id": str(number), "name": "f"}
            return {"type": "content_block_start", "index": number, "content_block": block}
        case "gemini", _:
            part = {"functionCall": {"name": "f", "args": {}}}
            return {"candidates": [{"content": {"parts": [part]}}]}
        case "ollama", _:
            call = {"function": {"name": "f", "arguments": {}}}
            return {"message": {"tool_calls": [call]}, "done": False}
    call = {"index": number, "id": str(number), "function": {"name": "f", "arguments": ""}}
    return {"id": "1", "choices": [{"index": 0, "delta": {"tool_calls": [call]}}]}


async def test_too_many_open_tool_calls(wire):
    events = (wire.event(json.dumps(open_call(wire, n)).encode()) for n in range(100_000))
    got = await asked(wire, itertools.chain([wire.unended], events))
    assert type(got.error) is LimitExceeded
    assert (got.error.limit, got.error.value) == ("max_blocks", 1024)
    assert len(got.error.partial.tool_calls) <= 1024


@pytest.mark.parametrize("index", [10**9, -1, "one", 1.5])
async def test_an_alternative_of_no_sensible_number(index):
    for wire in (WIRES[0], WIRES[3]):
        value = json.loads(wire.pieces[0].removeprefix(b"data: "))
        (value.get("choices") or value["candidates"])[0]["index"] = index
        got = await asked(wire, wire.unended + wire.event(value) + wire.after)
        assert isinstance(got.error, LimitExceeded | DecodeError)
        assert got.text == TEXT


def compressed(body, how):
    match how:
        case "gzip":
            return gzip.compress(body)
        case "x-gzip":
            half = len(body) // 2
            return gzip.compress(body[:half]) + gzip.compress(body[half:])
        case "deflate":
            return zlib.compress(body)
        case _:
            machine = zlib.compressobj(wbits=-15)
            return machine.compress(body) + machine.flush()


@pytest.mark.parametrize("how", ["gzip", "x-gzip", "deflate", "raw"])
@pytest.mark.parametrize("piece", [None, 1])
async def test_a_compressed_answer_is_read_all_the_same(wire, how, piece):
    answer = Answer(
        body=compressed(wire.body, how),
        media=wire.media,
        headers=[("content-encoding", "deflate" if how == "raw" else how)],
        piece=piece,
    )
    async with FaultyServer(answer) as server:
        got = await ask(wire.model(server))
        assert (got.text, got.error) == (TEXT, None)
        await server.wait_idle()


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
async def test_an_unknown_encoding(wire, encoding):
    got = await asked(wire, b"\x00\x01\x02", headers=[("content-encoding", encoding)])
    assert type(got.error) is NotAStream
    assert encoding in str(got.error)


async def test_broken_compression(wire):
    good = compressed(wire.unended * 20, "gzip")
    bad = good[:40] + bytes(60) + good[100:]
    got = await asked(wire, bad, headers=[("content-encoding", "gzip")])
    assert type(got.error) is DecodeError


@pytest.mark.parametrize("inside", ["one line", "events"])
async def test_a_gzip_bomb(inside, peak):
    """A megabyte that inflates to a gigabyte, by a line without end or by endless events."""
    wire = WIRES[0]
    machine = zlib.compressobj(9, wbits=31)
    part = b"x" * MB if inside == "one line" else (b": no\n\n" * (MB // 6))
    bomb = machine.compress(wire.unended + (b"data: " if inside == "one line" else b""))
    many = 1000 if inside == "one line" else 4
    bomb += b"".join(machine.compress(part) for _ in range(many)) + machine.flush()
    got = await asked(wire, bomb, headers=[("content-encoding", "gzip")])
    assert isinstance(got.error, Exception)
    assert got.error.partial.text == TEXT
    assert peak() < MOST + 16 * MB


async def test_a_gzip_bomb_of_a_status(wire):
    bomb = gzip.compress(b"x" * (100 * MB))
    answer = Answer(status=500, body=bomb, headers=[("content-encoding", "gzip")])
    async with FaultyServer(answer) as server:
        tracemalloc.start()
        got = await ask(wire.model(server))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert got.error.status == 500
        assert peak < 8 * MB
