"""A recording knows by a URL whose call it has, and by a request what was asked."""

import pytest

from lionpride_trio.providers import ModelCall, get, register
from lionpride_trio.providers._registry import _providers, find_by_url
from tests.local.conftest import WIRES
from tests.providers.test_faults import Quiet

MESSAGES = [{"role": "user", "content": "hi"}]


@pytest.mark.parametrize(
    ("url", "name", "endpoint"),
    [
        ("https://api.openai.com/v1/chat/completions", "openai", "chat"),
        ("https://api.openai.com/v1/responses", "openai", "responses"),
        ("https://api.groq.com/openai/v1/chat/completions", "groq", "chat"),
        ("https://openrouter.ai/api/v1/chat/completions", "openrouter", "chat"),
        ("http://127.0.0.1:8000/v1/chat/completions?x=1", "openai", "chat"),
        ("https://api.anthropic.com/v1/messages", "anthropic", "messages"),
        ("https://gateway.example/a/v1/messages", "anthropic", "messages"),
        ("https://g.example/v1beta/models/m:generateContent", "gemini", "generate"),
        ("https://g.example/v1/models/m:streamGenerateContent?alt=sse", "gemini", "generate"),
        ("http://127.0.0.1:11434/api/chat", "ollama", "chat"),
    ],
)
def test_a_url_tells_its_provider(url, name, endpoint):
    assert find_by_url(url) is get(name, endpoint)


def test_a_url_that_tells_nothing():
    assert find_by_url("https://api.openai.com/v1/embeddings") is None


def test_a_provider_of_ones_own_is_found(monkeypatch):
    class Talker(Quiet):
        paths = ("/quiet",)

    monkeypatch.delitem(_providers, "quiet", raising=False)
    register(Talker())
    assert find_by_url("https://quiet.example/quiet").name == "quiet"
    monkeypatch.delitem(_providers, "quiet")


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("name", "endpoint"), WIRES)
def test_what_was_asked_is_read_from_what_is_written(name, endpoint, stream):
    provider = get(name, endpoint)
    request = provider.request(ModelCall("m-1", MESSAGES, stream=stream))
    url = f"https://host.example/v1{request.path}"
    assert provider.read_request(url, request.body) == ("m-1", stream)


def test_what_a_request_says_nothing_of():
    assert get("ollama").read_request("/api/chat", {"model": "m"}) == ("m", True)
    assert get("openai").read_request("/chat/completions", {"model": 7}) == (None, False)
    assert get("openai").read_request("/chat/completions", "no JSON") == (None, False)
    assert get("gemini").read_request("/elsewhere", {}) == (None, False)


def test_only_responses_in_the_background_are_jobs():
    job = {"background": True}
    assert get("openai", "responses").starts_job(job)
    assert not get("openai", "responses").starts_job({"background": "later"})
    assert not get("openai").starts_job(job)
