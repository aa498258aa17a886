"""Error documents, out of whatever providers and gateways wrap them in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ._parsing import Json

_WRAPPERS: Final = ("error", "errors", "base_resp")
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
"""Fields that may have a status, as a number or in digits."""
_MESSAGE_NAMES: Final = (
    "message",
    "detail",
    "msg",
    "error_msg",
    "status_msg",
    "error_description",
    "title",
)


def unwrap(value: Json) -> Mapping[str, Any]:
    """The innermost object that tells of the error, with the status and the id that stood around it.

    A list of one (Gemini), ``error`` in ``error`` (gateways) and ``errors`` (Cloudflare) are opened,
    up to eight deep; a text is a message.
    """
    outer: dict[str, Any] = {}
    for _ in range(8):
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
    """The status and the request's id that an object has which wraps an error."""
    facts = {name: value[name] for name in _STATUS_NAMES if _status(value.get(name))}
    if value.get("request_id"):
        facts["request_id"] = value["request_id"]
    return facts


def words_of(document: Mapping[str, Any]) -> list[str]:
    """The words by which *document* says what failed, the narrowest first."""
    details: Json = document.get("details")
    found = (
        word(details.get("error_code")) if isinstance(details, Mapping) else None,
        word(document.get("code")) or word(document.get("error_code")),
        word(document.get("type")),
        word(document.get("status")),
        _code(document.get("error")),
    )
    return [each for each in found if each]


def status_of(document: Mapping[str, Any]) -> int | None:
    """The HTTP status that *document* names."""
    return next((found for name in _STATUS_NAMES if (found := _status(document.get(name)))), None)


def message_of(document: Mapping[str, Any]) -> Any:
    """The message of *document* to a reader; None where it has none."""
    return next((text for name in _MESSAGE_NAMES if (text := document.get(name))), None)


def word(value: Any) -> str | None:
    """*value* if it is a text, and not empty."""
    return value if isinstance(value, str) and value else None


def _code(value: Any) -> str | None:
    """A text that is a code, as some servers send in the place of the object: one without blanks."""
    return value if isinstance(value, str) and re.fullmatch(r"[\w.-]+", value) else None


def _status(value: Any) -> int | None:
    """The HTTP status that *value* is: a number, or its digits as a text."""
    if isinstance(value, str) and re.fullmatch(r"[45]\d\d", value, re.ASCII):
        value = int(value)
    return value if isinstance(value, int) and 400 <= value <= 599 else None
