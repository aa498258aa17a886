"""Services that speak OpenAI's chat completions under their own roof."""

from __future__ import annotations

from typing import Final

from ._openai_chat import OPTIONS, OpenAIChat
from ._protocol import HTTPRequest, ModelCall


class Groq(OpenAIChat):
    """Groq: usage comes under ``x_groq`` and again at the top, on the finishing chunk."""

    name = "groq"
    base_url = "https://api.groq.com/openai/v1"
    base_url_variables = ("GROQ_BASE_URL",)
    key_variables = ("GROQ_API_KEY",)
    options = OPTIONS | {"reasoning_format", "include_reasoning", "citation_options"}


class OpenRouter(OpenAIChat):
    """OpenRouter: comments as keep-alives, errors beside a choice that finishes with ``error``.

    ``http_referer`` and ``x_title`` go into the headers that name your application.
    """

    name = "openrouter"
    base_url = "https://openrouter.ai/api/v1"
    base_url_variables = ("OPENROUTER_BASE_URL",)
    key_variables = ("OPENROUTER_API_KEY",)
    options = OPTIONS | {
        "http_referer",
        "models",
        "plugins",
        "provider",
        "reasoning",
        "route",
        "transforms",
        "x_title",
    }
    _HEADERS: Final = {"http_referer": "http-referer", "x_title": "x-title"}

    def request(self, call: ModelCall) -> HTTPRequest:
        """As OpenAI's, with the application's name in the headers."""
        request = super().request(call)
        body = dict(request.body)
        headers = {
            header: str(body.pop(option))
            for option, header in self._HEADERS.items()
            if option in body
        }
        return HTTPRequest(request.path, body, headers)


class OpenAICompatible(OpenAIChat):
    """Any server that speaks chat completions: vLLM, Mistral, DeepSeek, llama.cpp."""

    name = "openai_compatible"
    base_url = None
    base_url_variables = ()
    key_variables = ()
    key_required = False


class Local(OpenAIChat):
    """The embedded server, which is started for as long as a call or a session needs it."""

    name = "local"
    base_url = None
    base_url_variables = ()
    key_variables = ()
    key_required = False
    host = "lionpride_trio.local"
