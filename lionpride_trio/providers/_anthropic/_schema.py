"""JSON Schemas as Anthropic takes them for the form of an answer: each object says that it has no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

_NAMED: Final = frozenset(["properties", "$defs", "definitions"])
_LISTS: Final = frozenset(["allOf", "anyOf"])


def closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """*schema* with ``additionalProperties: false`` where an object says nothing of it.

    Anthropic refuses an object that leaves it open.  What is valid for the closed schema is valid
    for the one that was given.
    """
    made: dict[str, Any] = {}
    for word, value in schema.items():
        if word in _NAMED and isinstance(value, Mapping):
            named = cast(Mapping[str, Any], value)
            made[word] = {name: _closed(each) for name, each in named.items()}
        elif word in _LISTS and isinstance(value, list):
            made[word] = [_closed(each) for each in cast("list[object]", value)]
        else:
            made[word] = _closed(value) if word == "items" else value
    if made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


def _closed(value: object) -> Any:
    return closed(cast(Mapping[str, Any], value)) if isinstance(value, Mapping) else value
