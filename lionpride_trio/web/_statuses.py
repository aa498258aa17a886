"""The answers of an endpoint where a stream fails before its head was sent."""

from __future__ import annotations

import json
import math
from typing import Final

import attrs

from .._errors import BadRequest, NotFound, Overloaded, RateLimited, StreamTimeout
from ._bad_request import BadPageRequest
from .encoders import describe_failure

_STATUSES: Final[tuple[tuple[type[Exception], int], ...]] = (
    (RateLimited, 429),
    (Overloaded, 503),
    (StreamTimeout, 504),
    (BadRequest, 400),
    (BadPageRequest, 400),
)


def status_of(error: Exception) -> int:
    """The status for a page.

    Never a provider's own 401 or 403, which a page would take for its own login.
    """
    if is_missing_stream(error):
        return 404
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 502)


def is_missing_stream(error: Exception) -> bool:
    """Whether there is no such durable stream.  A model that is not there has its provider's name."""
    return isinstance(error, NotFound) and error.provider is None


def refusal(
    error: Exception, message: str | None = None
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, headers and body of the answer: the class of the failure, and our own words for it.

    *message* is told in the place of the words for that class.
    """
    failure = describe_failure(error)
    if message is not None:
        failure = attrs.evolve(failure, message=message)
    body = json.dumps(failure.as_dict()).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if failure.retry_after is not None:
        headers.append((b"retry-after", str(math.ceil(failure.retry_after)).encode()))
    return status_of(error), headers, body
