"""The names of OpenTelemetry's conventions for generative AI: the current ones, and those of version 1.36.

Both sets stand here and nowhere else.  ``OTEL_SEMCONV_STABILITY_OPT_IN`` chooses, as the conventions say:
``gen_ai_latest_experimental`` in that list of words stands for the current names alone.  Without it there are
both, since the old ones are what older dashboards ask for.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from .._safe_text import replace_lone_surrogates

Names: TypeAlias = Literal["current", "old", "both"]

OPT_IN: Final = "OTEL_SEMCONV_STABILITY_OPT_IN"
LATEST: Final = "gen_ai_latest_experimental"

CHAT: Final = "chat"
EXECUTE_TOOL: Final = "execute_tool"
INVOKE_AGENT: Final = "invoke_agent"
INVOKE_WORKFLOW: Final = "invoke_workflow"

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
SYSTEM: Final = "gen_ai.system"
REQUEST_MODEL: Final = "gen_ai.request.model"
REQUEST_STREAM: Final = "gen_ai.request.stream"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
FIRST_CHUNK: Final = "gen_ai.response.time_to_first_chunk"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHE_READ: Final = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE: Final = "gen_ai.usage.cache_creation.input_tokens"
REASONING_TOKENS: Final = "gen_ai.usage.reasoning.output_tokens"
PROMPT_TOKENS: Final = "gen_ai.usage.prompt_tokens"
COMPLETION_TOKENS: Final = "gen_ai.usage.completion_tokens"
TOKEN_TYPE: Final = "gen_ai.token.type"
TOOL_NAME: Final = "gen_ai.tool.name"
TOOL_TYPE: Final = "gen_ai.tool.type"
WORKFLOW_NAME: Final = "gen_ai.workflow.name"
INPUT_MESSAGES: Final = "gen_ai.input.messages"
OUTPUT_MESSAGES: Final = "gen_ai.output.messages"
ERROR_TYPE: Final = "error.type"
SERVER_ADDRESS: Final = "server.address"
SERVER_PORT: Final = "server.port"

DURATION: Final = "gen_ai.client.operation.duration"
TOKEN_USAGE: Final = "gen_ai.client.token.usage"
TO_FIRST_CHUNK: Final = "gen_ai.client.operation.time_to_first_chunk"
PER_CHUNK: Final = "gen_ai.client.operation.time_per_output_chunk"

SECONDS: Final = (
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
)  # fmt: skip
"""Bounds of the histograms of times, as the conventions advise."""
CHUNK_SECONDS: Final = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0,
)  # fmt: skip
TOKENS: Final = (
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
)  # fmt: skip
"""Bounds of the histogram of tokens, as the conventions advise."""

_OF_CURRENT: Final = frozenset({
    PROVIDER, REQUEST_STREAM, FIRST_CHUNK, CACHE_READ, CACHE_WRITE, REASONING_TOKENS, WORKFLOW_NAME,
    INPUT_MESSAGES, OUTPUT_MESSAGES,
})  # fmt: skip
_OF_OLD: Final = frozenset({SYSTEM, PROMPT_TOKENS, COMPLETION_TOKENS})


def chosen_by_environment() -> Names:
    """The set of names that the environment asks for."""
    words = {word.strip() for word in os.environ.get(OPT_IN, "").split(",")}
    return "current" if LATEST in words else "both"


def named(facts: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """*facts* under the names that are wanted, each a text that encodes; what is None is left out."""
    unwanted = {"current": _OF_OLD, "old": _OF_CURRENT, "both": frozenset[str]()}[names]
    return {
        key: replace_lone_surrogates(value) if isinstance(value, str) else value
        for key, value in facts.items()
        if value is not None and key not in unwanted
    }
