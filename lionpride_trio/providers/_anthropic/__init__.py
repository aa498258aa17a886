"""Anthropic messages.

Facts: ``POST /v1/messages`` (docs.claude.com).  What is asked is written in
`_request`, what is answered is read in `_reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._chunks import Chunk
from ..._errors import (
    AuthenticationError,
    BadRequest,
    LionprideError,
    NotFound,
    Overloaded,
    PermissionDenied,
    QuotaExhausted,
    RateLimited,
    RequestTooLarge,
    ServerError,
)
from ..._safe_text import Secret, Token
from .._answer_options import anthropic_answer
from .._protocol import ChunkParser, HTTPRequest, ModelCall, Provider
from ._reading import MessagesParser, chunks_of_message
from ._request import write_request


class Anthropic(Provider):
    """``POST {base}/v1/messages``."""

    name = "anthropic"
    endpoint = "messages"
    framing = "sse"
    base_url = "https://api.anthropic.com"
    base_url_variables = ("ANTHROPIC_BASE_URL",)
    key_variables = ("ANTHROPIC_API_KEY",)
    token_variables = ("ANTHROPIC_AUTH_TOKEN",)
    key_required = True
    paths = ("/messages",)
    input_excludes_cache = True
    error_statuses = {529: Overloaded}
    rate_limit_headers = ("anthropic-ratelimit-{what}-{fact}", *Provider.rate_limit_headers)
    error_words = {
        AuthenticationError: "authentication_error",
        BadRequest: "invalid_request_error",
        NotFound: "not_found_error",
        Overloaded: "overloaded_error",
        PermissionDenied: "permission_error",
        QuotaExhausted: "billing_error enforced_spend_limit_reached",
        RateLimited: "rate_limit_error",
        RequestTooLarge: "request_too_large",
        ServerError: "api_error timeout_error",
    }

    def answer_options(
        self, name: str, schema: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The output format, or a tool that must be called."""
        return anthropic_answer(name, schema, options)

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request.

        System messages become ``system``; parts, tools, tool calls and tool results in OpenAI's
        form become Anthropic's, and so do ``stop``, ``tool_choice`` and ``response_format``.
        ``anthropic_version``, ``anthropic_beta``, ``user_profile_id`` and ``workspace_id`` go into
        the headers.
        """
        return write_request(call)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """Anthropic's own header; a token of ``ANTHROPIC_AUTH_TOKEN`` is a bearer's."""
        if isinstance(key, Token):
            return {"authorization": f"Bearer {key.reveal()}"}
        return {"x-api-key": key.reveal()}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return MessagesParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A message: read as the stream of its blocks."""
        return chunks_of_message(value)
