"""Requests to Responses: the fields of ``POST /responses``, written from neutral messages.

The fields are those of OpenAI's reference (platform.openai.com).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from ..._parts import PARTS, Part
from .._message_parts import Media, read_part, refuse_part
from .._messages import Message, call_id_of, calls_in, checked, insert_system
from .._options import take_options
from .._protocol import HTTPRequest, ModelCall
from .._tools import function_of, read_choice, read_form, read_tools, with_properties
from ._answer_items import answer_items, is_custom

FIELDS: Final = frozenset([
    "access_programs",
    "background",
    "background_options",
    "context_management",
    "conversation",
    "image",
    "include",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "moderation",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
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
OPTIONS: Final = FIELDS | {"max_tokens", "response_format"}
HINTS: Final = {
    "max_completion_tokens": "write max_tokens=, or max_output_tokens=",
    "reasoning_effort": "write reasoning={'effort': …}",
    "stop": "Responses know no stop sequences; endpoint='chat' does",
    "verbosity": "write text={'verbosity': …}",
}


def write_request(call: ModelCall, provider: str) -> HTTPRequest:
    """The request for *call*; ``max_tokens`` is taken as ``max_output_tokens``."""
    options = take_options(
        call, provider, OPTIONS, reserved=("model", "input", "messages", "stream"), hints=HINTS
    )
    messages = insert_system(checked(call.messages), options.pop("system", None))
    if "max_tokens" in options:
        options["max_output_tokens"] = options.pop("max_tokens")
    if "tools" in options:
        options["tools"] = [_tool(tool) for tool in read_tools(options["tools"])]
    if "tool_choice" in options:
        options["tool_choice"] = _choice(options["tool_choice"])
    if "response_format" in options:
        form = read_form(options.pop("response_format"))
        kind = {"schema": "json_schema", "json": "json_object", "text": "text"}[form.kind]
        schema = {"schema": form.schema} if form.kind == "schema" else {}
        wanted = {"format": {"type": kind, **form.about, **schema}}
        options["text"] = wanted | dict(options.get("text", {}))
    stored = options.get("store") is not False
    body: dict[str, Any] = {"model": call.model, "input": _items(messages, stored=stored)}
    if call.stream:
        body["stream"] = True
    else:
        options.pop("stream_options", None)  # refused where nothing streams
    return HTTPRequest("/responses", body | options)


def _tool(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    """A tool in the form of Responses, with what is understood where chat completions read it.

    A function that does not say whether it is strict is strict here, and is not in chat
    completions: the server would make all its optional parameters required.
    """
    function = function_of(tool)
    if function is None:
        return tool
    if "function" not in tool:
        return {"type": "function", **with_properties(function)}
    understood: dict[str, Any] = {
        "parameters": {"type": "object", "properties": {}},
        "strict": False,
    }
    return {"type": "function", **understood, **with_properties(function)}


def _choice(value: Any) -> Any:
    choice = read_choice(value, "{'type': …} of a tool of OpenAI's own")
    if choice is None or isinstance(value, str):
        return value
    named = [{"type": "function", "name": name} for name in choice.names]
    if value["type"] == "function":
        return named[0]
    return {"type": "allowed_tools", "mode": choice.mode, "tools": named}


def _items(messages: list[Message], *, stored: bool) -> list[dict[str, Any]]:
    """Messages as input items: tool calls, their results and thoughts are items of their own."""
    items: list[dict[str, Any]] = []
    custom = {call.id for message in messages for call in calls_in(message) if is_custom(call)}
    for message in messages:
        content: Any = message.get("content")
        if message["role"] == "tool":
            call_id = call_id_of(message)
            kind = "custom_tool_call_output" if call_id in custom else "function_call_output"
            items.append({"type": kind, "call_id": call_id, "output": _content(content, "user")})
        elif message["role"] == "assistant" and any(
            isinstance(part, PARTS) for part in content or ()
        ):
            items += answer_items(content, stored=stored)
        elif content:
            items.append({"role": message["role"], "content": _content(content, message["role"])})
    return items


def _content(content: Any, role: str) -> Any:
    """The text or the parts of a content.

    The parts of an assistant's text are one text: as a part it belongs to a message that the server
    has given an id, which is not known here.
    """
    if isinstance(content, str):
        return content
    if role == "assistant":
        texts = [read_part(part) for part in content]
        if all(isinstance(text, str) for text in texts):
            return "".join(cast("list[str]", texts))
    return [_part(part) for part in content or ()]


def _part(part: Mapping[str, Any] | Part) -> Mapping[str, Any]:
    read = read_part(part)
    if read is None:
        if not isinstance(part, Mapping):
            raise refuse_part("openai", part, "text, images and files on Responses")
        return part
    if isinstance(read, str):
        return {"type": "input_text", "text": read}
    if read.kind == "audio":
        raise refuse_part("openai", read, "text, images and files on Responses")
    facts: dict[str, Any] = {"file_id": read.file_id, "detail": read.detail}
    if read.kind == "image":
        facts |= {"type": "input_image", "image_url": read.url or _data_url(read)}
        facts["detail"] = read.detail or "auto"  # which has to be said
    else:
        facts |= {"type": "input_file", "file_url": read.url, "filename": read.name}
        facts |= {"file_data": _data_url(read)}
    return {name: value for name, value in facts.items() if value is not None}


def _data_url(media: Media) -> str | None:
    return None if media.data is None else f"data:{media.media_type};base64,{media.data}"
