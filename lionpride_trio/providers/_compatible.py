"""Services that speak OpenAI's chat completions under their own roof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ._answer_options import plain_answer
from ._openai_chat import OpenAIChat
from ._openai_chat_request import COMPATIBLE, GROQ, HINTS, OPENROUTER
from ._protocol import HTTPRequest, ModelCall


class Groq(OpenAIChat):
    """Groq: usage comes under ``x_groq`` and again at the top, on the finishing chunk."""

    name = "groq"
    base_url = "https://api.groq.com/openai/v1"
    base_url_variables = ("GROQ_BASE_URL",)
    key_variables = ("GROQ_API_KEY",)
    fields = GROQ
    answer_options = staticmethod(plain_answer)  # few of its models have the strict mode
    header_variables: Mapping[str, str] = {}


class OpenRouter(OpenAIChat):
    """OpenRouter: comments as keep-alives, errors beside a choice that finishes with ``error``.

    ``http_referer`` and ``x_title`` go into the headers that name your application; ``routing`` is
    its field ``provider``, the preferences among those that serve a model.
    """

    name = "openrouter"
    base_url = "https://openrouter.ai/api/v1"
    base_url_variables = ("OPENROUTER_BASE_URL",)
    key_variables = ("OPENROUTER_API_KEY",)
    fields = OPENROUTER | {"http_referer", "routing", "x_title"}
    extends_messages = True
    header_variables: Mapping[str, str] = {}
    hints: Mapping[str, str] = {**HINTS, "provider": "write routing={…}"}
    _HEADERS: Final = {"http_referer": "http-referer", "x_title": "x-title"}

    def request(self, call: ModelCall) -> HTTPRequest:
        """As OpenAI's, with the application's name in the headers."""
        request = super().request(call)
        body = dict(request.body)
        if "routing" in body:
            body["provider"] = body.pop("routing")
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
    fields = COMPATIBLE
    answer_options = staticmethod(plain_answer)
    extends_messages = True
    header_variables: Mapping[str, str] = {}
    key_required = False


class Local(OpenAIChat):
    """The embedded server, which is started for as long as a call or a session needs it."""

    name = "local"
    base_url = None
    base_url_variables = ()
    key_variables = ()
    fields = COMPATIBLE
    answer_options = staticmethod(plain_answer)
    header_variables: Mapping[str, str] = {}
    key_required = False
    host = "lionpride_trio.local"
    default_model = "trigram-1"
