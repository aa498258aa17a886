"""Requests for chat completions: the fields of ``POST /chat/completions``, OpenAI's and others'.

OpenAI's are those of its reference (platform.openai.com); those of other services and servers
come from theirs: Groq, OpenRouter, vLLM, llama.cpp, Mistral, DeepSeek, Qwen, xAI.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from .._message_parts import Media, read_part
from .._messages import Message, checked, function_call_of, insert_system, mapping_or_empty
from .._options import take_options
from .._parsing import arguments_text
from .._protocol import HTTPRequest, ModelCall
from .._tools import read_choice, read_form, read_tools, with_properties

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
) -> HTTPRequest:
    """The request for *call*; a stream asks for its usage unless ``stream_options`` says otherwise.

    *extends* says whether the service's messages have more fields than OpenAI's, such as Anthropic's
    ``cache_control`` and the names of results.  OpenAI refuses a field that it does not know.
    """
    options = take_options(
        call,
        provider,
        fields,
        reserved=("model", "messages", "stream"),
        hints=hints,
    )
    messages = insert_system(checked(call.messages), options.pop("system", None))
    written = [_message(each) for each in messages]
    if not extends:
        written = [_plain(each) for each in written]
    body: dict[str, Any] = {"model": call.model, "messages": written}
    if call.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    else:
        options.pop("stream_options", None)  # refused where nothing streams
    if "tools" in options:
        tools = [_tool(tool) for tool in read_tools(options["tools"])]
        options["tools"] = tools if extends else [_plain(tool) for tool in tools]
    choice = options.get("tool_choice", "auto")
    if not isinstance(choice, str):  # servers have words of their own, such as Mistral's "any"
        read_choice(choice, "a word of the server's own")
    form = options.get("response_format", {})
    if not isinstance(form, Mapping):
        read_form(form)
    return HTTPRequest("/chat/completions", body | options)


def _tool(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function = tool.get("function")
    return {**tool, "function": with_properties(function)} if function else tool


def _message(message: Message) -> Message:
    message.pop("is_error", None)
    content = message.get("content")
    if content is not None and not isinstance(content, str):
        message["content"] = [_part(part) for part in content]
    if message.get("tool_calls"):
        message["tool_calls"] = [_call(call) for call in message["tool_calls"]]
    return message


def _call(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """*call* with its arguments as a text; a custom tool's call has none."""
    if "function" not in call:
        return call
    function = {**call["function"], "arguments": arguments_text(function_call_of(call)[1]) or "{}"}
    return {**call, "type": "function", "function": function}


def _plain(marked: Mapping[str, Any]) -> dict[str, Any]:
    """A message or a tool without what OpenAI does not know, on it or on its parts."""
    others = {"cache_control", "name"} if marked.get("role") == "tool" else {"cache_control"}
    plain = {name: value for name, value in marked.items() if name not in others}
    content: object = plain.get("content")
    if isinstance(content, list):
        plain["content"] = [_plain(part) for part in cast("list[Message]", content)]
    function = mapping_or_empty(plain.get("function"))
    if function:
        plain["function"] = _plain(function)
    return plain


def _part(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """*part* as it is; an image whose URL stands by itself gets the object that OpenAI wants."""
    read = read_part(part)
    if isinstance(read, Media) and isinstance(part.get("image_url"), str):
        return {"type": "image_url", "image_url": {"url": part["image_url"]}}
    return part
