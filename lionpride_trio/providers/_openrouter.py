"""OpenRouter: OpenAI's chat completions with fields of its own.

Facts: openrouter.ai/docs.  Comments are its keep-alives; an error stands beside a choice that finishes
with ``error``.
"""

from __future__ import annotations

from typing import Final

from ._openai_chat import OpenAIChat
from ._openai_chat._media import MediaRule
from ._openai_chat._request import HINTS, OPENAI
from ._protocol import HTTPRequest, ModelCall

FIELDS: Final = OPENAI | {
    "cache_control",
    "debug",
    "image_config",
    "include_reasoning",
    "min_p",
    "models",
    "plugins",
    "preset",
    "reasoning",
    "repetition_penalty",
    "route",
    "session_id",
    "structured_outputs",
    "top_a",
    "top_k",
    "trace",
    "transforms",
    "usage",
}
_HEADERS: Final = {"http_referer": "http-referer", "x_title": "x-title"}
"""Options that are headers."""


class OpenRouter(OpenAIChat):
    """``POST https://openrouter.ai/api/v1/chat/completions``.

    ``http_referer`` and ``x_title`` go into the headers that name your application; ``routing`` is
    its field ``provider``, the preferences among those that serve a model.
    """

    name = "openrouter"
    base_url = "https://openrouter.ai/api/v1"
    base_url_variables = ("OPENROUTER_BASE_URL",)
    key_variables = ("OPENROUTER_API_KEY",)
    header_variables = {}
    fields = FIELDS | {*_HEADERS, "routing"}
    extends_messages = True
    reasoning_goes_back = "details"
    media_go_back = MediaRule(images="any")
    hints = {**HINTS, "provider": "write routing={…}"}
    request_id_headers = (*OpenAIChat.request_id_headers, "x-generation-id")

    def request(self, call: ModelCall) -> HTTPRequest:
        """The same as OpenAI's, with the application's name in the headers."""
        request = super().request(call)
        body = dict(request.body)
        if "routing" in body:
            body["provider"] = body.pop("routing")
        headers = {
            header: str(body.pop(option)) for option, header in _HEADERS.items() if option in body
        }
        return HTTPRequest(request.path, body, headers)
