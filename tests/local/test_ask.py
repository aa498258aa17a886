"""Even the server that is not strict needs some fields, and refuses a request without them."""

from __future__ import annotations

import httpx
import pytest

from lionpride_trio import local

KEYS = dict.fromkeys(("x-api-key", "x-goog-api-key"), "any") | {"authorization": "Bearer any"}
SAID = [{"role": "user", "content": "hi"}]
TOOLS = [{"type": "function", "function": {"name": "f"}}]
NAMED = {"type": "function", "function": {"name": "g"}}
CHAT = {"model": "m", "messages": SAID}
VERSION = {"anthropic-version": "2023-06-01"}


@pytest.fixture
async def lenient():
    async with local.serve(strict=False) as server:
        yield server


async def post(server, provider, path, body, **headers):
    async with httpx.AsyncClient(trust_env=False, headers=KEYS) as client:
        return await client.post(server.url(provider) + path, json=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"messages": SAID}, "you must provide a model"),
        ({"model": "m"}, "messages: an array of at least one item"),
        ({"model": "m", "messages": []}, "messages: an array of at least one item"),
        ({"model": "m", "messages": [3]}, "messages: each item must be an object"),
        ({**CHAT, "max_tokens": 0}, "max_tokens: a whole number of at least 1"),
        ({**CHAT, "stream": "yes"}, "stream: true or false"),
        ({**CHAT, "tool_choice": "required"}, "no tool is given"),
        ({**CHAT, "tools": TOOLS, "tool_choice": NAMED}, "no tool named g is given"),
    ],
)
async def test_what_no_answer_can_be_made_of_is_refused(lenient, body, words):
    response = await post(lenient, "openai", "/chat/completions", body)
    assert response.status_code == 400
    assert words in response.json()["error"]["message"]


@pytest.mark.parametrize("choice", [{"type": "web_search"}, "auto", "none"])
async def test_a_choice_that_demands_none_of_the_tools_is_answered(lenient, choice):
    body = {**CHAT, "tools": TOOLS, "tool_choice": choice}
    response = await post(lenient, "openai", "/chat/completions", body)
    assert response.status_code == 200
    assert response.json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("provider", "path", "body", "headers", "words"),
    [
        ("anthropic", "/v1/messages", {**CHAT, "max_tokens": 9}, {}, "anthropic-version"),
        ("anthropic", "/v1/messages", CHAT, VERSION, "max_tokens: Field required"),
        (
            "anthropic",
            "/v1/messages",
            {"model": "m", "max_tokens": 9, "messages": [{"role": "tool", "content": "x"}]},
            VERSION,
            "messages.0.role",
        ),
        ("ollama", "/api/chat", {"model": "m", "messages": [{"role": "x"}]}, {}, "invalid role"),
        (
            "gemini",
            "/v1beta/models/m:streamGenerateContent",
            {"contents": [{"parts": [{"text": "q"}]}]},
            {},
            "alt=sse",
        ),
    ],
)
async def test_so_is_what_a_provider_cannot_do_without(
    lenient, provider, path, body, headers, words
):
    response = await post(lenient, provider, path, body, **headers)
    assert response.status_code == 400
    assert words in response.text
