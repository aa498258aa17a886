"""Where a reader of a durable stream goes on: a number, or what a page's request says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Protocol

import attrs

from .._checks import show
from .._errors import BadRequest, ConfigurationError

LAST_EVENT_ID: Final = "last-event-id"
"""The header by which a browser that reconnects names the last event that it has seen."""
MAX_NUMBER: Final = 2**63 - 1
"""Largest number that a store can look for."""
_DIGITS: Final = re.compile(r"[0-9]{1,19}")  # and nothing else that `int` reads, such as +1 or 1_0


class HasHeaders(Protocol):
    """A request, as of starlette or FastAPI."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the request."""
        ...


@attrs.frozen
class After:
    """The number of the last item that a reader has."""

    _given: str | int
    is_of_request: bool = False
    """A request named it; what is wrong with it is that request's fault, and not the program's."""

    @classmethod
    def of(cls, given: int | str | HasHeaders | None) -> After:
        """Read the *after* of `follow`: None and a request without the header are the beginning.

        :raises ConfigurationError: it is none of these.
        """
        headers = getattr(given, "headers", None)
        if headers is not None:
            return cls(_last_event_id(headers), is_of_request=True)
        after = cls(0 if given is None else given)  # type: ignore[arg-type]
        if after._number() is None:
            raise ConfigurationError(
                "after= is the last_id of a channel, a whole number, or a request that may have the header"
                f" Last-Event-ID, not {show(given)}"
            )
        return after

    def position(self) -> int:
        """The number.

        :raises BadRequest: a request has another word in its place.
        """
        number = self._number()
        if number is None:
            raise BadRequest(f"Last-Event-ID is the number of an item, not {show(self._given)}")
        return number

    def _number(self) -> int | None:
        number: object = self._given
        if isinstance(number, str) and _DIGITS.fullmatch(number):
            number = int(number)
        if not isinstance(number, int) or isinstance(number, bool):
            return None
        return number if 0 <= number <= MAX_NUMBER else None


def _last_event_id(headers: Any) -> str | int:
    """The header's value; 0 where it is not there, or is empty as before the first event."""
    return next((text for name, text in headers.items() if name.lower() == LAST_EVENT_ID), "") or 0
