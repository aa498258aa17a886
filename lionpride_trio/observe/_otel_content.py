"""Messages and answers as OpenTelemetry's conventions write them, for who asks for content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from .._media import MediaPart
from .._parts import RawPart, TextPart, ThoughtPart, ToolCall, ToolResult
from .._response import Response
from ._otel_facts import finish_reason


def message(told: Any) -> dict[str, Any]:
    """A neutral message as the conventions write one."""
    if not isinstance(told, Mapping):
        return {"role": "unknown", "parts": []}
    fields = cast("Mapping[str, Any]", told)
    content: Any = fields.get("content")
    if "tool_call_id" in fields:  # the result of a call, in OpenAI's form
        parts = [_result(fields["tool_call_id"], _told(content))]
    else:
        calls: Any = fields.get("tool_calls")
        parts = [_part(one) for one in (*_items(content), *_items(calls))]
    return {"role": str(fields.get("role")), "parts": parts}


def answer(response: Response) -> dict[str, Any]:
    """A response as the conventions write a message of a model."""
    parts = [_part(part) for part in response.parts]
    verdict = response.verdict
    reason = finish_reason(verdict) or verdict.value
    return {"role": "assistant", "parts": parts, "finish_reason": reason}


def _items(content: Any) -> list[Any]:
    """The parts of *content*, which may be one or None."""
    if content is None:
        return []
    return list(cast("list[Any]", content)) if isinstance(content, list | tuple) else [content]


def _part(part: Any) -> dict[str, Any]:
    """A part of a message; of media and of a provider's own blocks, the kind alone."""
    match part:
        case str():
            return {"type": "text", "content": part}
        case TextPart():
            return {"type": "text", "content": part.text}
        case ThoughtPart():
            return {"type": "reasoning", "content": part.text}
        case ToolCall():
            return _call(part.id, part.name, part.arguments)
        case ToolResult():
            items = _items(part.output)
            has_parts = any(isinstance(one, TextPart | MediaPart) for one in items)
            return _result(part.call_id, _told(items) if has_parts else part.output)
        case MediaPart():
            return {"type": part.kind}
        case RawPart():
            return {"type": part.type}
        case Mapping():
            return _block(cast("Mapping[str, Any]", part))
        case _:
            return {"type": type(part).__name__}


def _block(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A part that the caller wrote in a provider's form: of OpenAI's chat, or of Anthropic's messages."""
    match fields:
        case {"text": str(text)}:
            return {"type": "text", "content": text}
        case {"type": "function", "function": {"name": name, **function}}:
            return _call(fields.get("id"), name, function.get("arguments"))
        case {"type": "tool_use", "name": name}:
            return _call(fields.get("id"), name, fields.get("input"))
        case {"type": "tool_result"}:
            return _result(fields.get("tool_use_id"), _told(fields.get("content")))
        case _:
            return {"type": str(fields.get("type"))}


def _call(call_id: Any, name: Any, arguments: Any) -> dict[str, Any]:
    """A call of a tool; its arguments as an object, where they are the text of one."""
    if isinstance(arguments, str):
        # Of an answer that was cut they may be no JSON: then they are told as the model wrote them.
        with suppress(ValueError, RecursionError):
            arguments = json.loads(arguments)
    return {"type": "tool_call", "id": call_id, "name": name, "arguments": arguments}


def _result(call_id: Any, response: Any) -> dict[str, Any]:
    return {"type": "tool_call_response", "id": call_id, "response": response}


def _told(content: Any) -> Any:
    """The content of a result: a text as it is, parts as those of messages are."""
    return [_part(one) for one in _items(content)] if isinstance(content, list | tuple) else content
