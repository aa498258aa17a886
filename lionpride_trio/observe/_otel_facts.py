"""What the library knows of a call, as OpenTelemetry's conventions count and name it."""

from __future__ import annotations

import attrs

from .._chunks import Usage
from ..providers import get, names as provider_names
from . import _otel_names as otel


def provider_name(name: str | None) -> str | None:
    """The provider's name as the conventions have it."""
    if name is None or name not in provider_names():
        return name
    return get(name).telemetry_name or name


def with_cache(usage: Usage, provider: str | None) -> Usage:
    """*usage* with the tokens of a cache among those of the input, as the conventions count them."""
    if usage.input_tokens is None or provider is None or provider not in provider_names():
        return usage
    if not get(provider).input_excludes_cache:
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
