"""Events that look like a failure and are none, and failures that say what they are."""

import json
import logging

import pytest

from lionpride_trio import (
    DecodeError,
    NotAStream,
    Overloaded,
    ProviderError,
    RedirectRefused,
    iModel,
)
from lionpride_trio._safe_text import MASK, Secret
from lionpride_trio.services import Retry
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES

CHAT, RESPONSES, ANTHROPIC, GEMINI = WIRES[:4]
SSE = [wire for wire in WIRES if wire.media == "text/event-stream"]
OLLAMA = next(wire for wire in WIRES if wire.provider == "ollama")


async def answered(wire, *pieces, **how):
    async with FaultyServer(Answer(body=b"".join(pieces), media=wire.media, **how)) as server:
        return await ask(wire.model(server))


def between(wire, event):
    """An answer with *event* between its pieces."""
    first, *rest = wire.pieces
    return wire.before, first, event, *rest, wire.after


@pytest.mark.parametrize("wire", SSE, ids=str)
@pytest.mark.parametrize(
    "heartbeat",
    [b"data:\n\n", b"data: \n\n", b"data\n\n", b"data:\ndata:\n\n", b"event: ping\ndata:\n\n"],
)
async def test_data_with_nothing_in_it(wire, heartbeat):
    got = await answered(wire, *between(wire, heartbeat))
    assert (got.text, got.error) == (TEXT, None)
    got = await answered(wire, heartbeat, wire.body)
    assert (got.text, got.error) == (TEXT, None)


@pytest.mark.parametrize("wire", SSE, ids=str)
@pytest.mark.parametrize(
    "heartbeat",
    [
        b"event: ping\ndata: ping\n\n",
        b"event: heartbeat\ndata: {}\n\n",
        b"event: keep-alive\ndata: 12:30:01\n\n",
        b"data: keepalive\n\n",
        b"data: [PING]\n\n",
    ],
)
async def test_heartbeats_that_say_that_they_are(wire, heartbeat):
    got = await answered(wire, *between(wire, heartbeat))
    assert (got.text, got.error) == (TEXT, None)
    got = await answered(wire, heartbeat, wire.body)
    assert (got.text, got.error) == (TEXT, None)


@pytest.mark.parametrize("wire", SSE, ids=str)
async def test_other_data_that_is_no_json_is_a_failure(wire):
    got = await answered(wire, *between(wire, b"event: ping2go\ndata: {\n\n"))
    assert type(got.error) is DecodeError


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("value", [None, [], "ping", 7, True, [{"id": 1}], {}])
async def test_data_that_is_no_object_is_nothing_of_the_answer(wire, value):
    got = await answered(wire, *between(wire, wire.event(value)))
    assert (got.text, got.error) == (TEXT, None)


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("nothing", [None, "", {}, [], False])
async def test_an_error_that_says_nothing(wire, nothing):
    """In an event of its own, and beside text."""
    value = json.loads(wire.pieces[1].partition(b"data: ")[2] or wire.pieces[1])
    said = wire.event({**value, "error": nothing}, value.get("type"))
    got = await answered(wire, wire.before, wire.pieces[0], said, *wire.pieces[2:], wire.after)
    assert (got.text, got.error) == (TEXT, None)


NULLS = [
    (ANTHROPIC, {"type": "content_block_delta", "index": 0, "delta": None}),
    (ANTHROPIC, {"type": "content_block_start", "index": 7, "content_block": None}),
    (ANTHROPIC, {"type": "message_start", "message": None}),
    (ANTHROPIC, {"type": "message_delta", "delta": None, "usage": None}),
    (RESPONSES, {"type": "response.output_item.added", "output_index": 1, "item": None}),
    (RESPONSES, {"type": "response.output_item.done", "output_index": 1, "item": None}),
    (RESPONSES, {"type": "response.in_progress", "response": None}),
    (RESPONSES, {"type": "response.output_text.delta", "output_index": 0, "delta": None}),
    (CHAT, {"choices": None}),
    (CHAT, {"choices": [None]}),
    (CHAT, {"choices": [{"index": 0, "delta": None}], "usage": None}),
    (CHAT, {"choices": [{"index": 0, "delta": {"tool_calls": [None]}}]}),
    (GEMINI, {"candidates": None}),
    (GEMINI, {"candidates": [None]}),
    (GEMINI, {"candidates": [{"content": {"parts": [None]}}]}),
    (OLLAMA, {"message": None, "done": False}),
    (OLLAMA, {"message": {"content": "", "tool_calls": [None]}, "done": False}),
]


@pytest.mark.parametrize(("wire", "value"), NULLS, ids=lambda value: json.dumps(value, default=str))
async def test_a_container_that_is_null(wire, value):
    got = await answered(wire, *between(wire, wire.event(value, value.get("type"))))
    assert (got.text, got.error) == (TEXT, None)


@pytest.mark.parametrize("media", ["application/json", "text/event-stream"])
async def test_a_whole_response_object_is_no_stream_and_no_failure(media):
    """OpenAI's object always has ``"error": null``; the words are quoted as they came."""
    done = {"id": "r", "object": "response", "status": "completed", "error": None, "output": []}
    async with FaultyServer(Answer(body=json.dumps(done).encode(), media=media)) as server:
        got = await ask(RESPONSES.model(server))
    assert type(got.error) is NotAStream
    assert '"error": null' in str(got.error).replace("\\", "")


@pytest.mark.parametrize("code", ["server_is_overloaded", "slow_down"])
async def test_words_for_overload(code):
    failed = {"type": "response.failed", "response": {"error": {"code": code, "message": "x"}}}
    got = await answered(RESPONSES, RESPONSES.event(failed, "response.failed"))
    assert type(got.error) is Overloaded
    assert got.error.retryable


async def test_a_failure_has_its_document_without_the_key():
    document = {"error": {"message": f"bad {KEY}", "details": [{KEY: "x"}], "code": 7}}
    async with FaultyServer(Answer(status=400, body=json.dumps(document).encode())) as server:
        got = await ask(CHAT.model(server))
    said = {"message": f"bad {MASK}", "details": [{MASK: "x"}], "code": 7}
    assert got.error.body == {"error": said}
    async with FaultyServer(Answer(status=500, body=b"<p>busy</p>")) as server:
        got = await ask(CHAT.model(server))
    assert got.error.body == "<p>busy</p>"
    got = await answered(CHAT, *CHAT.pieces, CHAT.failure)
    assert isinstance(got.error, ProviderError)
    assert got.error.body["error"]["message"] == "try later"


async def test_a_redirect_names_the_place():
    place = "https://other.example/v1?key=\x1b[31m" + "x" * 500
    answer = Answer(status=308, headers=[("location", place.replace("\x1b", ""))])
    async with FaultyServer(answer) as server:
        got = await ask(CHAT.model(server))
    assert type(got.error) is RedirectRefused
    assert "https://other.example/v1" in str(got.error)
    assert len(str(got.error)) < 600


@pytest.mark.parametrize(
    ("key", "text", "masked"),
    [
        ("k", "Unknown request URL: /k", f"Unknown request URL: /{MASK}"),
        ("test", "nosuch.example.testing test", f"nosuch.example.testing {MASK}"),
        ("test", "test", MASK),
        ("sk-12345", "xsk-12345x", f"x{MASK}x"),
        ("", "text", "text"),
    ],
)
def test_a_short_key_is_masked_as_a_word_of_its_own(key, text, masked):
    assert Secret(key).mask(text) == masked


async def test_a_short_key_leaves_error_texts_readable():
    async with FaultyServer(HangUp()) as server:
        model = iModel("openai", "m", api_key="k", base_url=server.url(), retry=None)
        got = await ask(model)
    assert MASK not in str(got.error)


async def test_a_retry_is_one_record_of_our_logger_and_nothing_on_stderr(
    caplog, capfd, autojump_clock
):
    script = [HangUp(), Answer(status=503), Answer(body=CHAT.body)]
    async with FaultyServer(script) as server:
        exact = Retry(wait_initial=1, wait_jitter=0)
        got = await ask(CHAT.model(server, retry=exact))
    assert got.text == TEXT
    records = [record for record in caplog.records if record.name == "lionpride_trio"]
    assert [(r.provider, r.model, r.attempt, r.delay, r.error) for r in records] == [
        ("openai", "m", 1, 1.0, "ConnectionLost"),
        ("openai", "m", 2, 2.0, "Overloaded"),
    ]
    assert all(KEY not in record.getMessage() for record in records)
    assert not [record for record in caplog.records if record.name.startswith("stamina")]
    assert capfd.readouterr() == ("", "")


def test_our_logger_is_silent_where_logging_is_not_configured():
    assert any(
        isinstance(handler, logging.NullHandler)
        for handler in logging.getLogger("lionpride_trio").handlers
    )
