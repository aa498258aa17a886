"""How long a provider wants to be left alone: read from headers, details or the words of a failure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ._moments import http_date, seconds_until
from ._parsing import Json

_SECONDS: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)s")
# Gemini: "Please retry in 46.1s."  OpenAI: "Please try again in 1m6.5s." or "… in 350ms."
_IN_WORDS: Final = re.compile(
    r"(?:retry|try again) in (?:(\d{1,4})h)?(?:(\d{1,4})m(?!s))?(?:(\d{1,6}(?:\.\d{1,9})?)(m?s))?"
)


def delay_in_headers(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, by ``retry-after-ms`` or ``retry-after`` (RFC 9110, section 10.2.3)."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,12}(\.\d{1,12})?", text):
            return float(text) * unit
    moment = http_date(headers.get("retry-after", ""))
    return None if moment is None else seconds_until(moment, headers)


def delay_in_details(document: Mapping[str, Any]) -> float | None:
    """Seconds to wait, by a ``google.rpc.RetryInfo`` among the details of an error document.

    Gateways pass the details on, so that this is asked of all documents.
    """
    details: Json = document.get("details")
    for detail in details if isinstance(details, list) else ():
        delay = detail.get("retryDelay") if isinstance(detail, Mapping) else None
        match = _SECONDS.fullmatch(delay) if isinstance(delay, str) else None
        if match:
            return float(match[1])
    return None


def delay_in_words(message: object) -> float | None:
    """Seconds to wait, as a text says.  Texts never decide what an error is, only how long it lasts."""
    match = _IN_WORDS.search(message) if isinstance(message, str) else None
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds, unit = match.groups()
    last = float(seconds or 0) / (1000 if unit == "ms" else 1)
    return int(hours or 0) * 3600.0 + int(minutes or 0) * 60.0 + last


def is_spent_for_today(document: Mapping[str, Any]) -> bool:
    """Whether a ``google.rpc.QuotaFailure`` among the details names a quota of a whole day."""
    details: Json = document.get("details")
    for detail in details if isinstance(details, list) else ():
        violations = detail.get("violations") if isinstance(detail, Mapping) else None
        for each in violations if isinstance(violations, list) else ():
            if isinstance(each, Mapping) and "PerDay" in str(each.get("quotaId")):
                return True
    return False
