"""Reading plain data that a page has sent: each value has a place, which errors name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from .._bad_request import BadPageRequest


class Fields:
    """An object that a page has sent, and its place."""

    def __init__(self, value: object, place: str) -> None:
        """:raises BadPageRequest: *value* is no object."""
        if not isinstance(value, Mapping):
            raise refusal(place, "an object", value)
        self._fields: Mapping[str, Any] = cast(Any, value)
        self.place = place

    def __contains__(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def value(self, name: str) -> Any:
        """The value there; None where there is none."""
        return self._fields.get(name)

    def place_of(self, name: str) -> str:
        """The place of a field."""
        return f"{self.place}.{name}" if self.place else name

    def text(self, name: str) -> str:
        """The text that has to stand there."""
        found = self._fields.get(name)
        if not isinstance(found, str):
            raise refusal(self.place_of(name), "a text", found)
        return found

    def text_or_none(self, name: str) -> str | None:
        """The text, if one stands there."""
        return self.text(name) if name in self else None

    def fields(self, name: str) -> Fields:
        """The object that has to stand there."""
        return Fields(self._fields.get(name), self.place_of(name))

    def objects(self, name: str) -> list[Fields]:
        """The objects of the list that has to stand there."""
        found = self._fields.get(name)
        if not isinstance(found, list):
            raise refusal(self.place_of(name), "a list", found)
        place = self.place_of(name)
        items: list[Any] = cast(Any, found)
        return [Fields(item, f"{place}[{number}]") for number, item in enumerate(items)]

    def objects_if_any(self, name: str) -> list[Fields]:
        """The objects of the list, if one stands there."""
        return self.objects(name) if name in self else []


def refusal(place: str, wanted: str, found: object) -> BadPageRequest:
    """The error of a value that is not what has to stand at *place*."""
    told = "is missing" if found is None else f"is {found!r:.100}"
    return BadPageRequest(f"{place or 'the request'} has to be {wanted}, and {told}")
