"""The response object of OpenAI Responses, before it has any output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._chunks import Usage
from ._encoder import Head, told
from ._framing import JsonObject


def short_response(head: Head) -> JsonObject:
    """A response with the fields that tell something of the answer."""
    return {"id": head.id, "model": head.model, "status": "in_progress", "output": []}


def response_with_request(head: Head, request: Mapping[str, Any]) -> JsonObject:
    """A response as OpenAI writes it, which repeats the fields of its *request*."""
    reasoning: JsonObject = request.get("reasoning") or {}
    return {
        "id": head.id,
        "object": "response",
        "created_at": int(head.clock()),
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": request.get("instructions"),
        "max_output_tokens": request.get("max_output_tokens"),
        "model": head.model,
        "output": [],
        "parallel_tool_calls": request.get("parallel_tool_calls") is not False,
        "previous_response_id": request.get("previous_response_id"),
        "reasoning": {"effort": reasoning.get("effort"), "summary": reasoning.get("summary")},
        "service_tier": "default",
        "store": request.get("store") is not False,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, **(request.get("text") or {})},
        "tool_choice": request.get("tool_choice") or "auto",
        "tools": request.get("tools") or [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": None,
        "user": None,
        "metadata": {},
    }


def usage_report(usage: Usage) -> JsonObject:
    """The usage of a response."""
    report: JsonObject = {"input_tokens": usage.input_tokens or 0}
    cache = told(cached_tokens=usage.cached_tokens, cache_write_tokens=usage.cache_write_tokens)
    if cache:
        report["input_tokens_details"] = cache
    report["output_tokens"] = usage.output_tokens or 0
    if usage.reasoning_tokens is not None:
        report["output_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    return report | told(total_tokens=usage.total_tokens)
