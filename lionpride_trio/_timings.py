"""Facts of one model call: when what came, the headers of its answer, and the limits that these tell of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from ._readonly import ReadOnlyDict


@attrs.frozen(kw_only=True)
class Timings:
    """Times of one call, in seconds from the call.  None where a step has not come, or never does.

    After retries they are those of the last attempt.
    """

    waited: float = 0.0
    """Seconds that the call waited for a slot and for its limits."""
    sent: float | None = None
    """The request had been sent.  With an HTTP client of yours: when that began."""
    first_byte: float | None = None
    """The head of the answer was there."""
    first_content: float | None = None
    """The first content was there; of an answer that is not streamed, the whole."""
    ended: float | None = None
    """The answer ended, failed, was stopped or was left."""
    chunks: int = 0
    """Chunks that came."""
    longest_gap: float | None = None
    """Most seconds that were waited for the next chunks, once some had come."""
    p95_gap: float | None = None
    """Seconds that 95 of 100 such waits did not exceed.

    Exact for the first 2,048 reads; of a longer reply, an even sample of at least 1,024 is kept.
    """
    tokens_per_second: float | None = None
    """Tokens of the answer, by the time from its first content to its end.

    Of an answer that is not streamed: from the request to its end.
    """


@attrs.frozen(kw_only=True)
class Quota:
    """One limit of a provider, as its answer tells of it."""

    limit: int | None = None
    """So many are allowed in the provider's window."""
    remaining: int | None = None
    """So many are left in it."""
    reset_after: float | None = None
    """Seconds from the answer until all are allowed again."""


@attrs.frozen(kw_only=True)
class RateLimits:
    """The limits that an answer's headers tell of; None for one that they do not."""

    requests: Quota | None = None
    """Requests."""
    tokens: Quota | None = None
    """Tokens of requests and answers together."""
    input_tokens: Quota | None = None
    """Tokens of requests, where the provider counts them apart."""
    output_tokens: Quota | None = None
    """Tokens of answers, where the provider counts them apart."""


NO_HEADERS: Final[Mapping[str, str]] = ReadOnlyDict()


@attrs.frozen(kw_only=True)
class CallFacts:
    """The facts of a call besides its answer."""

    timings: Timings
    """When what came."""
    headers: Mapping[str, str] = NO_HEADERS
    """The headers of the answer, names in small letters; without cookies."""
    request_id: str | None = None
    """The id that the provider gave the request."""
    rate_limits: RateLimits | None = None
    """The limits that the headers tell of."""
