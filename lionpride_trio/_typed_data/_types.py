"""The parts of a type: its metadata, its members, the fields of its class."""

from __future__ import annotations

import collections
import dataclasses
import enum
import functools
import inspect
import types
import typing
from collections import abc
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NewType,
    NotRequired,
    Required,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

import attrs

from .._errors import ConfigurationError

NONE: Final = type(None)
MISSING: Final[Any] = object()

ARRAYS: Final = {
    list,
    collections.deque,
    abc.Sequence,
    abc.MutableSequence,
    abc.Collection,
    abc.Iterable,
}
SETS: Final = {set, frozenset, abc.Set, abc.MutableSet}
MAPPINGS: Final = {dict, abc.Mapping, abc.MutableMapping}


def msgspec() -> Any:
    """The module msgspec, which an import of this library does not need.

    :raises ConfigurationError: it is not installed.
    """
    try:
        return import_module("msgspec")
    except ImportError as error:
        raise ConfigurationError(
            "schemas of types need msgspec: pip install 'lionpride_trio[tools]'"
        ) from error


@attrs.frozen(eq=False)
class Field:
    """One field of a class, as JSON names it."""

    name: str
    attribute: str
    hint: Any
    required: bool
    default: Any = MISSING
    """MISSING where there is none, or where a function makes it."""


def split(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """*hint* without ``Annotated`` and ``NewType``, and the metadata from the inside out."""
    metadata: tuple[Any, ...] = ()
    while True:
        if get_origin(hint) is Annotated:
            metadata = (*hint.__metadata__, *metadata)
            hint = hint.__origin__
        elif isinstance(hint, NewType):
            hint = hint.__supertype__
        elif hint is None:
            return NONE, metadata
        else:
            return hint, metadata


def bare(hint: Any) -> Any:
    """*hint* without ``Annotated`` and ``NewType``."""
    return split(hint)[0]


def members_of(hint: Any) -> tuple[Any, ...]:
    """The members of a union, each with the bounds that stand on the whole; empty for others."""
    hint, metadata = split(hint)
    if get_origin(hint) not in {Union, types.UnionType}:
        return ()
    bounds = tuple(one for one in metadata if is_bound(one))
    members = (NONE if one is None else one for one in get_args(hint))
    return tuple(one if one is NONE or not bounds else Annotated[one, *bounds] for one in members)


def is_bound(metadata: Any) -> bool:
    """Whether *metadata* is msgspec's: bounds, a pattern, a description, a part of a schema."""
    cls: type[Any] = metadata.__class__
    return cls.__name__ == "Meta" and cls.__module__.partition(".")[0] == "msgspec"


def is_class(hint: Any) -> bool:
    """Whether *hint* is a class whose objects are JSON objects of certain keys."""
    cls = cast("type[Any]", get_origin(hint) or hint)
    return isinstance(cls, type) and (
        attrs.has(cls) or dataclasses.is_dataclass(cls) or typing.is_typeddict(cls)
    )


def is_typed_dict(hint: Any) -> bool:
    """Whether *hint* is a ``TypedDict``."""
    cls: Any = get_origin(hint) or hint
    return typing.is_typeddict(cls)


def is_named_tuple(hint: Any) -> bool:
    """Whether *hint* is a class made by ``NamedTuple``."""
    cls: Any = hint
    return isinstance(hint, type) and issubclass(hint, tuple) and hasattr(cls, "_fields")


def is_enum(hint: Any) -> bool:
    """Whether *hint* is an enumeration."""
    return isinstance(hint, type) and issubclass(hint, enum.Enum)


@functools.lru_cache(maxsize=1000)
def fields_of(hint: Any) -> tuple[Field, ...]:
    """The fields of a class, or of a ``NamedTuple``, that its JSON has, in their order."""
    cls = get_origin(hint) or hint
    hints = _read_hints(cls)
    arguments = dict(zip(getattr(cls, "__parameters__", ()), get_args(hint), strict=False))
    hints = {name: _filled(one, arguments) for name, one in hints.items()}
    if attrs.has(cls):
        return tuple(
            Field(
                one.alias or one.name,
                one.name,
                hints.get(one.name, Any),
                one.default is attrs.NOTHING,
                _plain_default(one.default),
            )
            for one in attrs.fields(cls)
            if one.init
        )
    if dataclasses.is_dataclass(cls):
        return tuple(
            Field(
                one.name,
                one.name,
                hints[one.name],
                one.default is one.default_factory is dataclasses.MISSING,
                MISSING if one.default is dataclasses.MISSING else one.default,
            )
            for one in dataclasses.fields(cls)
            if one.init
        )
    if typing.is_typeddict(cls):
        keys: frozenset[str] = cls.__required_keys__
        return tuple(_typed_key(name, one, name in keys) for name, one in hints.items())
    defaults: Mapping[str, Any] = cls._field_defaults
    return tuple(
        Field(name, name, hints.get(name, Any), name not in defaults, defaults.get(name, MISSING))
        for name in cls._fields
    )


def _plain_default(default: Any) -> Any:
    made = default is attrs.NOTHING or isinstance(default, attrs.Factory)  # type: ignore[arg-type]
    return MISSING if made else default


def _typed_key(name: str, hint: Any, required: bool) -> Field:  # ruff: ignore[boolean-type-hint-positional-argument] - two lines below
    # __required_keys__ does not count keys that PEP 563 leaves as text: the wrapper has the say.
    while get_origin(hint) in {Required, NotRequired}:
        required = get_origin(hint) is Required
        (hint,) = get_args(hint)
    return Field(name, name, hint, required)


def _read_hints(cls: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(cls, include_extras=True)
    except NameError as error:
        raise ConfigurationError(
            f"the annotations of {cls.__name__} name {error.name!r}, which its module does not have:"
            " define it there, not inside a function or under TYPE_CHECKING"
        ) from error


def _filled(hint: Any, arguments: Mapping[Any, Any]) -> Any:
    """*hint* of a field of a generic class, with the class's *arguments* in place of its variables."""
    if isinstance(hint, TypeVar):
        return arguments.get(hint, Any)
    variables: Sequence[Any] = getattr(hint, "__parameters__", ())
    if not variables or isinstance(hint, type):
        return hint
    return hint[tuple(arguments.get(one, Any) for one in variables)]


def describe(hint: Any) -> str:
    """*hint* as its user wrote it, without the modules."""
    kind = bare(hint)
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is NONE:
        return "None"
    if kind is Ellipsis:
        return "..."
    if members := members_of(kind):
        return " | ".join(describe(one) for one in members)
    if origin is Literal:
        return f"Literal[{', '.join(repr(one) for one in arguments)}]"
    name = getattr(origin or kind, "__name__", None) or repr(kind)
    return f"{name}[{', '.join(describe(one) for one in arguments)}]" if arguments else name


def doc_of(cls: Any) -> str:
    """The docstring that its writer gave a class; empty where Python made one up."""
    doc = getattr(cls, "__doc__", None) or ""
    made_up = doc.startswith(f"{cls.__name__}(") or doc == "An enumeration."
    return "" if made_up else inspect.cleandoc(doc)
