"""Shapes of JSON objects as data, and the walk that finds what does not fit one.

A name in a shape may end with ``!``: that field must be there; with ``$``: it holds a text; with ``*``: it
holds a list.  What stands at a field is looked into
only where the shape says how; lists are looked into item by item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias

import attrs

from .._json import Json, JsonObject, as_list, as_object


@attrs.frozen
class Tag:
    """A step of a path that no field has: which of several kinds the object was taken for."""

    kind: str


JsonType: TypeAlias = Literal["string", "array", "object"]
_TYPES: Final[Mapping[str, JsonType]] = {"$": "string", "*": "array"}
Path: TypeAlias = tuple[str | int | Tag, ...]


@attrs.frozen
class Fault:
    """A value that does not fit."""

    kind: Literal["unknown", "missing", "tag", "type"]
    path: Path
    """Where the object is."""
    name: str
    """The field of it."""
    value: object = None
    """The value itself."""
    known: tuple[str, ...] = ()
    """The names that may stand there."""
    expected: JsonType = "object"
    """The type that a value of another type should have."""


@attrs.frozen
class Shape:
    """An object with these fields."""

    fields: frozenset[str]
    required: tuple[str, ...]
    types: Mapping[str, JsonType]
    """The types of some fields."""
    # Filled in after it is made where a shape holds itself.
    inside: dict[str, Within] = attrs.field(factory=dict[str, "Within"], eq=False, repr=False)


@attrs.frozen
class Kinds:
    """An object of one of several shapes, told apart by a field."""

    shapes: Mapping[str, Shape]
    tag: str = "type"
    otherwise: str | None = None
    """The kind of an object that has no such field."""


@attrs.frozen
class Values:
    """An object whose names are the client's own, and whose values have a shape."""

    shape: Shape | Kinds


Within: TypeAlias = Shape | Kinds | Values


def shape(names: str, **inside: Within) -> Shape:
    """Make the shape of an object from the names of its fields."""
    words = names.split()
    return Shape(
        fields=frozenset(word.rstrip("!$*") for word in words),
        required=tuple(word.rstrip("!$*") for word in words if "!" in word),
        types={
            word.rstrip("!$*"): _TYPES[mark] for word in words for mark in _TYPES if mark in word
        },
        inside=inside,
    )


def merge(first: Shape, names: str, **inside: Within) -> Shape:
    """Make a shape of all that *first* holds, and more."""
    more = shape(names, **inside)
    return Shape(
        fields=first.fields | more.fields,
        required=first.required + more.required,
        types={**first.types, **more.types},
        inside={**first.inside, **more.inside},
    )


def leave_out(whole: Shape, names: str) -> Shape:
    """Make a shape of what *whole* holds, without some fields."""
    gone = frozenset(names.split())
    return Shape(
        fields=whole.fields - gone,
        required=tuple(name for name in whole.required if name not in gone),
        types={name: kind for name, kind in whole.types.items() if name not in gone},
        inside={name: within for name, within in whole.inside.items() if name not in gone},
    )


def _is_of_another_type(value: Json, expected: JsonType | None) -> bool:
    return expected is not None and not isinstance(value, str if expected == "string" else list)


def faults(value: Json, within: Within, path: Path = ()) -> Iterator[Fault]:
    """Find all that does not fit, depth first, in the order in which it was written."""
    if isinstance(value, list):
        for place, item in enumerate(as_list(value)):
            held = as_object(item)
            if isinstance(item, dict):
                yield from _object_faults(held, within, (*path, place))
            else:
                yield Fault("type", (*path, place), "", item)
    elif isinstance(value, dict):
        yield from _object_faults(as_object(value), within, path)


def _object_faults(value: JsonObject, within: Within, path: Path) -> Iterator[Fault]:
    if isinstance(within, Values):
        for name, each in value.items():
            yield from faults(each, within.shape, (*path, name))
        return
    if isinstance(within, Kinds):
        given = value.get(within.tag, within.otherwise)
        if given is None and within.tag not in value:
            yield Fault("missing", path, within.tag, known=tuple(within.shapes))
            return
        found = within.shapes.get(given) if isinstance(given, str) else None
        if found is None:
            yield Fault("tag", path, within.tag, given, tuple(within.shapes))
            return
        within, path = found, (*path, Tag(str(given)))
    for name in within.required:
        if name not in value:
            yield Fault("missing", path, name)
    for name, each in value.items():
        if name not in within.fields:
            yield Fault("unknown", path, name, each, tuple(sorted(within.fields)))
        elif _is_of_another_type(each, within.types.get(name)):
            # Null is what was not given, where that may be.
            if each is not None or name in within.required:
                yield Fault("type", path, name, each, expected=within.types[name])
        elif name in within.inside:
            yield from faults(each, within.inside[name], (*path, name))


def dotted(path: Path) -> str:
    """Write a path as ``messages.0.content``."""
    return ".".join(str(step) for step in path if not isinstance(step, Tag))


def tagged(path: Path) -> str:
    """Write a path as Pydantic does, with the kinds: ``messages.0.content.0.text``."""
    return ".".join(step.kind if isinstance(step, Tag) else str(step) for step in path)


def bracketed(path: Path) -> str:
    """Write a path as JavaScript does: ``messages[0].content``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif not isinstance(step, Tag):
            text += f".{step}" if text else step
    return text
