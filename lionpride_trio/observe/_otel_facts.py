"""What the library knows of a call, as OpenTelemetry's conventions count and name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from .._chunks import Usage, Verdict
from .._observer._events import Finished, RequestSent
from ..providers import Provider, get, names as provider_names
from . import _otel_names as otel


def _registered(name: str | None) -> Provider | None:
    """The provider of that name, if there is one."""
    return get(name) if name is not None and name in provider_names() else None


def provider_name(name: str | None) -> str | None:
    """The provider's name as the conventions have it."""
    provider = _registered(name)
    return name if provider is None else provider.telemetry_name or name


def place(event: RequestSent | Finished) -> dict[str, Any]:
    """The attributes of the server that was asked."""
    return {otel.SERVER_ADDRESS: event.server, otel.SERVER_PORT: event.port}


_FINISH_REASONS: Final[Mapping[Verdict, str]] = {
    Verdict.COMPLETE: "stop",
    Verdict.LENGTH: "length",
    Verdict.TOOL_USE: "tool_call",
    Verdict.BLOCKED: "content_filter",
    Verdict.REFUSED: "content_filter",
}


def finish_reason(verdict: Verdict | None) -> str | None:
    """The conventions' word for an end; None where they have none, or where it has not come."""
    return None if verdict is None else _FINISH_REASONS.get(verdict)


def ending(verdict: Verdict | None) -> dict[str, Any]:
    """The attributes of an answer's end."""
    if verdict is None or verdict is Verdict.UNKNOWN:
        return {}
    reason = finish_reason(verdict)
    return {
        otel.FINISH_REASONS: None if reason is None else [reason],
        # The library's own word tells more: that a reader stopped it, or that it is to be continued.
        "lionpride_trio.verdict": verdict.value,
    }


def with_cache(usage: Usage, provider: str | None) -> Usage:
    """*usage* with the tokens of a cache among those of the input, as the conventions count them."""
    known = _registered(provider)
    if usage.input_tokens is None or known is None or not known.input_excludes_cache:
        return usage
    beside = (usage.cached_tokens or 0) + (usage.cache_write_tokens or 0)
    return attrs.evolve(usage, input_tokens=usage.input_tokens + beside)


def tokens(usage: Usage) -> dict[str, int | None]:
    """The attributes of *usage*."""
    return {
        otel.INPUT_TOKENS: usage.input_tokens,
        otel.OUTPUT_TOKENS: usage.output_tokens,
        otel.PROMPT_TOKENS: usage.input_tokens,
        otel.COMPLETION_TOKENS: usage.output_tokens,
        otel.CACHE_READ: usage.cached_tokens,
        otel.CACHE_WRITE: usage.cache_write_tokens,
        otel.REASONING_TOKENS: usage.reasoning_tokens,
    }
