"""Requests for chat completions: the fields of ``POST /chat/completions``, OpenAI's and others'.

OpenAI's are those of its reference (platform.openai.com); those of other services and servers
come from theirs: Groq, OpenRouter, vLLM, llama.cpp, Mistral, DeepSeek, Qwen, xAI.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from .._messages import checked, insert_system
from .._options import take_options
from .._protocol import HTTPRequest, ModelCall
from .._tools import read_choice, read_form, read_tools, with_properties
from ._media import MediaRule
from ._messages import ReasoningRule, plain, write_messages

OPENAI: Final = frozenset([
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
    "moderation",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
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
])

HINTS: Final[Mapping[str, str]] = {
    "max_output_tokens": "write max_tokens=, or max_completion_tokens="
}


def write_request(
    call: ModelCall,
    provider: str,
    fields: frozenset[str],
    hints: Mapping[str, str],
    *,
    extends: bool,
    reasoning: ReasoningRule,
    media: MediaRule,
) -> HTTPRequest:
    """The request for *call*; a stream asks for its usage unless ``stream_options`` says otherwise.

    *extends* says whether the service's messages have more fields than OpenAI's, such as Anthropic's
    ``cache_control`` and the names of results.  OpenAI refuses a field that it does not know.
    *reasoning* says what goes back of an answer's reasoning; the option ``send_reasoning`` overrules it.
    *media* says which of its media do.
    """
    options = take_options(
        call,
        provider,
        _with_our_own(fields),
        reserved=("model", "messages", "stream"),
        hints=hints,
    )
    messages = insert_system(checked(call.messages), options.pop("system", None))
    told = options.pop("send_reasoning", None)
    if told is not None:
        reasoning = "always" if told else "never"
    written = write_messages(messages, reasoning, media, extends=extends)
    body: dict[str, Any] = {"model": call.model, "messages": written}
    if call.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    else:
        options.pop("stream_options", None)  # refused where nothing streams
    if "tools" in options:
        tools = [_tool(tool) for tool in read_tools(options["tools"])]
        options["tools"] = tools if extends else [plain(tool) for tool in tools]
    choice = options.get("tool_choice", "auto")
    if not isinstance(choice, str):  # servers have words of their own, such as Mistral's "any"
        read_choice(choice, "a word of the server's own")
    form = options.get("response_format", {})
    if not isinstance(form, Mapping):
        read_form(form)
    return HTTPRequest("/chat/completions", body | options)


@functools.cache
def _with_our_own(fields: frozenset[str]) -> frozenset[str]:
    """The options that a call may have, with the one that is this library's word."""
    return fields | {"send_reasoning"}


def _tool(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function = tool.get("function")
    return {**tool, "function": with_properties(function)} if function else tool
