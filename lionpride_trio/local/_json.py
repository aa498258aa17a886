"""JSON as the wires read it.

A client's data is read with the `as_*` functions: a value of another type reads as empty.  A
wire checks what its provider insists on, and takes the rest as it comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
Json: TypeAlias = JsonObject | list[Any] | str | float | None


def as_object(value: Json) -> JsonObject:
    """Read an object."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Any]:
    """Read an array."""
    return value if isinstance(value, list) else []


def as_text(value: object) -> str:
    """Read a string."""
    return value if isinstance(value, str) else ""


def as_count(value: object) -> int | None:
    """Read a whole number of at least nought; `True` is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def pick(value: Mapping[str, Any], *names: str) -> Any:
    """Read the first of several spellings of one field."""
    return next((value[name] for name in names if value.get(name) is not None), None)
