"""Errors, each in its provider's own words."""

import json

import httpx
import pytest

from lionpride_trio import (
    AuthenticationError,
    BadRequest,
    ConnectionLost,
    LionprideError,
    NotFound,
    Overloaded,
    PermissionDenied,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    RequestTooLarge,
    ServerError,
    StreamTimeout,
    StreamTruncated,
    Timeouts,
    Verdict,
)

HEADERS = {
    "authorization": "Bearer any",
    "x-api-key": "any",
    "x-goog-api-key": "any",
    "anthropic-version": "2026-10-21",
}
CHAT = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
# Provider: path below its base URL, a good request, and where the error's message is found.
PLACES = {
    "openai": ("/chat/completions", CHAT),
    "anthropic": ("/v1/messages", {**CHAT, "max_tokens": 9}),
    "gemini": ("/v1beta/models/m:generateContent", {"contents": [{"parts": [{"text": "hi"}]}]}),
    "groq": ("/chat/completions", CHAT),
    "openrouter": ("/chat/completions", CHAT),
    "ollama": ("/api/chat", CHAT),
    "local": ("/chat/completions", CHAT),
}


def message_of(document, provider):
    """The message of an error document, whose shape is checked on the way."""
    match provider:
        case "ollama":
            return document["error"]
        case "anthropic":
            assert document["type"] == "error"
            assert document["request_id"].startswith("req_")
            assert document["error"]["type"].endswith(("_error", "_too_large"))
        case "gemini":
            assert document["error"]["status"].isupper()
        case "openrouter":
            assert 400 <= document["error"]["code"] < 600
        case _:
            assert document["error"]["type"]
    return document["error"]["message"]


async def post(url, *, headers=HEADERS, **options):
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(url, headers=headers, **options)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("status", "error_class"),
    [
        (400, BadRequest),
        (401, AuthenticationError),
        (402, QuotaExhausted),
        (403, PermissionDenied),
        (404, NotFound),
        (413, RequestTooLarge),
        (429, RateLimited),
        (500, ServerError),
        (503, Overloaded),
        (529, Overloaded),
    ],
)
async def test_a_status_on_request_is_the_typed_error(ask, status, error_class, stream):
    model = ask(f"m-error-{status}", stream=stream)
    with pytest.raises(error_class) as caught:
        if stream:
            async with model.stream("hi"):
                pytest.fail("the reply opened")
        await model.complete("hi")
    assert caught.value.status == status
    assert "asked for" in str(caught.value)
    if status == 429:
        assert caught.value.retry_after == 1


@pytest.mark.parametrize("provider", PLACES)
async def test_a_missing_key_is_401_where_one_is_needed(server, provider):
    path, body = PLACES[provider]
    headers = {"anthropic-version": "2023-06-01"}
    response = await post(server.url(provider) + path, json=body, headers=headers)
    if provider in {"ollama", "local"}:
        assert response.status_code == 200
    else:
        assert response.status_code == 401
        assert "key" in message_of(response.json(), provider)


@pytest.mark.parametrize("header", [{"x-api-key": "k"}, {"authorization": "Bearer k"}])
@pytest.mark.parametrize("version", ["2023-06-01", "2026-10-21"])
async def test_anthropic_takes_both_headers_and_both_versions(server, header, version):
    path, body = PLACES["anthropic"]
    headers = {**header, "anthropic-version": version}
    response = await post(server.url("anthropic") + path, json=body, headers=headers)
    assert response.status_code == 200


@pytest.mark.parametrize("version", ["v1", "v1beta"])
async def test_gemini_takes_both_paths(server, version):
    _, body = PLACES["gemini"]
    url = f"{server.url('gemini')}/{version}/models/m:generateContent"
    assert (await post(url, json=body)).status_code == 200


@pytest.mark.parametrize("provider", PLACES)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"model": NaN}',
        b"{}",
        b'{"model": "m", "messages": [3]}',
    ],
    ids=["empty", "cut", "list", "no utf-8", "deep", "no number", "without all", "wrong types"],
)
async def test_a_malformed_request_is_400(server, provider, content):
    path, _ = PLACES[provider]
    response = await post(server.url(provider) + path, content=content)
    assert response.status_code == 400
    assert message_of(response.json(), provider)


@pytest.mark.parametrize(
    ("provider", "change", "words"),
    [
        ("openai", {"n": 2}, "n:"),
        ("openai", {"max_tokens": 0}, "max_tokens"),
        ("openai", {"stream": "yes"}, "stream"),
        ("openai", {"messages": [{"role": "robot", "content": "x"}]}, "'robot'"),
        ("openai", {"tool_choice": "required"}, "'tools' are specified"),
        ("openai", {"model": ""}, "model"),
        ("anthropic", {"max_tokens": None}, "max_tokens: Field required"),
        ("anthropic", {"messages": [{"role": "system", "content": "x"}]}, "role"),
        ("gemini", {"generationConfig": {"candidateCount": 2}}, "candidate"),
        ("gemini", {"contents": []}, "contents"),
        ("ollama", {"messages": [{"role": "robot"}]}, "role"),
    ],
)
async def test_what_a_provider_insists_on_is_checked(server, provider, change, words):
    path, body = PLACES[provider]
    response = await post(server.url(provider) + path, json={**body, **change})
    assert response.status_code == 400
    assert words in message_of(response.json(), provider)


@pytest.mark.parametrize("provider", PLACES)
async def test_an_unknown_path_is_404_in_the_providers_form(server, provider):
    path = {"anthropic": "/v1/messages/batches", "gemini": "/v1beta/files", "ollama": "/api/tags"}
    headers = {"authorization": "Bearer any"}
    url = server.url(provider) + path.get(provider, "/embeddings")
    response = await post(url, json={}, headers=headers)
    assert response.status_code == 404
    assert "Unknown request URL" in message_of(response.json(), provider)


async def test_another_method_is_404_too(server):
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(server.url("openai") + "/chat/completions")
    assert response.status_code == 404


async def test_a_blocked_prompt(ask):
    model = ask("m-blocked")
    if ask.provider != "gemini":
        with pytest.raises(BadRequest, match="refused by the filter"):
            await model.complete("hi")
        return
    response = await model.complete("hi")
    assert (response.verdict, response.finish_reason) == (Verdict.BLOCKED, "SAFETY")
    async with model.stream("hi") as reply:
        async for _ in reply:
            pass
    assert reply.response == response


async def read_on(model):
    """Read a stream to its bad end: the chunks' text, and the error."""
    text = []
    with pytest.raises(LionprideError) as caught:
        async with model.stream("hi") as reply:
            async for chunk in reply:
                text.append(chunk.data)
    return "".join(text), caught.value


async def test_a_cut_body_is_never_whole(ask):
    whole = (await ask("m").complete("hi")).text
    text, error = await read_on(ask("m-cut"))
    assert type(error) is StreamTruncated
    assert error.partial.text == text
    assert error.partial.verdict is Verdict.UNKNOWN
    assert 0 < len(text) < len(whole)
    assert whole.startswith(text)


async def test_a_dropped_connection_keeps_what_came(ask):
    text, error = await read_on(ask("m-drop"))
    assert type(error) is ConnectionLost
    assert error.partial.text == text != ""


async def test_an_error_in_the_stream_comes_after_the_text(ask):
    text, error = await read_on(ask("m-midstream-error"))
    assert isinstance(error, ProviderError)
    assert error.status is None
    assert error.partial.text == text != ""
    if ask.provider == "anthropic":
        assert type(error) is Overloaded


async def test_silence_is_a_timeout_that_names_its_clock(ask):
    text, error = await read_on(ask("m-stall", timeouts=Timeouts(content_idle=0.05)))
    assert isinstance(error, StreamTimeout)
    assert error.clock == "content_idle"
    assert error.partial.text == text


@pytest.mark.parametrize("fault", ["cut", "drop", "midstream-error"])
async def test_a_whole_answer_that_fails_is_a_typed_error(ask, fault):
    with pytest.raises(LionprideError):
        await ask(f"m-{fault}").complete("hi")


async def test_no_key_is_shown_by_a_record(server):
    path, body = PLACES["openai"]
    headers = {"authorization": "Bearer very-secret"}
    await post(server.url("openai") + path, json=body, headers=headers)
    assert "very-secret" not in repr(server.requests)
    assert json.loads(server.requests[0].body) == server.requests[0].json() == body
