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

_WORDS: Final[Mapping[type[ProviderError], str]] = {
    # OpenAI and those who speak its APIs · Anthropic · Google · DashScope · names of exceptions (vLLM)
    AuthenticationError: """
        invalid_api_key invalid_token unauthorized authentication_error
        UNAUTHENTICATED
        InvalidApiKey""",
    BadRequest: """
        string_above_max_length invalid_request_error invalid_request bad_request invalid_prompt
        tool_use_failed
        INVALID_ARGUMENT FAILED_PRECONDITION OUT_OF_RANGE
        DataInspectionFailed
        BadRequestError UnprocessableEntityError ValueError""",
    ContextTooLong: "context_length_exceeded",
    NotFound: """
        model_not_found not_found not_found_error
        ModelNotFound Model.NotFound NotFoundError""",
    Overloaded: """
        service_unavailable service_unavailable_error server_is_overloaded engine_overloaded
        engine_overloaded_error server_overloaded server_overloaded_error model_overloaded
        slow_down overloaded overloaded_error insufficient_system_resource
        UNAVAILABLE
        ModelServingError""",
    PermissionDenied: """
        permission_error forbidden
        PERMISSION_DENIED
        AccessDenied Model.AccessDenied AccessDenied.Unpurchased PermissionDeniedError""",
    QuotaExhausted: """
        insufficient_quota billing_hard_limit_reached billing_error enforced_spend_limit_reached
        Arrearage""",
    RateLimited: """
        rate_limit_exceeded rate_limit_error rate_limit_reached rate_limit rate_limited requests
        tokens too_many_requests throttling_error
        RESOURCE_EXHAUSTED
        Throttling Throttling.RateQuota Throttling.BurstRate Throttling.AllocationQuota""",
    RequestTooLarge: "request_too_large",
    ServerError: """
        server_error internal_server_error internal_error timeout_error network_error api_error
        INTERNAL UNKNOWN DEADLINE_EXCEEDED CANCELLED
        InternalError.Algo InternalError.Timeout RequestTimeOut""",
}


def _letters(word: str) -> str:
    """*word* without what gateways change in it: ``RateLimitError`` is ``rate_limit_error``."""
    return "".join(filter(str.isalnum, word)).lower()


_BY_WORD: Final[Mapping[str, type[ProviderError]]] = {
    _letters(word): error_class for error_class, words in _WORDS.items() for word in words.split()
}

_DELAY = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")
# Gemini: "Please retry in 46.1s."  OpenAI: "Please try again in 1m6.5s." or "… in 350ms."
_DELAY_WORDS = re.compile(
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
            _word(document.get("code")) or _word(document.get("error_code")),
            _word(document.get("type")),
            _word(document.get("status")),
            _code(document.get("error")),
        )
        if word
    ]
    number = status or next(
        (given for name in _STATUS_NAMES if (given := _status(document.get(name)))), None
    )
    named = [found for word in words if (found := _BY_WORD.get(_letters(word)))]
    by_status = _BY_STATUS.get(number or 0)
    if by_status is None and number is not None:
        by_status = ServerError if number >= 500 else BadRequest if number >= 400 else None
    error_class = _narrowest(named, by_status)
    if issubclass(error_class, RateLimited) and _spent_for_today(document):
        error_class = QuotaExhausted
    message = next((told for name in _MESSAGE_NAMES if (told := document.get(name))), value)
    retry_after = _retry_after(headers or {})
    if retry_after is None:
        retry_after = _retry_info(document)
    if retry_after is None and issubclass(error_class, RateLimited | Overloaded):
        retry_after = _delay_in_words(message)
    return error_class(
        message if isinstance(message, str) else json.dumps(message, ensure_ascii=False),
        status=status,
        body=value,
        code=words[0] if words else None,
        kind=_word(document.get("type")) or _word(document.get("status")),
        retryable=_retryable(error_class, number, (headers or {}).get("x-should-retry")),
        retry_after=retry_after,
        request_id=request_id(headers or {}) or _word(document.get("request_id")),
    )


def _retryable(
    error_class: type[ProviderError], number: int | None, advice: str | None
) -> bool | None:
    """Whether to repeat, by the server's *advice* in ``x-should-retry``; None as its class says.

    A request that is wrong is wrong again, whatever a gateway stamps on its answers.
    """
    if issubclass(error_class, BadRequest) and number != 409:
        return None
    if advice in {"true", "false"}:
        return advice == "true"
    return True if number in {408, 409} else None


_STATUS_NAMES: Final = (
    "code",
    "status_code",
    "error_code",
    "status",
    "http_code",
    "http_status",
    "type",
    "error",
)
"""Where documents have a status, as a number or in digits."""
_MESSAGE_NAMES: Final = (
    "message",
    "detail",
    "msg",
    "error_msg",
    "status_msg",
    "error_description",
    "title",
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
    outer: dict[str, Any] = {}
    for _ in range(
        8
    ):  # a list of one (Gemini), `error` in `error` (gateways), `errors` (Cloudflare)
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, str):
            return {"message": value, **outer}
        elif not isinstance(value, Mapping):
            break
        else:
            inner = next((found for name in _WRAPPERS if (found := value.get(name))), None)
            if not isinstance(inner, Mapping | list):
                if isinstance(inner, str) and not value.get("message"):
                    return {**outer, **value, "message": inner}
                return {**outer, **value}
            outer |= _facts_around(value)
            value = inner
    return outer


def _facts_around(value: Mapping[str, Any]) -> dict[str, Any]:
    """What an object that wraps an error tells of it: its status, and the request's id."""
    facts = {name: value[name] for name in _STATUS_NAMES if _status(value.get(name))}
    if value.get("request_id"):
        facts["request_id"] = value["request_id"]
    return facts


_WRAPPERS: Final = ("error", "errors", "base_resp")


def _details(document: Mapping[str, Any]) -> Mapping[str, Any]:
    details: Json = document.get("details")
    return details if isinstance(details, Mapping) else {}


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _code(value: Any) -> str | None:
    """A text that is a code, as some servers send in the place of the object: one without blanks."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w.-]+", value) else None


def _status(value: Any) -> int | None:
    """The HTTP status that *value* is: a number, or its digits as a text."""
    if isinstance(value, str) and re.fullmatch(r"[45]\d\d", value, re.ASCII):
        value = int(value)
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
    match = _DELAY_WORDS.search(message) if isinstance(message, str) else None
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
