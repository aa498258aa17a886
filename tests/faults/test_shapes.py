"""Streams under a wrong label, error documents of many shapes, and answers that go on without text."""

import json

import pytest
import trio

from lionpride_trio import (
    AuthenticationError,
    BadRequest,
    NotAStream,
    Overloaded,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    ServerError,
    StreamTimeout,
    StreamTruncated,
    Verdict,
    iModel,
)
from lionpride_trio.providers import get
from lionpride_trio.services import Retry, Timeouts
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES

CHAT, RESPONSES, ANTHROPIC, GEMINI = WIRES[:4]
EXACT = Retry(attempts=2, wait_initial=1, wait_jitter=0)


# A wrong label


@pytest.mark.parametrize("media", ["text/html; charset=UTF-8", "application/json", "text/plain"])
@pytest.mark.parametrize("start", [b"", b"\n\n", b": wait\n\n", b"retry: 10\n\n", b"\xef\xbb\xbf"])
async def test_a_stream_is_known_by_its_first_bytes(wire, media, start):
    if wire.media != "text/event-stream" and start.strip():
        start = b"\xef\xbb\xbf" if start.startswith(b"\xef") else b"\n"
    for piece in (None, 1):
        how = {} if piece is None else {"piece": piece}
        async with FaultyServer(Answer(body=start + wire.body, media=media, **how)) as server:
            got = await ask(wire.model(server))
            assert (got.text, got.error) == (TEXT, None)
            await server.wait_idle()


async def test_a_mislabelled_stream_that_is_cut_keeps_its_text():
    async with FaultyServer(Answer(body=CHAT.unended, media="application/json")) as server:
        got = await ask(CHAT.model(server))
    assert type(got.error) is StreamTruncated
    assert got.text == got.error.partial.text == TEXT


@pytest.mark.parametrize(
    "body", [b"", b" \n ", b"database down", b"<p>data: x</p>", b'{"data": 1}']
)
async def test_what_only_looks_like_a_stream_is_none(body):
    async with FaultyServer(Answer(body=body, media="text/html")) as server:
        assert type((await ask(CHAT.model(server))).error) is NotAStream


async def test_a_mislabelled_stream_that_says_nothing_is_not_waited_for(autojump_clock):
    async with FaultyServer(Answer(body=b"\n", media="text/html", then="stall")) as server:
        began = trio.current_time()
        assert type((await ask(CHAT.model(server))).error) is StreamTimeout
        assert trio.current_time() - began <= 31


# A stream in the place of a whole answer, and a whole answer in the place of a stream


@pytest.mark.parametrize("media", ["text/event-stream", "application/json", None])
async def test_a_stream_is_a_good_whole_answer(wire, media):
    async with FaultyServer(Answer(body=wire.body, media=media, piece=7)) as server:
        model = wire.model(server)
        response = await model.complete("hi")
        assert response == (await ask(model)).response
        assert response.text == TEXT


async def test_a_stream_that_is_cut_or_fails_is_no_whole_answer(wire):
    for more, error in ((b"", StreamTruncated), (wire.failure, Overloaded)):
        async with FaultyServer(Answer(body=wire.unended + more, media=wire.media)) as server:
            with pytest.raises(error) as caught:
                await wire.model(server).complete("hi")
            assert caught.value.partial.text == TEXT
            assert caught.value.provider == wire.provider


WHOLE = {"choices": [{"index": 0, "message": {"content": TEXT}, "finish_reason": "stop"}]}


async def test_an_end_mark_after_a_whole_answer():
    body = json.dumps(WHOLE).encode() + b"\n\ndata: [DONE]\n\n"
    async with FaultyServer(Answer(body=body)) as server:
        model = CHAT.model(server)
        assert (await model.complete("hi")).text == TEXT
        got = await ask(model)
        assert type(got.error) is NotAStream
        assert TEXT in str(got.error)


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": 3}])
async def test_a_whole_answer_that_says_nothing(usage):
    body = json.dumps({"id": "x", "choices": [], "usage": usage}).encode()
    async with FaultyServer(Answer(body=body, media="application/json")) as server:
        with pytest.raises(StreamTruncated):
            await CHAT.model(server).complete("hi")


# Error documents

DOCUMENTS = [
    ({"error": {"message": "x", "code": "429"}}, RateLimited),
    ({"error": {"message": "x", "code": 429}}, RateLimited),
    ({"error": {"message": "x", "status": "503"}}, Overloaded),
    ({"error": {"message": "x", "code": "400", "type": "server_error"}}, BadRequest),
    ({"error": {"message": "x", "type": "RateLimitError"}}, RateLimited),
    ({"error": {"error": {"message": "x", "code": "insufficient_quota"}}}, QuotaExhausted),
    ({"error": [{"message": "x", "code": 503}]}, Overloaded),
    ({"error": "invalid_api_key", "message": "x"}, AuthenticationError),
    ({"code": 429, "error": {"message": "x"}}, RateLimited),
    ({"status": "503", "error": {"message": "x", "type": "x"}}, Overloaded),
    ({"status_code": 500, "error": {"message": "x", "code": 429}}, RateLimited),
    ({"status": "failed", "error": {"message": "x", "code": "server_error"}}, ServerError),
    ({"error": {"message": "x", "type": "429"}}, RateLimited),
    ({"error": 503, "message": "x"}, Overloaded),
    ({"status": "error", "message": "x"}, ProviderError),
    ({"error": {"code": "server_overloaded", "message": "x"}}, Overloaded),
    ({"error": {"type": "engine_overloaded_error", "message": "x"}}, Overloaded),
    ({"error": "x"}, ProviderError),
    ({"object": "error", "message": "x", "type": "BadRequestError", "code": 400}, BadRequest),
    ({"code": "InvalidParameter", "message": "x", "request_id": "r"}, ProviderError),
    ({"code": "InvalidApiKey", "message": "x", "request_id": "r"}, AuthenticationError),
    ({"code": "Throttling.RateQuota", "message": "x", "request_id": "r"}, RateLimited),
    ({"code": 500, "msg": "x", "success": False}, ServerError),
    ({"success": False, "errors": [{"code": 7003, "message": "x"}], "result": None}, ProviderError),
    ({"errors": [{"code": 429, "message": "x"}], "messages": []}, RateLimited),
    ({"base_resp": {"status_code": 1004, "status_msg": "x"}, "choices": None}, ProviderError),
    ({"detail": "x"}, ProviderError),
    ({"message": "x"}, ProviderError),
    ([{"error": {"message": "x", "code": 503}}], Overloaded),
]


@pytest.mark.parametrize(
    ("document", "error"), DOCUMENTS, ids=lambda value: json.dumps(value, default=str)
)
@pytest.mark.parametrize("media", ["application/json", "text/event-stream", None])
async def test_an_error_document_with_status_200(wire, document, error, media):
    body = json.dumps(document).encode()
    async with FaultyServer(Answer(body=body, media=media)) as server:
        got = await ask(wire.model(server))
        assert type(got.error) is error
        assert "x" in str(got.error)


@pytest.mark.parametrize(
    ("document", "error"), DOCUMENTS, ids=lambda value: json.dumps(value, default=str)
)
@pytest.mark.parametrize("name", [None, "error"])
async def test_an_error_document_after_text(wire, document, error, name):
    body = wire.unended + wire.event(json.dumps(document).encode(), name)
    async with FaultyServer(Answer(body=body, media=wire.media)) as server:
        got = await ask(wire.model(server))
        assert type(got.error) is error
        assert got.text == TEXT


@pytest.mark.parametrize(
    ("document", "error"), DOCUMENTS, ids=lambda value: json.dumps(value, default=str)
)
async def test_an_error_document_in_the_place_of_a_whole_answer(document, error):
    body = json.dumps(document).encode()
    async with FaultyServer(Answer(body=body, media="application/json")) as server:
        model = iModel("openai", "m", api_key="k", base_url=server.url("openai"), retry=None)
        with pytest.raises(ProviderError) as caught:
            await model.complete("hi")
    assert caught.type is error


@pytest.mark.parametrize("said", [b"upstream timed out", b'"upstream timed out"', b"<b>busy</b>"])
async def test_an_error_event_in_plain_text(wire, said):
    if wire.media != "text/event-stream":
        return  # lines have no names
    body = wire.unended + b"event: error\ndata: " + said + b"\n\n"
    async with FaultyServer(Answer(body=body, media=wire.media)) as server:
        got = await ask(wire.model(server))
        assert type(got.error) is ProviderError
        assert said.strip(b'"').decode() in str(got.error)
        assert got.text == TEXT


@pytest.mark.parametrize("code", [400, "400"])
async def test_a_bad_request_is_not_repeated(code, autojump_clock):
    document = {"error": {"message": "x", "code": code, "type": "overloaded_error"}}
    event = CHAT.event(document, "error")
    answers = [
        Answer(status=400, body=json.dumps(document).encode()),
        Answer(body=event, media=CHAT.media),
    ]
    for answer in answers:
        async with FaultyServer([answer, Answer(body=CHAT.body)]) as server:
            got = await ask(CHAT.model(server, retry=EXACT))
            assert type(got.error) is BadRequest
            assert len(server.requests) == 1


def test_a_failed_tool_is_no_failure_of_the_answer():
    from lionpride_trio.providers._parsing import tells_of_failure

    failed = {"type": "response.mcp_call.failed", "output_index": 1, "error": "no"}
    assert not tells_of_failure(failed)
    assert not tells_of_failure({"code": "0", "message": "success", "data": {}})
    assert not tells_of_failure({"message": {"content": "a"}, "done": False})


# The end, and the clocks


def gemini(*parts, reason=None):
    candidate = {"index": 0, "content": {"parts": list(parts)}}
    return GEMINI.event({
        "candidates": [{**candidate, **({"finishReason": reason} if reason else {})}]
    })


@pytest.mark.parametrize(
    "part", [{"text": "more"}, {"executableCode": {"code": "1"}}, {"functionCall": {"name": "f"}}]
)
async def test_gemini_goes_on_after_stop(part):
    body = gemini({"text": "a"}, reason="STOP") + gemini(part)
    for end, error in ((b"", StreamTruncated), (gemini(reason="STOP"), None)):
        async with FaultyServer(Answer(body=body + end, media=GEMINI.media)) as server:
            got = await ask(GEMINI.model(server))
        assert type(got.error) is (error or type(None))
        if error:
            assert got.error.partial.verdict is Verdict.UNKNOWN


async def test_gemini_may_think_for_long_after_stop(autojump_clock):
    pieces = [gemini({"text": "a"}, reason="STOP"), gemini({"text": "b"}, reason="STOP")]
    async with FaultyServer(Answer(body=pieces, media=GEMINI.media, pause=20)) as server:
        got = await ask(GEMINI.model(server))
    assert (got.text, got.error) == ("ab", None)
    async with FaultyServer(Answer(body=GEMINI.body, media=GEMINI.media, then="stall")) as server:
        got = await ask(GEMINI.model(server))
    assert type(got.error) is StreamTimeout
    assert got.error.partial.text == TEXT


async def test_a_reason_on_each_chunk_is_no_end_in_silence(autojump_clock):
    pieces = [
        CHAT.event({"choices": [{"index": 0, "delta": {"content": c}, "finish_reason": "stop"}]})
        for c in "abc"
    ]
    pauses = [pieces[0] + pieces[1], pieces[2], b"data: [DONE]\n\n"]
    async with FaultyServer(Answer(body=pauses, media=CHAT.media, pause=20)) as server:
        got = await ask(CHAT.model(server))
    assert (got.text, got.error) == ("abc", None)


def chat(**delta):
    return CHAT.event({
        "object": "chat.completion.chunk",
        "choices": [{"index": 0, "delta": delta}],
    })


MEDIA = [
    (CHAT, chat(audio={"id": "a", "data": "UklG"})),
    (CHAT, chat(content="", images=[{"image_url": {"url": "data:,x"}}])),
]
"""These are pieces of the answer: a call that gave one is never repeated."""
PROGRESS = [
    (ANTHROPIC, ANTHROPIC.event({"type": "new_event", "data": "x"}, "new_event")),
    (
        ANTHROPIC,
        ANTHROPIC.event(
            {
                "type": "content_block_delta",
                "index": 7,
                "delta": {"type": "input_json_delta", "partial_json": "x"},
            },
            "content_block_delta",
        ),
    ),
    (RESPONSES, RESPONSES.event({"type": "response.web_search_call.searching", "item_id": "w"})),
    (GEMINI, gemini({"executableCode": {"code": "1"}})),
]
IDLE = [
    (CHAT, chat(role="assistant", content="")),
    (CHAT, CHAT.event({"choices": []})),
    (ANTHROPIC, ANTHROPIC.event({"type": "ping"}, "ping")),
    (RESPONSES, RESPONSES.event({"type": "keepalive", "sequence_number": 3})),
    (GEMINI, gemini()),
]


@pytest.mark.parametrize(
    ("wire", "event"), MEDIA + PROGRESS + IDLE, ids=lambda value: str(value)[:60]
)
async def test_progress_feeds_the_content_clock_and_forbids_no_retry(wire, event, autojump_clock):
    timeouts = Timeouts(first_content=15, content_idle=15)
    slow = Answer(body=[event] * 6 + [wire.body], media=wire.media, pause=5)
    async with FaultyServer(slow) as server:
        got = await ask(wire.model(server, timeouts=timeouts))
    is_media = (wire, event) in MEDIA
    if is_media or (wire, event) in PROGRESS:
        assert (got.text, got.error) == (TEXT, None)
    else:
        assert type(got.error) is StreamTimeout
    cut = Answer(body=event, media=wire.media)
    async with FaultyServer([cut, Answer(body=wire.body, media=wire.media)]) as server:
        got = await ask(wire.model(server, retry=EXACT))
        if is_media:
            assert type(got.error) is StreamTruncated
        else:
            assert (got.text, got.error) == (TEXT, None)
        assert len(server.requests) == (1 if is_media else 2)


def test_each_provider_says_whether_silence_may_end_its_answers():
    silent = {wire.provider: get(wire.provider).seconds_after_finish for wire in WIRES}
    assert [name for name, seconds in silent.items() if seconds is None] == ["gemini"]
