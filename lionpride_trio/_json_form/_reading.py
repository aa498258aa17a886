"""Reading JSON data that `written` wrote: damaged data is refused, and never makes half an object."""

from __future__ import annotations

import base64
import enum
import functools
import types
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

import attrs

from .._readonly import ReadOnlyDict
from ._classes import classes

_TAGS: Mapping[str, Callable[[Any], Any]] = {
    "$tuple": tuple,
    "$map": dict,
    "$text": "".join,
    "$int": lambda digits: int(digits, 16),
    "$float": float,
    "$time": datetime.fromisoformat,
    "$bytes": lambda text: base64.b64decode(text, validate=True),
}

Json: TypeAlias = Mapping[str, Any] | list[Any] | str | float | None


def read(form: Json, where: str) -> Any:
    """The value that `written` wrote as *form*; errors call it *where*.

    :raises ValueError: *form* is damaged; says where.
    """
    if isinstance(form, list):
        items: list[Any] = []
        for number, item in enumerate(form):
            items.append(read(item, f"{where}[{number}]"))
        return items
    if not isinstance(form, Mapping):
        return form
    fields: dict[str, Any] = {}
    for key, item in form.items():
        fields[key] = read(item, f"{where}.{key}")
    tag = next((key for key in form if key[:1] == "$"), None)
    if tag is None:
        return fields
    try:
        if tag == "$":
            return read_object(fields)
        if tag not in _TAGS or len(fields) > 1:
            raise ValueError(f"stands an unknown {tag}")
        return _TAGS[tag](fields[tag])
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"at {where} {error}") from error


def read_object(fields: dict[str, Any]) -> Any:
    """The object of the class under ``$`` with the other *fields*."""
    kind = fields.pop("$")
    cls = classes.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise ValueError(f"stands an unknown class {kind!r:.100}")
    hints = _field_hints(cast(Any, cls))
    for name, value in fields.items():
        if type(value) is hints.get(name):
            continue  # nearly all
        if name not in hints or not _fits(value, hints[name]):
            raise ValueError(f"stands a {kind} with {name}={value!r:.100}")
        if get_origin(hints[name]) is Mapping:
            fields[name] = ReadOnlyDict(value)  # as it was before it was written
    return cls(**fields)


@functools.cache
def _field_hints(cls: Any) -> Mapping[str, Any]:
    """The types of a class's fields."""
    if issubclass(cls, enum.Enum):
        return {"value": Any}
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in attrs.fields(cls)}


def _fits(value: Any, hint: Any) -> bool:
    """Whether *value* is of the type that *hint* names, as far as fields of these classes go."""
    if hint is Any:
        return True
    origin, args = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return any(_fits(value, one) for one in args)
    if origin is Literal:
        return value in args
    if origin is tuple or origin is list:
        items: list[Any] | tuple[Any, ...] = value
        return isinstance(value, origin) and all(_fits(item, args[0]) for item in items)
    kind: type[Any] = origin or hint
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))
