"""Requests to Anthropic: the fields of ``POST /v1/messages``, written from neutral messages.

The fields are those of the reference of the Messages API (docs.claude.com), beta ones included.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..._errors import ConfigurationError
from ..._parts import Part, RawPart, TextPart, ThoughtPart, ToolCall
from .._given_media import without_media
from .._message_parts import Media, read_part, refuse_part
from .._messages import (
    Message,
    call_id_of,
    checked,
    decoded_arguments,
    facts_of,
    is_own,
    split_system,
)
from .._options import take_options
from .._parsing import fields
from .._protocol import HTTPRequest, ModelCall
from .._tools import function_of, read_choice, read_form, read_tools
from ._schema import closed

DEFAULT_MAX_TOKENS: Final = 4096
"""Anthropic wants ``max_tokens`` in every request."""

WIRE: Final = "anthropic"
"""The name of this form of messages in the parts that it wrote."""
VERSION: Final = "2023-06-01"

FIELDS: Final = frozenset([
    "billing_policy",
    "cache_control",
    "compaction",
    "container",
    "context_management",
    "diagnostics",
    "fallback_credit_token",
    "fallbacks",
    "inference_geo",
    "max_tokens",
    "mcp_servers",
    "metadata",
    "output_config",
    "service_tier",
    "speed",
    "stop_sequences",
    "system",
    "temperature",
    "thinking",
    "thread",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
])
"""The fields of the body."""
_HEADERS: Final = {
    "anthropic_version": "anthropic-version",
    "user_profile_id": "anthropic-user-profile-id",
    "workspace_id": "anthropic-workspace-id",
}
"""Options that are headers."""
OPTIONS: Final = FIELDS | {
    *_HEADERS,
    "anthropic_beta",
    "parallel_tool_calls",
    "response_format",
    "stop",
}
HINTS: Final = {
    "betas": "write anthropic_beta=[…]",
    "max_completion_tokens": "write max_tokens=",
    "max_output_tokens": "write max_tokens=",
    "output_format": "write output_config={'format': …}",
    "reasoning_effort": "write output_config={'effort': …}, or thinking={…}",
    "user": "write metadata={'user_id': …}",
}
_MODES: Final = {"auto": "auto", "none": "none", "required": "any"}
_IMAGES: Final = frozenset(["image/gif", "image/jpeg", "image/png", "image/webp"])
_CITATIONS: Final = frozenset([
    "char_location",
    "content_block_location",
    "page_location",
    "search_result_location",
    "web_search_result_location",
])
"""The types of Anthropic's own citations; another provider's are not sent to it."""
_TAKES: Final = "text, images (gif, jpeg, png, webp) and PDF files"


def write_request(call: ModelCall) -> HTTPRequest:
    """The request for *call*."""
    options = take_options(
        call, "anthropic", OPTIONS, reserved=("model", "messages", "stream"), hints=HINTS
    )
    headers = {"anthropic-version": VERSION}
    headers |= {
        header: str(options.pop(option)) for option, header in _HEADERS.items() if option in options
    }
    beta = options.pop("anthropic_beta", None)
    if beta:
        headers["anthropic-beta"] = beta if isinstance(beta, str) else ",".join(beta)
    system, messages = split_system(checked(call.messages), options.pop("system", None))
    body: dict[str, Any] = {
        "model": call.model,
        "max_tokens": DEFAULT_MAX_TOKENS,
        "messages": _messages(messages),
    }
    if system:
        is_plain = all(part.keys() == {"type", "text"} for part in system)
        body["system"] = "\n\n".join(part["text"] for part in system) if is_plain else system
    if call.stream:
        body["stream"] = True
    return HTTPRequest("/v1/messages", body | _converted(options), headers)


def _converted(options: dict[str, Any]) -> dict[str, Any]:
    """*options* with those in OpenAI's form as Anthropic's own."""
    if "stop" in options:
        stop = options.pop("stop")
        options["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
    if "tools" in options:
        options["tools"] = [_tool(tool) for tool in read_tools(options["tools"])]
    if "tool_choice" in options:
        options["tool_choice"] = _choice(options["tool_choice"])
    if "parallel_tool_calls" in options:
        one_at_a_time = not options.pop("parallel_tool_calls")
        choice = options.get("tool_choice", {"type": "auto"})
        if one_at_a_time and "tools" in options and choice["type"] != "none":
            options["tool_choice"] = {**choice, "disable_parallel_tool_use": True}
    if "response_format" in options:
        form = read_form(options.pop("response_format"))
        if form.kind == "json":
            raise ConfigurationError(
                "anthropic has no JSON without a schema: write response_format={'type':"
                " 'json_schema', …}, or output_config={'format': …}"
            )
        if form.kind == "schema":
            wanted = {"format": {"type": "json_schema", "schema": closed(form.schema)}}
            options["output_config"] = wanted | dict(options.get("output_config", {}))
    return options


def _choice(value: Any) -> Mapping[str, Any]:
    choice = read_choice(value, "{'type': 'any'} or {'type': 'tool', 'name': …}")
    if choice is None:
        return dict(value)
    if not choice.names:
        return {"type": _MODES[choice.mode]}
    if choice.mode == "required" and len(choice.names) == 1:
        return {"type": "tool", "name": choice.names[0]}
    raise ConfigurationError(
        "anthropic cannot allow some of the tools: leave the others out of tools="
    )


def _tool(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    function = function_of(tool)
    if function is None:
        return tool
    kept = {
        name: value
        for source in (tool, function)
        for name, value in source.items()
        if name not in {"type", "function", "parameters"} and value is not None
    }
    return kept | {"input_schema": function.get("parameters") or {"type": "object"}}


def _messages(messages: list[Message]) -> list[dict[str, Any]]:
    """Messages as Anthropic's: the results of one turn's calls stand in one message."""
    written: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for message in messages:
        if message["role"] == "tool":
            if not results:
                written.append({"role": "user", "content": results})
            results.append(_result(message))
            continue
        results = []
        said: Any = message.get("content")
        if message["role"] == "assistant" and not isinstance(said, str):
            said = without_media(said or (), "anthropic")
        content = _content(said)
        if content or (message["role"] == "user" and content is not None):
            written.append({"role": message["role"], "content": content})
    return written


def _result(message: Message) -> dict[str, Any]:
    return {
        "type": "tool_result",
        "tool_use_id": call_id_of(message),
        "content": _content(message["content"]),
        **{name: message[name] for name in ("is_error", "cache_control") if message.get(name)},
    }


def _content(content: Any) -> Any:
    if isinstance(content, str):
        return content
    blocks = (_block(part) for part in content or ())
    return [block for block in blocks if block is not None]


def _block(part: Mapping[str, Any] | Part) -> Mapping[str, Any] | None:
    """The block that a part is; None for one that only another provider understands."""
    match part:
        case ToolCall():
            told = {"id": part.id, "name": part.name, "input": decoded_arguments(part)}
            return {"type": "tool_use", **told, **facts_of(part, WIRE)}
        case ThoughtPart():
            return _thought(part) if is_own(part, WIRE) else None
        case RawPart():
            return part.block if part.provider == WIRE else None
        case TextPart():
            cited = [each for each in part.citations if fields(each).get("type") in _CITATIONS]
            more = {"citations": cited} if cited else {}
            return {"type": "text", "text": part.text, **more} if part.text else None
        case _:
            return _block_of_input(part)


def _thought(part: ThoughtPart) -> Mapping[str, Any] | None:
    """A block of reasoning, which Anthropic takes back with its signature alone."""
    if part.redacted is not None:
        return {"type": "redacted_thinking", "data": part.redacted}
    if part.signature is None:
        return None
    return {"type": "thinking", "thinking": part.text, "signature": part.signature}


def _block_of_input(part: Mapping[str, Any] | Part) -> Mapping[str, Any]:
    read = read_part(part)
    if not isinstance(part, Mapping):
        if isinstance(read, Media):
            return _media(read)
        raise refuse_part("anthropic", part, _TAKES)
    if read is None:
        return part
    rest = {"cache_control": part["cache_control"]} if part.get("cache_control") else {}
    if isinstance(read, str):
        kept = part if part.get("type") == "text" else {"text": read}
        return {**kept, "type": "text"}
    return {**_media(read), **rest}


def _media(media: Media) -> dict[str, Any]:
    if media.kind == "image" and (media.url or media.media_type in _IMAGES):
        return {"type": "image", "source": _source(media)}
    if media.kind == "file" and (media.url or media.media_type == "application/pdf"):
        title = {"title": media.name} if media.name else {}
        return {"type": "document", "source": _source(media), **title}
    raise refuse_part("anthropic", media, _TAKES)


def _source(media: Media) -> dict[str, Any]:
    if media.url:
        return {"type": "url", "url": media.url}
    return {"type": "base64", "media_type": media.media_type, "data": media.data}
