"""The classes that have a JSON form, by name: an object is written and read under the name of its class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

C = TypeVar("C", bound=type[Any])

NO_JSON: Final[Mapping[str, Any]] = {"no_json": True}
"""Metadata of a field that is not written: it is made of the others."""
classes: Final[dict[str, type[Any]]] = {}


def has_json_form(cls: C) -> C:
    """Let *cls*, an attrs class or an enumeration, be written and read under its name."""
    classes[cls.__name__] = cls
    return cls
