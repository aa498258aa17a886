"""How far away a moment is that a header names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def http_date(text: str) -> datetime | None:
    """The moment that *text* is as a date of HTTP (RFC 9110, section 5.6.7); None if it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the second by a year or an offset of many digits
        return None
    return _with_zone(moment)


def iso_date(text: str) -> datetime | None:
    """The moment that *text* is as a date of ISO 8601; None if it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return _with_zone(moment)


def seconds_until(moment: datetime, headers: Mapping[str, str]) -> float:
    """Seconds from the answer that has *headers* to *moment*; 0 if that is past.

    The clock is the server's, as the ``date`` header tells it: ours may be wrong by hours.
    """
    now = http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def _with_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
