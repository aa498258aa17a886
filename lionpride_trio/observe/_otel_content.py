"""Messages and answers as OpenTelemetry's conventions write them, for who asks for content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from .._parts import TextPart, ThoughtPart, ToolCall, ToolResult
from .._response import Response


def message(told: Any) -> dict[str, Any]:
    """A neutral message as the conventions write one."""
    if isinstance(told, ToolResult):
        return {"role": "tool", "parts": [_part(told)]}
    if not isinstance(told, Mapping):
        return {"role": "unknown", "parts": []}
    fields = cast("Mapping[str, Any]", told)
    content: Any = fields.get("content")
    given: list[Any] = [*content] if isinstance(content, list | tuple) else [content]
    return {
        "role": str(fields.get("role")),
        "parts": [_part(one) for one in given if one is not None],
    }


def answer(response: Response) -> dict[str, Any]:
    """A response as the conventions write a message of a model."""
    parts = [_part(part) for part in response.parts]
    return {"role": "assistant", "parts": parts, "finish_reason": response.verdict.value}


def _part(part: Any) -> dict[str, Any]:
    """A part of a message; of media and of a provider's own blocks, the kind alone."""
    match part:
        case str():
            return {"type": "text", "content": part}
        case TextPart() | ThoughtPart():
            kind = "text" if isinstance(part, TextPart) else "reasoning"
            return {"type": kind, "content": part.text}
        case ToolCall():
            arguments = part.arguments
            return {"type": "tool_call", "id": part.id, "name": part.name, "arguments": arguments}
        case ToolResult():
            return {
                "type": "tool_call_response",
                "id": part.call_id,
                "response": json.dumps(part.output, ensure_ascii=False, default=str),
            }
        case Mapping():
            fields = cast("Mapping[str, Any]", part)
            text: Any = fields.get("text")
            if isinstance(text, str):
                return {"type": "text", "content": text}
            return {"type": str(fields.get("type"))}
        case _:
            return {"type": type(part).__name__}
