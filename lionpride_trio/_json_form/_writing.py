"""Writing a value as strict JSON data: a value that JSON has no word for stands under a key with ``$``."""

from __future__ import annotations

import base64
import enum
import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

import attrs

from ._classes import classes

MAX_DEPTH: Final = 300
"""Deepest nesting that is written: well within what Python's own JSON reads again."""
_LONG_INT_BITS: Final = 2048  # Python can be told to read no more than 640 digits
_SPLIT_SIGN: Final = re.compile(r"(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")

_Data: TypeAlias = (
    Mapping[Any, Any]
    | list[Any]
    | tuple[Any, ...]
    | datetime
    | bytes
    | str
    | float
    | enum.Enum
    | None
)


def written(value: _Data, where: str, depth: int = MAX_DEPTH) -> Any:
    """*value* as strict JSON data; errors call it *where*.

    :raises TypeError: it is no plain data, or is nested too deep.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"$text": _SPLIT_SIGN.split(value)} if _is_split(value) else str.__str__(value)
    if isinstance(value, int):
        return int(value) if value.bit_length() <= _LONG_INT_BITS else {"$int": hex(value)}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": repr(float(value))}
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    depth -= 1
    if not depth:
        raise TypeError(f"{where} is nested too deep")
    # Loops and no comprehensions, for these would be calls, of which Python allows about a thousand.
    if isinstance(value, list | tuple):
        items: list[Any] = []
        for number, item in enumerate(value):
            items.append(written(item, f"{where}[{number}]", depth))
        return {"$tuple": items} if isinstance(value, tuple) else items
    form: dict[str, Any] = {}
    if not isinstance(value, Mapping):
        for name, item in _parts_of(value, where):
            form[name] = item if name == "$" else written(item, f"{where}.{name}", depth)
    elif all(isinstance(key, str) and key[:1] != "$" and not _is_split(key) for key in value):
        for key, item in value.items():
            form[key] = written(item, f"{where}[{key!r}]", depth)
    else:
        pairs: list[Any] = []
        for key, item in value.items():
            name = written(key, f"a key of {where}", depth)
            pairs.append([name, written(item, f"{where}[{key!r}]", depth)])
        form["$map"] = pairs
    return form


def _is_split(text: str) -> bool:
    return not text.isascii() and _SPLIT_SIGN.search(text) is not None


def _parts_of(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """The class of one of this library's objects, and its fields without those left at a default."""
    kind = type(value).__name__
    cls = classes.get(kind)
    if cls is None or cls is not type(value):
        raise TypeError(
            f"{where} is no plain data (text, numbers, lists, mappings), but {value!r:.100}"
        )
    yield "$", kind
    if isinstance(value, enum.Enum):
        yield "value", value.value
        return
    for field in written_fields(cls):
        item = getattr(value, field.name)
        if item is not field.default and not follows(value, item, field.default):
            yield field.name, item


def written_fields(cls: Any) -> list[attrs.Attribute[Any]]:
    """The fields of a class that have a place in its form."""
    return [field for field in attrs.fields(cls) if "no_json" not in field.metadata]


def follows(value: Any, item: Any, default: Any) -> bool:
    """Whether *item* is what *value* would have by its other fields: the parts of a plain response.

    They are written to be compared, because what a provider said beside does not count in ``==``.
    """
    if not isinstance(default, attrs.Factory) or not default.takes_self:  # type: ignore[arg-type]
        return False
    made: Any = default.factory(value)
    return bool(made == item) and written(made, "") == written(item, "")
