"""The recipes for services without a provider name: what each is sent, and what is read back."""

import json

import pytest

from lionpride_trio import AuthenticationError, Verdict
from lionpride_trio.testing import Answer, FaultyServer
from tests.docs.markdown import load

RECIPES = load("other_services")
# Azure sends objects of its own before, between and after the pieces that all services of this API send.
AZURE = b"""\
data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}

data: {"choices":[{"content_filter_results":{},"delta":{"content":"","role":"assistant"},"finish_reason":null,"index":0}],"id":"chatcmpl-1","model":"gpt-4o","object":"chat.completion.chunk"}

data: {"choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"delta":{"content":"Salt."},"finish_reason":null,"index":0}],"id":"chatcmpl-1","model":"gpt-4o","object":"chat.completion.chunk"}

data: {"choices":[{"content_filter_offsets":{"check_offset":0,"start_offset":0,"end_offset":5},"content_filter_results":{},"delta":null,"finish_reason":null,"index":0}],"id":"","model":"","object":""}

data: {"choices":[{"content_filter_results":{},"delta":{},"finish_reason":"stop","index":0}],"id":"chatcmpl-1","model":"gpt-4o","object":"chat.completion.chunk"}

data: [DONE]

"""


@pytest.fixture
async def server(monkeypatch):
    async with FaultyServer([Answer(body=AZURE)]) as server:
        origin = server.url("").rstrip("/")
        for name in ("AZURE_OPENAI_ENDPOINT", "BEDROCK_ENDPOINT", "VERTEX_ENDPOINT"):
            monkeypatch.setenv(name, origin)
        for name in ("AZURE_OPENAI_API_KEY", "AWS_BEARER_TOKEN_BEDROCK"):
            monkeypatch.setenv(name, "a-key-of-theirs")
        monkeypatch.setenv("VLLM_BASE_URL", f"{origin}/v1")
        for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
            monkeypatch.delenv(name, raising=False)
        yield server


async def token():
    return "a-token"


@pytest.mark.parametrize(
    ("make", "target", "key"),
    [
        ("azure", "/openai/v1/chat/completions", "Bearer a-key-of-theirs"),
        (
            "azure_by_version",
            "/openai/deployments/m/chat/completions?api-version=2024-10-21",
            None,
        ),
        ("bedrock", "/openai/v1/chat/completions", "Bearer a-key-of-theirs"),
        (
            "vertex",
            "/v1/projects/p/locations/l/endpoints/openapi/chat/completions",
            "Bearer a-token",
        ),
        ("vllm", "/v1/chat/completions", None),
    ],
)
async def test_each_recipe_asks_its_service_and_reads_the_answer(server, make, target, key):
    more = ("p", "l", token) if make == "vertex" else ()
    async with RECIPES[make]("m", *more).stream("Why is the sea salt?") as reply:
        async for _ in reply:
            pass
    asked = server.requests[0]
    assert asked.target == target
    assert asked.headers.get("authorization") == key
    assert asked.headers.get("api-key") == (
        None if make != "azure_by_version" else "a-key-of-theirs"
    )
    assert json.loads(asked.body)["model"] == "m"
    assert reply.response.text == "Salt."
    assert reply.response.verdict is Verdict.COMPLETE


async def test_a_key_in_a_header_of_ones_own_stays_out_of_errors(monkeypatch):
    refused = b'{"error": {"code": "401", "message": "the key a-key-of-theirs is wrong"}}'
    async with FaultyServer([Answer(status=401, body=refused)]) as server:
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", server.url("").rstrip("/"))
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", "a-key-of-theirs")
        model = RECIPES["azure_by_version"]("m")
        with pytest.raises(AuthenticationError) as caught:
            await model.complete("Why is the sea salt?")
    assert "a-key" not in f"{caught.value} {caught.value.body}"
