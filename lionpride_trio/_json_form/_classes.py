"""The classes that have a JSON form, by name: an object is written and read under the name of its class."""

from __future__ import annotations

from typing import Any, Final, TypeVar

C = TypeVar("C", bound=type[Any])

classes: Final[dict[str, type[Any]]] = {}


def has_json_form(cls: C) -> C:
    """Let *cls*, an attrs class or an enumeration, be written and read under its name."""
    classes[cls.__name__] = cls
    return cls
