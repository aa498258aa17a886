"""A server for each test, and models that ask it."""

import pytest

from lionpride_trio import iModel, local

# The server plays these, (provider, endpoint): the wires, and the dialects of chat completions.
WIRES = [
    ("openai", "chat"),
    ("openai", "responses"),
    ("anthropic", "messages"),
    ("gemini", "generate"),
    ("groq", "chat"),
    ("openrouter", "chat"),
    ("ollama", "chat"),
    ("openai_compatible", "chat"),
    ("local", "chat"),
]


@pytest.fixture
async def server():
    async with local.serve() as server:
        yield server


@pytest.fixture(params=WIRES, ids="-".join)
def ask(request, server):
    """`ask("name-of-model", **options)` is a model on one of the wires."""
    provider, endpoint = request.param

    def make(model="trigram-1", **options):
        return iModel(
            provider,
            model,
            endpoint,
            api_key="any",
            base_url=server.url(provider),
            retry=None,  # an error that was asked for comes again
            **options,
        )

    make.provider, make.endpoint = provider, endpoint
    return make
