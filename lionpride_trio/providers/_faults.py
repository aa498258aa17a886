"""Failures that providers report, by status or by event, to the classes of `_errors`.

Statuses and the providers' own codes decide; messages are only ever quoted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from .._errors import (
    AuthenticationError,
    BadRequest,
    ContextTooLong,
    NotFound,
    Overloaded,
    PermissionDenied,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    RequestTooLarge,
    ServerError,
)
from ._parsing import Json

_BY_STATUS: Final[Mapping[int, type[ProviderError]]] = {
    400: BadRequest,
    401: AuthenticationError,
    402: QuotaExhausted,
    403: PermissionDenied,
    404: NotFound,
    408: ServerError,
    409: BadRequest,
    413: RequestTooLarge,
    422: BadRequest,
    429: RateLimited,
    498: Overloaded,  # Groq: flex capacity is spent for the moment
    503: Overloaded,
    529: Overloaded,  # Anthropic
}

_BY_WORD: Final[Mapping[str, type[ProviderError]]] = {
    # OpenAI and those who speak its APIs
    "context_length_exceeded": ContextTooLong,
    "string_above_max_length": BadRequest,
    "insufficient_quota": QuotaExhausted,
    "billing_hard_limit_reached": QuotaExhausted,
    "rate_limit_exceeded": RateLimited,
    "rate_limit_error": RateLimited,
    "requests": RateLimited,
    "tokens": RateLimited,
    "invalid_api_key": AuthenticationError,
    "invalid_request_error": BadRequest,
    "invalid_prompt": BadRequest,
    "tool_use_failed": BadRequest,
    "model_not_found": NotFound,
    "server_error": ServerError,
    "internal_server_error": ServerError,
    "service_unavailable": Overloaded,
    "service_unavailable_error": Overloaded,
    "server_is_overloaded": Overloaded,
    "engine_overloaded": Overloaded,
    "slow_down": Overloaded,
    # Anthropic
    "authentication_error": AuthenticationError,
    "permission_error": PermissionDenied,
    "not_found_error": NotFound,
    "request_too_large": RequestTooLarge,
    "timeout_error": ServerError,
    "overloaded_error": Overloaded,
    "api_error": ServerError,
    "billing_error": QuotaExhausted,
    "enforced_spend_limit_reached": QuotaExhausted,
    # Google
    "INVALID_ARGUMENT": BadRequest,
    "FAILED_PRECONDITION": BadRequest,
    "OUT_OF_RANGE": BadRequest,
    "UNAUTHENTICATED": AuthenticationError,
    "PERMISSION_DENIED": PermissionDenied,
    "NOT_FOUND": NotFound,
    "RESOURCE_EXHAUSTED": RateLimited,
    "INTERNAL": ServerError,
    "UNKNOWN": ServerError,
    "UNAVAILABLE": Overloaded,
    "DEADLINE_EXCEEDED": ServerError,
    "CANCELLED": ServerError,
}

_DELAY = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")
# Gemini: "Please retry in 46.1s."  OpenAI: "Please try again in 1m6.5s." or "… in 350ms."
_WORDS = re.compile(
    r"(?:retry|try again) in (?:(\d{1,4})h)?(?:(\d{1,4})m(?!s))?(?:(\d{1,6}(?:\.\d{1,9})?)(m?s))?"
)


def provider_error(
    value: Any, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ProviderError:
    """The failure that *value* reports: any provider's error document, decoded, or a text.

    *status* is the HTTP status, None for an event in a stream (its document may name one).
    """
    document = _document(value)
    words = [
        word
        for word in (
            _word(_details(document).get("error_code")),
            _word(document.get("code")),
            _word(document.get("type")),
            _word(document.get("status")),
        )
        if word
    ]
    number = status or _status(document.get("code")) or _status(document.get("status_code"))
    named: list[type[ProviderError]] = [_BY_WORD[word] for word in words if word in _BY_WORD]
    by_status = _BY_STATUS.get(number or 0)
    if by_status is None and number is not None:
        by_status = ServerError if number >= 500 else BadRequest if number >= 400 else None
    error_class = _narrowest(named, by_status)
    if issubclass(error_class, RateLimited) and _spent_for_today(document):
        error_class = QuotaExhausted
    message = document.get("message") or document.get("detail") or value
    retry_after = _retry_after(headers or {})
    if retry_after is None:
        retry_after = _retry_info(document)
    if retry_after is None and issubclass(error_class, RateLimited | Overloaded):
        retry_after = _delay_in_words(message)
    should_retry = {"true": True, "false": False}.get((headers or {}).get("x-should-retry", ""))
    return error_class(
        message if isinstance(message, str) else json.dumps(message, ensure_ascii=False),
        status=status,
        body=value,
        code=words[0] if words else None,
        kind=_word(document.get("type")) or _word(document.get("status")),
        retryable=True if number in {408, 409} and should_retry is None else should_retry,
        retry_after=retry_after,
        request_id=request_id(headers or {}) or _word(document.get("request_id")),
    )


def request_id(headers: Mapping[str, str]) -> str | None:
    """The id that the provider gave the request."""
    for name in ("x-request-id", "request-id", "x-generation-id", "x-groq-id"):
        if name in headers:
            return headers[name]
    return None


def _narrowest(
    named: list[type[ProviderError]], by_status: type[ProviderError] | None
) -> type[ProviderError]:
    """A status is law; the provider's words may only narrow it, and decide where there is none."""
    if by_status is None:
        return named[0] if named else ProviderError
    return next(
        (error_class for error_class in named if issubclass(error_class, by_status)), by_status
    )


def _document(value: Json) -> Mapping[str, Any]:
    """The innermost object that tells of the error, out of its provider's wrapping."""
    if isinstance(value, list) and value:
        value = value[0]  # Gemini sometimes sends a list of one
    if not isinstance(value, Mapping):
        return {"message": value} if isinstance(value, str) else {}
    inner = value.get("error")
    if isinstance(inner, Mapping):
        return {"request_id": value.get("request_id"), **inner}
    if isinstance(inner, str):
        return {**value, "message": value.get("message") or inner}
    return value


def _details(document: Mapping[str, Any]) -> Mapping[str, Any]:
    details: Json = document.get("details")
    return details if isinstance(details, Mapping) else {}


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _status(value: Any) -> int | None:
    return value if isinstance(value, int) and 400 <= value <= 599 else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, by ``retry-after-ms`` or ``retry-after`` (RFC 9110, section 10.2.3)."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,12}(\.\d{1,12})?", text):
            return float(text) * unit
    try:
        moment = parsedate_to_datetime(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _retry_info(document: Mapping[str, Any]) -> float | None:
    """The delay of a ``google.rpc.RetryInfo`` among the details."""
    details: Json = document.get("details")
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, Mapping) else None
        match = _DELAY.fullmatch(delay) if isinstance(delay, str) else None
        if match:
            return float(match[1])
    return None


def _delay_in_words(message: object) -> float | None:
    """The delay that a text names.  Texts never decide what an error is, only how long it lasts."""
    match = _WORDS.search(message) if isinstance(message, str) else None
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds, unit = match.groups()
    last = float(seconds or 0) / (1000 if unit == "ms" else 1)
    return int(hours or 0) * 3600.0 + int(minutes or 0) * 60.0 + last


def _spent_for_today(document: Mapping[str, Any]) -> bool:
    """Whether a ``google.rpc.QuotaFailure`` among the details names a quota of a whole day."""
    details: Json = document.get("details")
    for detail in details if isinstance(details, list) else ():
        violations = detail.get("violations") if isinstance(detail, Mapping) else None
        for each in violations if isinstance(violations, list) else ():
            if isinstance(each, Mapping) and "PerDay" in str(each.get("quotaId")):
                return True
    return False
