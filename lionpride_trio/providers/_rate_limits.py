"""The limits that the headers of an answer tell of, as numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from .._timings import Quota, RateLimits
from ._moments import iso_date, seconds_until

RATE_LIMIT_HEADERS: Final = ("x-ratelimit-{fact}-{what}",)
"""How most services name them, as in ``x-ratelimit-remaining-tokens``."""

_WHOLE: Final = re.compile(r"\d{1,15}")
_NUMBER: Final = r"(\d{1,9}(?:\.\d{1,9})?)"
# "1s", "6m0s", "2m59.56s", "20ms", "1h2m".
_DURATION: Final = re.compile(
    rf"(?:(\d{{1,6}})d)?(?:(\d{{1,6}})h)?(?:(\d{{1,6}})m(?!s))?(?:{_NUMBER}s)?(?:{_NUMBER}ms)?"
)
_UNITS: Final = (86400.0, 3600.0, 60.0, 1.0, 0.001)


def rate_limits_in(headers: Mapping[str, str], names: Sequence[str]) -> RateLimits | None:
    """The limits in *headers*, whose names are made by the patterns *names*; None if there are none.

    What is no number is left out: a header never fails an answer.
    """
    quotas: dict[str, Quota | None] = {}
    for kind in ("requests", "tokens", "input-tokens", "output-tokens"):
        for pattern in names:
            limit, remaining, reset = (
                headers.get(pattern.format(fact=fact, what=kind), "").strip()
                for fact in ("limit", "remaining", "reset")
            )
            quota = Quota(
                limit=_whole_number(limit),
                remaining=_whole_number(remaining),
                reset_after=_seconds_until(reset, headers) if reset else None,
            )
            if quota != _NOTHING:
                quotas[kind.replace("-", "_")] = quota
                break
    return RateLimits(**quotas) if quotas else None


_NOTHING: Final = Quota()


def _whole_number(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


def _seconds_until(text: str, headers: Mapping[str, str]) -> float | None:
    """Seconds from the answer to a moment, which is told as a duration or as a time of day."""
    if re.fullmatch(_NUMBER, text):
        return float(text)
    duration = _DURATION.fullmatch(text)
    if duration is not None:
        given = zip(duration.groups(), _UNITS, strict=True)
        return sum(float(count) * unit for count, unit in given if count is not None)
    moment = iso_date(text)
    return None if moment is None else seconds_until(moment, headers)
