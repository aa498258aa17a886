"""Results as data, and back: what a journal can keep of a program's own objects.

Plain data and the objects of this library have a form already (``_json_form``).  This module adds the objects
that people use beside them: attrs classes, dataclasses, named tuples and enumerations, of whatever
values these are made of; sets, dates, paths, UUIDs and decimal numbers.  Each is a `Stored`, which has a form.

A class is known again by its module and its name, **among those that the program has imported**: nothing is
imported because a database says so, and nothing is called but a class that is made of fields.
"""

from __future__ import annotations

import dataclasses
import enum
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any, Final, TypeAlias, TypeGuard, cast
from uuid import UUID

import attrs

from .._errors import ConfigurationError, DecodeError
from .._json_form import has_json_form, write_line

_Write: TypeAlias = Callable[[Any], Any]


@has_json_form
@attrs.frozen
class Stored:
    """An object of a class that this library knows nothing of."""

    kind: str
    """A word of `_SIMPLE` or `_MAPPING`, or ``module:name`` of the class."""
    data: Any
    """The fields by name, or what a word stands for."""


def _seconds(value: Any) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _iso(value: Any) -> str:
    text: str = value.isoformat()
    return text


def _sorted(value: Any) -> list[Any]:
    """The items of a set, in an order that is the same in each process."""
    return sorted(map(to_data, value), key=lambda item: write_line(item, "an item"))


_SIMPLE: Final[Mapping[str, tuple[type[Any], _Write, _Write]]] = {
    "set": (set, _sorted, lambda data: set(from_data(data))),
    "frozenset": (frozenset, _sorted, lambda data: frozenset(from_data(data))),
    "date": (date, _iso, date.fromisoformat),
    "time": (time, _iso, time.fromisoformat),
    "timedelta": (timedelta, _seconds, lambda data: timedelta(*data)),
    "uuid": (UUID, str, UUID),
    "decimal": (Decimal, str, Decimal),
    "fraction": (Fraction, str, Fraction),
    "path": (PurePath, str, Path),
}
"""By word: a class, and how an object of it becomes data and back."""
_MAPPING: Final = "mapping"
"""The word for a mapping whose keys are objects: its keys and values, as a list of pairs."""


def write_value(value: Any, what: str, instead: str) -> Any:
    """*value* as data that has a form; errors call it *what*, and say what to give *instead*.

    :raises ConfigurationError: a part of it is none of what can be kept.
    """
    try:
        data = to_data(value)
        write_line(data, what)
        from_data(
            data
        )  # one that could be written and not read would be made again, and paid for, each time
    except (TypeError, ValueError, RecursionError, DecodeError) as error:
        raise ConfigurationError(
            f"{what} cannot be kept in a journal: {error}; {instead} text, numbers, lists, mappings, responses and"
            " parts, or objects of attrs classes, dataclasses and enumerations that are made of such"
        ) from error
    return data


def to_data(value: object) -> Any:
    """*value* with each object that has no form as a `Stored`.

    :raises TypeError: its class is made of no fields.
    """
    kind = type(value)
    if kind in {str, int, float, bool, bytes, datetime} or value is None:
        return value
    if kind is list or kind is tuple:
        items = [to_data(item) for item in cast("Iterable[Any]", value)]
        return items if kind is list else tuple(items)
    if _is_mapping(value):
        pairs = [(to_data(key), to_data(item)) for key, item in value.items()]
        plain = not any(isinstance(key, Stored | tuple) for key, _ in pairs)
        return dict(pairs) if plain else Stored(_MAPPING, pairs)
    for word, (cls, write, _) in _SIMPLE.items():
        if issubclass(kind, cls) and not issubclass(kind, datetime):
            return Stored(word, write(value))
    if _is_of_ours(kind):
        return value
    fields = _fields_of(value)
    if fields is None:
        return value  # which is plain data of a class of its own, or is refused
    name = f"{kind.__module__}:{kind.__qualname__}"
    if _find_class(name) is not kind:
        raise TypeError(
            f"{value!r:.100} is of the class {kind.__qualname__}, which was made inside a function or was"
            " replaced, so that no other process finds it: put the class at the top of its module"
        )
    return Stored(name, fields)


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _is_named_tuple(kind: Any) -> bool:
    return issubclass(kind, tuple) and hasattr(cast(Any, kind), "_fields")


def _is_of_ours(kind: type[Any]) -> bool:
    return kind.__module__.partition(".")[0] == __name__.partition(".")[0]


def _fields_of(value: object) -> dict[str, Any] | None:
    """The fields of an object as data; None where its class has none."""
    kind: Any = type(value)
    names: list[str]
    if isinstance(value, enum.Enum):
        return {"value": to_data(value.value)}
    if attrs.has(kind):
        names = [field.name for field in attrs.fields(kind)]
    elif dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind)]
    elif _is_named_tuple(kind):
        names = list(kind._fields)
    else:
        return None
    return {name: to_data(getattr(value, name)) for name in names}


def from_data(data: Any) -> Any:
    """The value that `to_data` made *data* of.

    :raises DecodeError: its class is not there any more, or does not take these fields.
    """
    kind = type(cast(object, data))
    if kind is list:
        return [from_data(item) for item in data]
    if kind is tuple:
        return tuple(from_data(item) for item in data)
    if kind is dict:
        return {from_data(key): from_data(item) for key, item in data.items()}
    if not isinstance(data, Stored):
        return data
    try:
        if data.kind == _MAPPING:
            return dict(from_data(data.data))
        if data.kind in _SIMPLE:
            return _SIMPLE[data.kind][2](data.data)
        return _made(_find_class(data.kind), from_data(data.data))
    except DecodeError:
        raise
    except Exception as error:  # of a validator of the user's too
        raise DecodeError(f"a stored {data.kind} cannot be read: {error!r:.200}") from error


def _find_class(name: str) -> type[Any] | None:
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    return found if isinstance(found, type) else None


def _made(cls: Any, fields: dict[str, Any]) -> Any:
    if cls is None:
        raise DecodeError("the program has no such class any more")
    if issubclass(cls, enum.Enum):
        return cls(fields["value"])
    if _is_named_tuple(cls):
        return cls(**fields)
    make: Any = cls
    settled: dict[str, str | None]  # by field: the name that __init__ gives it, if it takes it
    if attrs.has(cls):
        settled = {field.name: field.alias if field.init else None for field in attrs.fields(cls)}
    elif dataclasses.is_dataclass(cls):
        settled = {
            field.name: field.name if field.init else None for field in dataclasses.fields(cls)
        }
    else:
        raise DecodeError("it is no class that is made of fields")
    given = {alias: fields[name] for name, alias in settled.items() if alias and name in fields}
    made: Any = make(**given)
    for name, alias in settled.items():
        if alias is None and name in fields:
            object.__setattr__(made, name, fields[name])
    return made
