"""Requests as bare JSON, and what the server says to them."""

from __future__ import annotations

import httpx

KEYS = {
    "authorization": "Bearer any",
    "x-api-key": "any",
    "x-goog-api-key": "any",
    "anthropic-version": "2023-06-01",
}
PATHS = {
    "openai": "/chat/completions",
    "responses": "/responses",
    "groq": "/chat/completions",
    "openrouter": "/chat/completions",
    "openai_compatible": "/chat/completions",
    "local": "/chat/completions",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/{model}:generateContent",
    "ollama": "/api/chat",
}
HELLO = [{"role": "user", "content": "Say hello in json."}]
SMALLEST = {
    "anthropic": {"model": "m", "max_tokens": 100, "messages": HELLO},
    "gemini": {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]},
    "ollama": {"model": "m", "stream": False, "messages": HELLO},
    "responses": {"model": "m", "input": "Say hello in json."},
}
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


def smallest(wire):
    """The smallest request of a wire that is answered."""
    return dict(SMALLEST.get(wire, {"model": "m", "messages": HELLO}))


async def ask(server, wire, *, model="m", headers=None, **fields):
    """Send the smallest request of *wire*, changed by *fields*; give the status and the document."""
    body = {name: value for name, value in (smallest(wire) | fields).items() if value is not ...}
    if "model" in body and model != "m":
        body["model"] = model
    url = server.url("openai" if wire == "responses" else wire) + PATHS[wire].format(model=model)
    async with httpx.AsyncClient(trust_env=False, headers=KEYS | (headers or {})) as client:
        response = await client.post(url, json=body)
    return response.status_code, response.json()


async def answered(server, wire, **fields):
    """The answer to a request that must not be refused."""
    status, document = await ask(server, wire, **fields)
    assert status == 200, document
    return document


async def refused(server, wire, **fields):
    """The error of a request that must be, and of none with a lenient server."""
    status, document = await ask(server, wire, **fields)
    assert status in {400, 404}, document
    return document["error"]


def sentence(error):
    """The sentence of an error document."""
    return error if isinstance(error, str) else error["message"]
