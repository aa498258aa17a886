"""Requests to Ollama: the fields of ``POST /api/chat``, written from neutral messages.

The fields are those of docs.ollama.com/api; the options of a model, those of its Modelfile and of
Ollama's own client, which servers of older versions have too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..._errors import ConfigurationError
from ..._media import MediaPart
from ..._parts import Part, RawPart, ThoughtPart, ToolCall
from .._given_media import words_of
from .._message_parts import Media, plain_text, read_part, refuse_part
from .._messages import (
    Message,
    calls_in,
    checked,
    decoded_arguments,
    insert_system,
    is_own,
    name_results,
)
from .._options import take_options
from .._protocol import HTTPRequest, ModelCall
from .._tools import function_of, read_choice, read_form, read_tools

TOP_LEVEL: Final = frozenset([
    "format",
    "keep_alive",
    "logprobs",
    "options",
    "shift",
    "think",
    "tools",
    "top_logprobs",
    "truncate",
])
"""The fields of the body."""
MODEL_OPTIONS: Final = frozenset([
    "draft_num_predict",
    "embedding_only",
    "f16_kv",
    "frequency_penalty",
    "logits_all",
    "low_vram",
    "main_gpu",
    "min_p",
    "mirostat",
    "mirostat_eta",
    "mirostat_tau",
    "num_batch",
    "num_ctx",
    "num_gpu",
    "num_keep",
    "num_predict",
    "num_thread",
    "numa",
    "penalize_newline",
    "presence_penalty",
    "repeat_last_n",
    "repeat_penalty",
    "seed",
    "stop",
    "temperature",
    "tfs_z",
    "top_k",
    "top_p",
    "typical_p",
    "use_mlock",
    "use_mmap",
    "vocab_only",
])
"""The fields of ``options``."""
OPTIONS: Final = TOP_LEVEL | MODEL_OPTIONS | {"max_tokens", "response_format", "tool_choice"}
HINTS: Final = {
    "max_completion_tokens": "write max_tokens=",
    "max_output_tokens": "write max_tokens=",
    "parallel_tool_calls": "Ollama has no such choice",
    "reasoning_effort": "write think='low' | 'medium' | 'high'",
}
_TAKES: Final = "text, and images as data: URLs"
WIRE: Final = "ollama"
"""The name of this form of messages in the parts that it wrote."""
_ELSEWHERE: Final = (RawPart, ThoughtPart, ToolCall)
"""Parts that stand in no text: in fields of their own, or nowhere."""
_OWN_FIELDS: Final = ("thinking", "tool_name")


def write_request(call: ModelCall) -> HTTPRequest:
    """The request; options of the model go under ``options``, ``max_tokens`` as ``num_predict``."""
    options = take_options(
        call, "ollama", OPTIONS, reserved=("model", "messages", "stream"), hints=HINTS
    )
    messages = insert_system(checked(call.messages), options.pop("system", None))
    if "max_tokens" in options:
        options["num_predict"] = options.pop("max_tokens")
    if isinstance(options.get("stop"), str):
        options["stop"] = [options["stop"]]
    if "response_format" in options:
        form = read_form(options.pop("response_format"))
        if form.kind != "text":
            options.setdefault("format", form.schema if form.kind == "schema" else "json")
    if "tools" in options:
        options["tools"] = [_tool(tool) for tool in read_tools(options["tools"])]
    if "tool_choice" in options and _calls_none(options.pop("tool_choice")):
        options.pop("tools", None)
    inner = {name: options.pop(name) for name in MODEL_OPTIONS & options.keys()}
    inner |= options.pop("options", {})
    body: dict[str, Any] = {
        "model": call.model,
        "messages": _messages(messages),
        "stream": call.stream,
    }
    if inner:
        body["options"] = inner
    return HTTPRequest("/api/chat", body | options)


def _calls_none(value: Any) -> bool:
    """Whether no tool is to be called.

    :raises ConfigurationError: a tool must be called, which Ollama cannot be told.
    """
    choice = read_choice(value, "nothing else")
    if choice is None or choice.names or choice.mode == "required":
        raise ConfigurationError(
            "ollama has no tool_choice: leave it out, and leave out of tools= what is not to be"
            f" called; not {value!r:.200}"
        )
    return choice.mode == "none"


def _tool(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function = function_of(tool)
    return tool if function is None else {"type": "function", "function": function}


def _messages(messages: list[Message]) -> list[dict[str, Any]]:
    """Messages as Ollama's: its calls have no ids, so that results name their function."""
    written: list[dict[str, Any]] = []
    for message in name_results(messages):
        made: dict[str, Any] = {"role": message["role"], **_said(message)}
        if message["role"] == "developer":
            made["role"] = "system"
        calls = calls_in(message)
        if calls:
            made["tool_calls"] = [_call(call) for call in calls]
        thought = _thought(message.get("content"))
        if thought:
            made["thinking"] = thought
        if message["role"] == "tool" and message["name"]:
            made["tool_name"] = message["name"]
        made |= {field: message[field] for field in _OWN_FIELDS if field in message}
        written.append(made)
    return written


def _call(call: ToolCall) -> dict[str, Any]:
    return {"function": {"name": call.name, "arguments": decoded_arguments(call)}}


def _thought(content: Any) -> str:
    """The reasoning of an answer of Ollama's own; another provider's is nothing to it."""
    parts: Any = () if content is None or isinstance(content, str) else content
    return "".join(
        part.text
        for part in parts
        if isinstance(part, ThoughtPart) and part.native is not None and is_own(part, WIRE)
    )


def _said(message: Message) -> dict[str, Any]:
    content = message.get("content")
    images = list(message.get("images") or ())
    if message["role"] == "tool" or content is None or isinstance(content, str):
        text = plain_text(content, "ollama")
    else:
        told = content if message["role"] != "assistant" else map(_told, content)
        read = [_read(part) for part in told if part and not isinstance(part, _ELSEWHERE)]
        text = "".join(each for each in read if isinstance(each, str))
        images += [each.data for each in read if isinstance(each, Media)]
    return {"content": text, **({"images": images} if images else {})}


def _told(part: Mapping[str, Any] | Part) -> Mapping[str, Any] | Part | None:
    """*part*, and of a model's sound, which Ollama does not take, what is said in it."""
    if not isinstance(part, MediaPart) or part.native is None:
        return part
    return part if part.kind == "image" and part.data is not None else words_of(part, "ollama")


def _read(part: Mapping[str, Any] | Part) -> str | Media:
    read = read_part(part)
    if isinstance(read, str) or (read and read.kind == "image" and read.data is not None):
        return read
    raise refuse_part("ollama", read or part, _TAKES)
