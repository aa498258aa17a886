"""The server that the programs of the pages talk to."""

from __future__ import annotations

import pytest

from lionpride_trio import local

VARIABLES = {
    "openai": ("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
    "groq": ("GROQ_API_KEY", "GROQ_BASE_URL"),
    "openrouter": ("OPENROUTER_API_KEY", "OPENROUTER_BASE_URL"),
}


@pytest.fixture
async def server(monkeypatch):
    """A server that the environment points every provider to."""
    async with local.serve() as server:
        for provider, (key, url) in VARIABLES.items():
            monkeypatch.setenv(key, "any")
            monkeypatch.setenv(url, server.url(provider))
        monkeypatch.setenv("OLLAMA_HOST", server.url("ollama"))
        monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
        yield server
