"""Anthropic messages.

Facts: ``POST /v1/messages`` (docs.claude.com).  The events of an answer are read by
`_anthropic_reading`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from .._chunks import Chunk
from .._errors import LionprideError, ProviderError
from .._text import Secret
from ._anthropic_reading import MessagesParser, chunks_of_message
from ._faults import provider_error
from ._messages import function_of, split_system, tool_arguments
from ._options import check_options
from ._protocol import ChunkParser, HTTPRequest, ModelCall

DEFAULT_MAX_TOKENS: Final = 4096
"""Anthropic wants ``max_tokens`` in every request."""

VERSION: Final = "2023-06-01"

OPTIONS: Final = frozenset([
    "anthropic_beta",
    "anthropic_version",
    "cache_control",
    "container",
    "context_management",
    "inference_geo",
    "max_tokens",
    "mcp_servers",
    "metadata",
    "output_config",
    "service_tier",
    "stop",
    "stop_sequences",
    "system",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
])


class Anthropic:
    """``POST {base}/v1/messages``."""

    name = "anthropic"
    endpoint = "messages"
    framing: Literal["sse", "ndjson"] = "sse"
    base_url: str | None = "https://api.anthropic.com"
    base_url_variables: Sequence[str] = ("ANTHROPIC_BASE_URL",)
    key_variables: Sequence[str] = ("ANTHROPIC_API_KEY",)
    key_required = True
    host: str | None = None

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request.

        System messages become ``system``; tools, tool calls and tool results in OpenAI's form
        become Anthropic's; ``stop`` is ``stop_sequences``.  ``anthropic_version`` and
        ``anthropic_beta`` go into the headers.
        """
        check_options(call.options, OPTIONS, reserved=("model", "messages", "stream"))
        options = dict(call.options)
        headers = {"anthropic-version": str(options.pop("anthropic_version", VERSION))}
        beta = options.pop("anthropic_beta", None)
        if beta:
            headers["anthropic-beta"] = beta if isinstance(beta, str) else ",".join(beta)
        if "stop" in options:
            stop = options.pop("stop")
            options["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
        if "tools" in options:
            options["tools"] = [_tool(tool) for tool in options["tools"]]
        system, messages = split_system(call.messages)
        body: dict[str, Any] = {
            "model": call.model,
            "max_tokens": DEFAULT_MAX_TOKENS,
            "messages": [_message(message) for message in messages],
        }
        if system is not None:
            body["system"] = system
        if call.stream:
            body["stream"] = True
        return HTTPRequest("/v1/messages", body | options, headers)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """Anthropic's own header."""
        return {"x-api-key": key.reveal()}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return MessagesParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A message: read as the stream of its blocks."""
        return chunks_of_message(value)

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that an error document reports."""
        return provider_error(value, status=status, headers=headers)


def _tool(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function = function_of(tool)
    if function is None:
        return tool
    return {
        "name": function["name"],
        "description": function.get("description", ""),
        "input_schema": function.get("parameters") or {"type": "object"},
    }


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    if message["role"] == "tool":
        result = {
            "type": "tool_result",
            "tool_use_id": message.get("tool_call_id"),
            "content": message["content"],
        }
        return {"role": "user", "content": [result]}
    calls = message.get("tool_calls")
    if not calls:
        return {"role": message["role"], "content": message["content"]}
    said = message.get("content")
    blocks: list[Any] = [{"type": "text", "text": said}] if said else []
    blocks += [
        {
            "type": "tool_use",
            "id": call.get("id"),
            "name": call["function"]["name"],
            "input": tool_arguments(call),
        }
        for call in calls
    ]
    return {"role": message["role"], "content": blocks}
