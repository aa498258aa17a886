"""Which providers there are, by name and endpoint."""

from __future__ import annotations

from urllib.parse import urlsplit

from .._errors import ConfigurationError
from .._hints import closest
from ._anthropic import Anthropic
from ._completed import completed
from ._deepseek import DeepSeek
from ._faults import share_failures
from ._gemini import Gemini
from ._groq import Groq
from ._local import Local
from ._ollama import Ollama
from ._openai_chat import OpenAIChat
from ._openai_compatible import OpenAICompatible
from ._openai_responses import OpenAIResponses
from ._openrouter import OpenRouter
from ._protocol import Provider

_providers: dict[str, dict[str, Provider]] = {}


def register(provider: Provider, *, replace: bool = False) -> None:
    """Make *provider* known under its ``name`` and ``endpoint``.

    The first endpoint registered under a name is its default.

    :raises ConfigurationError: it is taken, and *replace* is false; or it is no provider.
    """
    provider = completed(provider)
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


def find_by_url(url: str) -> Provider | None:
    """The provider whose API *url* is of: by the end of its path, then by its address.

    Several providers speak one API.  Where none of them lives at *url*, the first that was
    registered is meant: a server that speaks as it does.
    """
    path = urlsplit(url).path
    speakers = [
        provider
        for endpoints in _providers.values()
        for provider in endpoints.values()
        if any(path.endswith(end) for end in provider.paths)
    ]
    at_home = (each for each in speakers if each.base_url and url.startswith(each.base_url))
    return next(at_home, speakers[0] if speakers else None)


def _register_built_in(*providers: Provider) -> None:
    for provider in providers:
        register(provider)
        share_failures(provider.error_words, provider.error_statuses)


_register_built_in(
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
)
