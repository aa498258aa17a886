"""Results as data, and back: what a journal can keep of a program's own objects.

Plain data and the objects of this library have a form already (``_json_form``).  This module adds the objects
that people use beside them: attrs classes, dataclasses, named tuples and enumerations, of whatever
values these are made of; sets, dates, paths, UUIDs and decimal numbers.  Each is a `Stored`, which has a form.

What must hold: an object comes back as it was, of its own class, however often; or it is refused.  So nothing is
made by calling its class, and a subclass of `str`, `list` or another of these is refused.  (Those of this library
are text like any other, and its mappings are read as `dict`.)

A class is known again by its module and its name, **among those that the program has imported**: nothing is
imported because a database says so, and nothing is made but objects of classes that are made of fields.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
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


def _pairs(value: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    return [(to_data(key), to_data(item)) for key, item in value.items()]


def _sorted(value: Any) -> list[Any]:
    """The items of a set, in an order that is the same in each process."""
    return sorted(map(to_data, value), key=lambda item: write_line(item, "an item"))


_SIMPLE: Final[Mapping[str, tuple[type[Any], _Write, _Write]]] = {
    "set": (set, _sorted, lambda data: set(from_data(data))),
    "frozenset": (frozenset, _sorted, lambda data: frozenset(from_data(data))),
    "ordered": (OrderedDict, _pairs, lambda data: OrderedDict(from_data(data))),
    "counter": (Counter, _pairs, lambda data: Counter(dict(from_data(data)))),
    "date": (date, _iso, date.fromisoformat),
    "time": (time, _iso, time.fromisoformat),
    "timedelta": (timedelta, _seconds, lambda data: timedelta(*data)),
    "uuid": (UUID, str, UUID),
    "decimal": (Decimal, str, Decimal),
    "fraction": (Fraction, str, Fraction),
    "path": (type(Path()), str, Path),
    "posix": (PurePosixPath, str, PurePosixPath),
    "windows": (PureWindowsPath, str, PureWindowsPath),
}
"""By word: a class, and how an object of it becomes data and back."""
_WORDS: Final[Mapping[type[Any], tuple[str, _Write]]] = {
    cls: (word, write) for word, (cls, write, _) in _SIMPLE.items()
}
_MAPPING: Final = "mapping"
"""The word for a mapping whose keys are objects: its keys and values, as a list of pairs."""
_CACHED_HASH: Final = "_attrs_cached_hash"
"""Where attrs keeps the hash of an object, if it was told to."""
_PLAIN: Final = (str, int, float, bytes, datetime)
_BASES: Final[tuple[type[Any], ...]] = (
    *_PLAIN,
    list,
    tuple,
    dict,
    *(cls for cls, _, _ in _SIMPLE.values()),
)
"""The classes of which an object comes back; not their subclasses."""


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


def to_data(value: Any) -> Any:
    """*value* with each object that has no form as a `Stored`.

    :raises TypeError: it would come back as an object of another class, or is of one that no process finds.
    """
    kind: type[Any] = type(cast(object, value))
    if kind in _PLAIN or kind is bool or value is None:
        return value
    if kind is list or kind is tuple:
        items = [to_data(item) for item in cast("Iterable[Any]", value)]
        return items if kind is list else tuple(items)
    if _is_mapping(value) and (kind is dict or _is_of_ours(kind)):
        pairs = _pairs(value)
        plain = not any(isinstance(key, Stored | tuple) for key, _ in pairs)
        return dict(pairs) if plain else Stored(_MAPPING, pairs)
    if kind in _WORDS:
        word, write = _WORDS[kind]
        return Stored(word, write(value))
    if _is_of_ours(kind) and not isinstance(value, enum.Enum):
        return value
    return _stored_object(value)


def _stored_object(value: Any) -> Any:
    """*value*, which has no word of its own, by its class and its fields."""
    kind: type[Any] = type(cast(object, value))
    fields = _fields_of(value)
    base = next((base for base in _BASES if issubclass(kind, base)), None)
    if base is None and _is_mapping(value):
        base = dict
    if fields is None and base is None:
        return value  # which is refused as it is written
    if base is not None and not _is_read_by_value(kind):
        raise TypeError(
            f"{value!r:.100} is a {kind.__qualname__}, and would come back as a {base.__name__}: make it a"
            f" {base.__name__}"
        )
    name = f"{kind.__module__}:{kind.__qualname__}"
    if _find_class(name) is not kind:
        raise TypeError(
            f"{value!r:.100} is of the class {kind.__qualname__}, which was made inside a function or was"
            " replaced, so that no other process finds it: put the class at the top of its module"
        )
    return Stored(name, {field: to_data(item) for field, item in (fields or {}).items()})


def _is_read_by_value(kind: Any) -> bool:
    """Whether objects of the class are all that their base says: members of enumerations, named tuples."""
    return issubclass(kind, enum.Enum) or _is_named_tuple(kind)


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _is_named_tuple(kind: Any) -> bool:
    return issubclass(kind, tuple) and hasattr(cast(Any, kind), "_fields")


def _is_of_ours(kind: type[Any]) -> bool:
    return kind.__module__.partition(".")[0] == __name__.partition(".")[0]


def _fields_of(value: object) -> dict[str, Any] | None:
    """What an object is made of: its fields, and what else was set on it; None where its class has no fields."""
    kind: Any = type(value)
    if isinstance(value, enum.Enum):
        return {"value": value.value}
    names = _names_of_fields(kind)
    if names is None:
        return None
    more = [name for name in getattr(value, "__dict__", ()) if not _is_derived(kind, name)]
    found = {
        name: getattr(value, name)
        for name in dict.fromkeys([*names, *more])
        if hasattr(value, name)
    }
    # Another process has another hash; without this field it would look for one, and fail.
    return {**found, _CACHED_HASH: None} if hasattr(value, _CACHED_HASH) else found


def _names_of_fields(kind: Any) -> Sequence[str] | None:
    if _is_named_tuple(kind):
        return list(kind._fields)
    fields = _declared_fields(kind)
    return None if fields is None else [field.name for field in fields]


def _declared_fields(kind: Any) -> Sequence[Any] | None:
    if attrs.has(kind):
        return list(attrs.fields(kind))
    return list(dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


def _is_derived(kind: Any, name: str) -> bool:
    """Whether Python or attrs keeps on an object under *name* what it can find again."""
    cached = isinstance(getattr(kind, name, None), functools.cached_property)
    return cached or name in {"__orig_class__", _CACHED_HASH}


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


def _made(cls: Any, fields: Mapping[str, Any]) -> Any:
    """The object of the class *cls* that was made of *fields*.

    Neither its ``__init__`` runs nor a converter: they ran when the object was made, and may change it each time.  The
    validators of attrs run, which only look: the class may have changed since.
    """
    if cls is None:
        raise DecodeError("the program has no such class any more")
    if issubclass(cls, enum.Enum):
        return cls(fields["value"])
    names = _names_of_fields(cls)
    if names is None:
        raise DecodeError("it is no class that is made of fields")
    if _is_named_tuple(cls):
        given = {**cls._field_defaults, **fields}
        made: Any = cls._make([given[name] for name in names])  # without its __new__
    else:
        made = object.__new__(cls)
        for field in _declared_fields(cls) or ():
            _set_field(made, field, fields)
    for name in fields.keys() - set(names):
        # Fields that the class does not have any more have no place in an object with slots.
        if name == _CACHED_HASH or hasattr(made, "__dict__"):
            object.__setattr__(made, name, fields[name])
    if attrs.has(cls):
        attrs.validate(made)
    return made


def _set_field(made: object, field: Any, fields: Mapping[str, Any]) -> None:
    """Give *made* its *field*; one that is not among *fields*, because it is new, has its default."""
    if field.name in fields:
        value = fields[field.name]
    elif isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]
        factory = field.default.factory
        value = factory(made) if field.default.takes_self else factory()
    elif getattr(field, "default_factory", dataclasses.MISSING) is not dataclasses.MISSING:
        value = field.default_factory()
    elif field.default is not attrs.NOTHING and field.default is not dataclasses.MISSING:
        value = field.default
    elif field.init:
        raise ValueError(f"its field {field.name} was not written")
    else:
        return
    object.__setattr__(made, field.name, value)
