"""Which providers there are, by name and endpoint."""

from __future__ import annotations

from .._errors import ConfigurationError
from .._hints import closest
from ._anthropic import Anthropic
from ._compatible import DeepSeek, Groq, Local, OpenAICompatible, OpenRouter
from ._gemini import Gemini
from ._ollama import Ollama
from ._openai_chat import OpenAIChat
from ._openai_responses import OpenAIResponses
from ._protocol import Provider

_providers: dict[str, dict[str, Provider]] = {}


def register(provider: Provider, *, replace: bool = False) -> None:
    """Make *provider* known under its ``name`` and ``endpoint``.

    The first endpoint registered under a name is its default.

    :raises ConfigurationError: it is taken, and *replace* is false.
    """
    endpoints = _providers.setdefault(provider.name, {})
    if provider.endpoint in endpoints and not replace:
        raise ConfigurationError(
            f"provider {provider.name!r} already has an endpoint {provider.endpoint!r}:"
            " pass replace=True to put another in its place"
        )
    endpoints[provider.endpoint] = provider


def get(name: str, endpoint: str | None = None) -> Provider:
    """The provider of that name.

    :raises ConfigurationError: there is none; says which there are.
    """
    endpoints = _providers.get(name)
    if endpoints is None:
        close = closest(name, _providers)
        hint = f"did you mean {close!r}?" if close else f"known are {', '.join(_providers)}"
        raise ConfigurationError(f"unknown provider {name!r}: {hint}")
    if endpoint is None:
        return next(iter(endpoints.values()))
    if endpoint == "chat/completions" and "chat" in endpoints:
        endpoint = "chat"
    if endpoint not in endpoints:
        raise ConfigurationError(
            f"provider {name!r} has no endpoint {endpoint!r}: known are {', '.join(endpoints)}"
        )
    return endpoints[endpoint]


def names() -> list[str]:
    """The names of all providers."""
    return list(_providers)


for _provider in (
    OpenAIChat(),
    OpenAIResponses(),
    Anthropic(),
    Gemini(),
    Groq(),
    OpenRouter(),
    Ollama(),
    DeepSeek(),
    OpenAICompatible(),
    Local(),
):
    register(_provider)
del _provider
