"""Chunks, responses and messages as JSON text, and back: the identity.

A document is one line of ASCII: strict JSON that every reader takes, in files and event streams
too.  ``{"lionpride_trio": 1, "$": "TextChunk", "data": "Hel"}`` is one; 1 is the version of the
form.  An object of this library is its class under ``$`` and its fields, but for those that have
their default.  Plain data stands as it is.  What JSON has no word for, or would read as something
else, is an object with one key that begins with ``$``:

========================  ==================================================================
``{"$tuple": […]}``       a tuple
``{"$map": [[k, v], …]}`` a mapping whose keys are no plain strings, or begin with ``$``
``{"$text": [a, b, …]}``  ``a + b + …``, a text in which two lone surrogates would become one sign
``{"$int": "0x…"}``       a number of more digits than Python reads
``{"$float": "nan"}``     a number that JSON has not
``{"$time": "…"}``        a time, as ISO 8601 writes it
========================  ==================================================================
"""

from __future__ import annotations

import enum
import functools
import json
import math
import re
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs

from ._errors import DecodeError
from ._readonly import ReadOnlyDict
from ._safe_text import shorten

VERSION: Final = 1
NO_JSON: Final[Mapping[str, Any]] = {"no_json": True}
"""Metadata of a field that is not written: it is made of the others."""
MARK: Final = "lionpride_trio"
MAX_DEPTH: Final = 300
"""Deepest nesting that is written: well within what Python's own JSON reads again."""
_LONG_INT_BITS: Final = 2048  # Python can be told to read no more than 640 digits
_SPLIT_SIGN: Final = re.compile(r"(?<=[\ud800-\udbff])(?=[\udc00-\udfff])")

_TAGS: Mapping[str, Callable[[Any], Any]] = {
    "$tuple": tuple,
    "$map": dict,
    "$text": "".join,
    "$int": lambda digits: int(digits, 16),
    "$float": float,
    "$time": datetime.fromisoformat,
}

_Data: TypeAlias = (
    Mapping[Any, Any] | list[Any] | tuple[Any, ...] | datetime | str | float | enum.Enum | None
)
_Json: TypeAlias = Mapping[str, Any] | list[Any] | str | float | None

_classes: Final[dict[str, type[Any]]] = {}

C = TypeVar("C", bound=type[Any])


def has_json_form(cls: C) -> C:
    """Let *cls*, an attrs class or an enumeration, be written and read under its name."""
    _classes[cls.__name__] = cls
    return cls


def to_json(thing: Any) -> str:
    """*thing*, of a class that has a JSON form, as a document.

    :raises TypeError: it holds what is no plain data; says where.
    """
    form = {MARK: VERSION, **written(thing, type(thing).__name__)}
    return json.dumps(form, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Any:
    """The chunk, response or message whose ``to_json()`` gave *text*, equal to it.

    :raises DecodeError: *text* is damaged or something else; says where.
    """
    if not isinstance(text, str):
        raise TypeError(f"from_json() takes the str that to_json() gave, not {text!r:.100}")
    try:
        form: _Json = json.loads(text)
        if not isinstance(form, dict) or MARK not in form or "$" not in form:
            raise ValueError("it is no document of lionpride_trio")
        version = form.pop(MARK)
        if version != VERSION:
            raise ValueError(f"it has version {version!r:.100}, and this library reads {VERSION}")
        return read(form, "$")
    except (ValueError, RecursionError) as error:
        line = shorten(text, 200)
        raise DecodeError(f"from_json() cannot read {line!r}: {error}", line=line) from error


# A line of JSON for whatever has a form, without the mark: what streams and journals keep of items.
# They write and read many, so what is plain inside is left to JSON's own encoder and decoder, in C.
# That takes a third of the time.


def write_line(value: Any, where: str) -> str:
    """*value* as one line of JSON; errors call it *where*.

    :raises TypeError: it holds what is no plain data; says where.
    """
    return _quick_line(value) or _encode(written(value, where))


def read_line(text: str) -> Any:
    """The value that `write_line` wrote as *text*.

    :raises ValueError: *text* is damaged.
    """
    form: _Json = json.loads(text)
    # Strings that begin with $ only make this slower: there may be tags.
    if isinstance(form, dict) and "$" in form and text.count('"$') == 1:
        return _read_object(form)
    return read(form, "$")


_encode: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def _quick_line(value: Any) -> str | None:
    """The line of a value that is plain, or an object of this library with nothing but plain data in it.

    None for others, and where it is not certain.
    """
    form: Any = value
    cls: type[Any] | None = _classes.get(type(value).__name__)
    if cls is not None and cls is type(value) and not issubclass(cls, enum.Enum):
        form = {"$": cls.__name__}
        for name, default in _fields_of(cast(Any, cls)):
            item = getattr(value, name)
            if item is not default:
                form[name] = item
    try:
        line = _encode(form)
    except (TypeError, ValueError, RecursionError):
        return None
    plain = line.count('"$') == (form is not value) and "\\ud" not in line
    # What is read is compared, because the encoder writes tuples as lists and numbers that are keys
    # as texts.
    return line if plain and _is_shallow(line) and json.loads(line) == form else None


def _is_shallow(line: str) -> bool:
    """Whether neither nesting nor numbers in *line* can be too large for Python to read."""
    if len(line) < 2 * MAX_DEPTH:
        return True
    brackets = line.count("[") + line.count("{")
    return brackets < MAX_DEPTH and not _LONG_NUMBER.search(line)


_LONG_NUMBER: Final = re.compile(r"\d{600}")


@functools.cache
def _fields_of(cls: Any) -> list[tuple[str, Any]]:
    """The names of a class's fields, and their defaults."""
    return [(field.name, field.default) for field in attrs.fields(cls) if not _is_left_out(field)]


def _is_left_out(field: attrs.Attribute[Any]) -> bool:
    return "no_json" in field.metadata


# Writing


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
    cls = _classes.get(kind)
    if cls is None or cls is not type(value):
        raise TypeError(
            f"{where} is no plain data (text, numbers, lists, mappings), but {value!r:.100}"
        )
    yield "$", kind
    if isinstance(value, enum.Enum):
        yield "value", value.value
        return
    for name, default in _fields_of(cast(Any, cls)):
        item = getattr(value, name)
        if item is not default:
            yield name, item


# Reading


def read(form: _Json, where: str) -> Any:
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
            return _read_object(fields)
        if tag not in _TAGS or len(fields) > 1:
            raise ValueError(f"stands an unknown {tag}")
        return _TAGS[tag](fields[tag])
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"at {where} {error}") from error


def _read_object(fields: dict[str, Any]) -> Any:
    """The object of the class under ``$`` with the other *fields*."""
    kind = fields.pop("$")
    cls = _classes.get(kind) if isinstance(kind, str) else None
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
    if origin is tuple or origin is list:
        items: list[Any] | tuple[Any, ...] = value
        return isinstance(value, origin) and all(_fits(item, args[0]) for item in items)
    kind: type[Any] = origin or hint
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))
