"""OpenAI's error documents, and those of Groq and OpenRouter, who changed them."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from ._framing import JsonObject

Dialect: TypeAlias = Literal["openai", "groq", "openrouter", "compatible"]
"""Whose chat completions: what each has of its own stands in its documentation."""

_TYPES: Final = {
    401: ("invalid_request_error", "invalid_api_key"),
    403: ("invalid_request_error", "unsupported_country_region_territory"),
    404: ("invalid_request_error", "model_not_found"),
    429: ("requests", "rate_limit_exceeded"),
    503: ("service_unavailable_error", None),
}


def chat_error(
    status: int,
    message: str,
    dialect: Dialect = "openai",
    *,
    param: str | None = None,
    code: str | None = None,
) -> JsonObject:
    """An error document; *param* is the field that is wrong, *code* a word for the fault."""
    if dialect == "openrouter":
        return {"error": {"code": status, "message": message}}
    kind, usual = _TYPES.get(
        status, ("invalid_request_error" if status < 500 else "server_error", None)
    )
    error: JsonObject = {"message": message, "type": kind}
    if dialect != "groq":
        error["param"] = param
    error["code"] = usual if param is None and code is None else code
    return {"error": error}
