"""Where a reader of a durable stream goes on: a number, or what a page's request says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

import attrs

from .._errors import BadRequest, ConfigurationError

LAST_EVENT_ID: Final = "last-event-id"
"""The header by which a browser that reconnects names the last event that it has seen."""


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
        if isinstance(given, bool | float) or after._number() is None:
            raise ConfigurationError(
                "after= is the last_id of a channel, a whole number, or a request that may have the header"
                f" Last-Event-ID, not {given!r:.100}"
            )
        return after

    def position(self) -> int:
        """The number.

        :raises BadRequest: a request has another word in its place.
        """
        number = self._number()
        if number is None:
            raise BadRequest(f"Last-Event-ID is the number of an item, not {self._given!r:.100}")
        return number

    def _number(self) -> int | None:
        try:
            number = int(self._given)
        except (TypeError, ValueError):
            return None
        return number if number >= 0 else None


def _last_event_id(headers: Any) -> str | int:
    """The header's value; 0 where it is not there, or is empty as before the first event."""
    return next((text for name, text in headers.items() if name.lower() == LAST_EVENT_ID), "") or 0
