"""OpenAI chat completions, and the many servers that speak them.

Fact: the reference of ``POST /chat/completions`` (platform.openai.com).  What is answered is read in
`_chat_parser`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from .._chunks import Chunk
from .._errors import LionprideError, ProviderError
from .._text import Secret
from ._chat_parser import ChatParser
from ._faults import provider_error
from ._messages import checked
from ._options import check_options
from ._protocol import ChunkParser, HTTPRequest, ModelCall

OPTIONS: Final = frozenset([
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "metadata",
    "modalities",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
    "top_k",
    "min_p",
    "repetition_penalty",
])


class OpenAIChat:
    """``POST {base}/chat/completions``."""

    name = "openai"
    endpoint = "chat"
    framing: Literal["sse", "ndjson"] = "sse"
    base_url: str | None = "https://api.openai.com/v1"
    base_url_variables: Sequence[str] = ("OPENAI_BASE_URL",)
    key_variables: Sequence[str] = ("OPENAI_API_KEY",)
    key_required = True
    host: str | None = None
    options = OPTIONS

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request; a stream asks for its usage unless ``stream_options`` says otherwise."""
        check_options(call.options, self.options, reserved=("model", "messages", "stream"))
        body: dict[str, Any] = {"model": call.model, "messages": checked(call.messages)}
        if call.stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return HTTPRequest("/chat/completions", body | dict(call.options))

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """A bearer token."""
        return {"authorization": f"Bearer {key.reveal()}"}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return ChatParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A ``chat.completion``: read as a stream of one event whose message is the delta."""
        parser = ChatParser()
        return parser.feed("message", value), parser.failure

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that an error document reports."""
        return provider_error(value, status=status, headers=headers)
