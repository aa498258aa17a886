"""OpenAI Responses.

Facts: the reference of ``POST /responses`` (platform.openai.com).  The events of an answer are read
by `_responses_reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._chunks import Chunk
from .._errors import LionprideError
from ._messages import checked, function_of
from ._openai_chat import OpenAIChat
from ._options import check_options
from ._protocol import ChunkParser, HTTPRequest, ModelCall
from ._responses_reading import ResponsesParser, chunks_of_response

OPTIONS: Final = frozenset([
    "background",
    "conversation",
    "include",
    "instructions",
    "max_output_tokens",
    "max_tokens",
    "max_tool_calls",
    "metadata",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
])


class OpenAIResponses(OpenAIChat):
    """``POST {base}/responses``."""

    endpoint = "responses"
    options = OPTIONS

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request; ``max_tokens`` is taken as ``max_output_tokens``."""
        check_options(call.options, self.options, reserved=("model", "input", "stream"))
        options = dict(call.options)
        if "max_tokens" in options:
            options["max_output_tokens"] = options.pop("max_tokens")
        if "tools" in options:
            options["tools"] = [_tool(tool) for tool in options["tools"]]
        body: dict[str, Any] = {"model": call.model, "input": _items(checked(call.messages))}
        if call.stream:
            body["stream"] = True
        return HTTPRequest("/responses", body | options)

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return ResponsesParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A response object has the form of what the terminal event holds."""
        return chunks_of_response(value)


def _tool(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function = function_of(tool)
    return tool if function is None else {"type": "function", **function}


def _items(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages as input items: tool calls and their results are items of their own."""
    items: list[dict[str, Any]] = []
    for message in messages:
        if message["role"] == "tool":
            items.append({
                "type": "function_call_output",
                "call_id": message.get("tool_call_id"),
                "output": message["content"],
            })
            continue
        if message.get("content"):
            items.append({"role": message["role"], "content": message["content"]})
        items += [
            {
                "type": "function_call",
                "call_id": call.get("id"),
                "name": call["function"]["name"],
                "arguments": call["function"].get("arguments") or "{}",
            }
            for call in message.get("tool_calls") or ()
        ]
    return items
