"""OpenAI chat completions, and the many servers that speak them.

Fact: the reference of ``POST /chat/completions`` (platform.openai.com).  What is asked is written in
`_request`, what is answered is read in `_reading`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._chunks import Chunk
from ..._errors import (
    AuthenticationError,
    BadRequest,
    ContextTooLong,
    LionprideError,
    NotFound,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    ServerError,
)
from .._answer_options import strict_answer
from .._protocol import ChunkParser, HTTPRequest, ModelCall, Provider
from ._media import MediaRule
from ._messages import ReasoningRule
from ._reading import ChatParser
from ._request import HINTS, OPENAI, write_request


class OpenAIChat(Provider):
    """``POST {base}/chat/completions``."""

    name = "openai"
    endpoint = "chat"
    framing = "sse"
    base_url: str | None = "https://api.openai.com/v1"
    base_url_variables: Sequence[str] = ("OPENAI_BASE_URL",)
    key_variables: Sequence[str] = ("OPENAI_API_KEY",)
    key_required = True
    header_variables = {
        "OPENAI_ORG_ID": "openai-organization",
        "OPENAI_PROJECT_ID": "openai-project",
    }
    hints = HINTS
    paths = ("/chat/completions",)
    max_tokens_options: Sequence[str] = ("max_tokens", "max_completion_tokens")
    error_words = {
        AuthenticationError: "invalid_api_key",
        BadRequest: "invalid_request_error invalid_prompt string_above_max_length",
        ContextTooLong: "context_length_exceeded",
        NotFound: "model_not_found",
        Overloaded: "server_is_overloaded slow_down",
        QuotaExhausted: "insufficient_quota billing_hard_limit_reached",
        RateLimited: "rate_limit_exceeded requests tokens",
        ServerError: "server_error",
    }
    fields = OPENAI
    """The fields of the request's body."""
    extends_messages = False
    """Whether messages may have more fields than OpenAI's, such as ``cache_control``."""
    reasoning_goes_back: ReasoningRule = "never"
    """Which of an answer's reasoning goes back with it."""
    media_go_back = MediaRule(audio=True)
    """Which of an answer's media go back with it."""

    def answer_options(
        self, name: str, schema: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """A schema for OpenAI's strict mode, where it has a form there."""
        return strict_answer(name, schema, options)

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request; a stream asks for its usage unless ``stream_options`` says otherwise."""
        return write_request(
            call,
            self.name,
            self.fields,
            self.hints,
            extends=self.extends_messages,
            reasoning=self.reasoning_goes_back,
            media=self.media_go_back,
        )

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return ChatParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A ``chat.completion``: read as a stream of one event whose message is the delta."""
        parser = ChatParser()
        return [*parser.feed("message", value), *parser.late], parser.failure
