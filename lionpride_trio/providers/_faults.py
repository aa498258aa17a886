"""Failures that providers report, by status or by event, to the classes of `_errors`.

A status is law; the words of a document narrow it, and decide where there is none; messages are only
ever quoted.  Words and statuses of one service stand with its provider (``error_words``,
``error_statuses``).  Those of the built-in providers are understood of all: gateways pass on what the
model behind them reports, so that a chat completion may fail with ``overloaded_error``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from .._errors import (
    AuthenticationError,
    BadRequest,
    NotFound,
    Overloaded,
    PermissionDenied,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    RequestTooLarge,
    ServerError,
)
from ._delays import delay_in_details, delay_in_headers, delay_in_words, is_spent_for_today
from ._error_documents import message_of, status_of, unwrap, word, words_of

REQUEST_ID_HEADERS: Final = ("x-request-id", "request-id")
"""Headers that most services and gateways answer the request's id in."""

_BY_STATUS: Final[dict[int, type[ProviderError]]] = {
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
    503: Overloaded,
}
"""The class of each status: by HTTP, and then by the built-in providers."""
_BY_WORD: Final[dict[str, type[ProviderError]]] = {}
"""The class of each word of the built-in providers, by its letters."""


def share_failures(
    words: Mapping[type[ProviderError], str], statuses: Mapping[int, type[ProviderError]]
) -> None:
    """Let the failures of a built-in provider be understood of all.

    A word that is known already keeps its meaning.
    """
    for letters, error_class in _by_letters(words).items():
        _BY_WORD.setdefault(letters, error_class)
    for status, error_class in statuses.items():
        _BY_STATUS.setdefault(status, error_class)


def _by_letters(words: Mapping[type[ProviderError], str]) -> dict[str, type[ProviderError]]:
    return {
        _letters(each): error_class for error_class, many in words.items() for each in many.split()
    }


def _letters(text: str) -> str:
    """*text* without what gateways change in it: ``RateLimitError`` is ``rate_limit_error``."""
    return "".join(filter(str.isalnum, text)).lower()


def provider_error(
    value: Any,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    words: Mapping[type[ProviderError], str] | None = None,
    statuses: Mapping[int, type[ProviderError]] | None = None,
    id_headers: Sequence[str] = REQUEST_ID_HEADERS,
) -> ProviderError:
    """The failure that *value* reports: any provider's error document, decoded, or a text.

    *status* is the HTTP status, None for an event in a stream (its document may name one).  *words*,
    *statuses* and *id_headers* are the provider's own, and come before those that are known.
    """
    headers = headers or {}
    document = unwrap(value)
    codes = words_of(document)
    number = status or status_of(document)
    error_class = _class_of(codes, number, _by_letters(words or {}), statuses or {})
    if issubclass(error_class, RateLimited) and is_spent_for_today(document):
        error_class = QuotaExhausted
    message = message_of(document) or value
    retry_after = delay_in_headers(headers)
    if retry_after is None:
        retry_after = delay_in_details(document)
    if retry_after is None and issubclass(error_class, RateLimited | Overloaded):
        retry_after = delay_in_words(message)
    return error_class(
        message if isinstance(message, str) else json.dumps(message, ensure_ascii=False),
        status=status,
        body=value,
        code=codes[0] if codes else None,
        kind=word(document.get("type")) or word(document.get("status")),
        retryable=_retryable(error_class, number, headers.get("x-should-retry")),
        retry_after=retry_after,
        request_id=request_id(headers, id_headers) or word(document.get("request_id")),
    )


def _class_of(
    codes: list[str],
    number: int | None,
    own_words: Mapping[str, type[ProviderError]],
    own_statuses: Mapping[int, type[ProviderError]],
) -> type[ProviderError]:
    """The class that the words *codes* and the status *number* mean.

    The words may only narrow what the status means: a gateway's 401 stays one, whatever the model
    behind it says.
    """
    letters = map(_letters, codes)
    named = [
        found
        for each in letters
        if (found := own_words.get(each) or _BY_WORD.get(each)) is not None
    ]
    by_status = own_statuses.get(number or 0) or _BY_STATUS.get(number or 0)
    if by_status is None and number is not None:
        by_status = ServerError if number >= 500 else BadRequest if number >= 400 else None
    if by_status is None:
        return named[0] if named else ProviderError
    return next((each for each in named if issubclass(each, by_status)), by_status)


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


def request_id(headers: Mapping[str, str], names: Sequence[str]) -> str | None:
    """The id that the provider gave the request: the first of the headers *names* that is there."""
    return next((headers[name] for name in names if name in headers), None)
