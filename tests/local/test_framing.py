"""Bytes alone show the habits that each provider has and its clients must not trip over."""

import json

import httpx
import pytest

KEYS = {"authorization": "Bearer any", "x-api-key": "any", "anthropic-version": "2023-06-01"}
CHAT = {"messages": [{"role": "user", "content": "hi"}], "stream": True}


async def post(server, provider, path, body):
    async with httpx.AsyncClient(trust_env=False, headers=KEYS) as client:
        return await client.post(server.url(provider) + path, json=body)


async def chat(server, provider, model="m", **options):
    body = {"model": model, **CHAT, **options}
    return await post(server, provider, "/chat/completions", body)


def data(response):
    """The decoded data of each event, end mark apart."""
    lines = [line[6:] for line in response.text.split("\n") if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


async def test_openai_ends_with_its_mark_and_reports_usage_only_when_asked(server):
    response = await chat(server, "openai")
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["x-request-id"].startswith("req_")
    assert response.text.endswith("data: [DONE]\n\n")
    assert "event:" not in response.text
    assert all("usage" not in event for event in data(response))
    told = data(await chat(server, "openai", stream_options={"include_usage": True}))
    assert told[-1]["choices"] == []
    assert told[-1]["usage"]["total_tokens"] > 0
    assert {event["usage"] for event in told[:-1]} == {None}


async def test_openai_pads_its_events_unless_told_not_to(server):
    assert all(event["obfuscation"] for event in data(await chat(server, "openai")))
    plain = await chat(server, "openai", stream_options={"include_obfuscation": False})
    assert all("obfuscation" not in event for event in data(plain))


async def test_responses_name_their_events_and_number_them(server):
    response = await post(
        server, "openai", "/responses", {"model": "m", "input": "hi", "stream": True}
    )
    names = [line[7:] for line in response.text.split("\n") if line.startswith("event: ")]
    events = data(response)
    assert names == [event["type"] for event in events]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert (names[0], names[-1]) == ("response.created", "response.completed")
    assert "[DONE]" not in response.text


async def test_groq_reports_its_usage_twice_with_the_finish(server):
    events = data(await chat(server, "groq"))
    assert set(events[0]["x_groq"]) == {"id", "seed"}
    last = events[-1]
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["x_groq"]["usage"] == last["usage"]


async def test_groqs_error_is_an_event_of_that_name(server):
    response = await chat(server, "groq", "m-midstream-error")
    assert "event: error\ndata: " in response.text
    assert data(response)[-1]["error"]["status_code"] == 500


async def test_groq_shows_reasoning_as_asked(server):
    raw = data(await chat(server, "groq", "m", reasoning_format="raw"))
    assert "".join(e["choices"][0]["delta"].get("content", "") for e in raw).startswith("<think>")
    parsed = data(await chat(server, "groq", "m", reasoning_format="parsed"))
    assert any("reasoning" in event["choices"][0]["delta"] for event in parsed)


async def test_openrouter_begins_with_comments_and_fails_beside_a_choice(server):
    response = await chat(server, "openrouter")
    assert response.text.startswith(": OPENROUTER PROCESSING\n\n")
    assert {event["provider"] for event in data(response)} == {"Local"}
    assert response.headers["x-generation-id"].startswith("gen-")
    failed = data(await chat(server, "openrouter", "m-midstream-error"))[-1]
    assert failed["error"]["code"] == 502
    assert failed["choices"][0]["finish_reason"] == "error"


async def test_anthropic_pings_after_its_first_block_began(server):
    body = {"model": "m-reasoning", "max_tokens": 999, **CHAT}
    response = await post(server, "anthropic", "/v1/messages", body)
    kinds = [event["type"] for event in data(response)]
    assert kinds[:4] == ["message_start", "content_block_start", "ping", "content_block_delta"]
    assert kinds[-2:] == ["message_delta", "message_stop"]
    assert response.headers["request-id"].startswith("req_")


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_gemini_frames_with_crlf_and_has_no_end_mark(server, version):
    path = f"/{version}/models/m:streamGenerateContent?alt=sse"
    body = {"contents": [{"parts": [{"text": "hi"}]}]}
    response = await post(server, "gemini", path, body)
    events = response.content.split(b"\r\n\r\n")
    assert events.pop() == b""
    assert all(event.startswith(b"data: {") and b"\n" not in event for event in events)
    assert b"finishReason" in events[-1]


async def test_geminis_error_breaks_into_the_stream_as_a_document(server):
    path = "/v1beta/models/m-midstream-error:streamGenerateContent?alt=sse"
    body = {"contents": [{"parts": [{"text": "hi"}]}]}
    response = await post(server, "gemini", path, body)
    document = response.text.rsplit("\r\n\r\n", 1)[1]
    assert json.loads(document)["error"]["status"] == "UNAVAILABLE"
    assert "\n" in document.strip()


async def test_ollama_streams_lines_unless_told_not_to(server):
    body = {"model": "m", "messages": CHAT["messages"]}
    response = await post(server, "ollama", "/api/chat", body)
    assert response.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    assert lines[-1]["done_reason"] == "stop"
    whole = (await post(server, "ollama", "/api/chat", {**body, "stream": False})).json()
    assert whole["message"]["content"] == "".join(line["message"]["content"] for line in lines)


async def test_text_is_sent_as_utf8_and_not_in_escapes(server):
    # The bundled text has dashes and quotes of its own.
    response = await chat(server, "openai", "m-pieces-3000")
    assert "—".encode() in response.content
    assert b"\\u" not in response.content
