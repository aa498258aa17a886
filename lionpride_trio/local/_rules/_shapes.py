"""Shapes of JSON objects as data, and the walk that finds what does not fit one.

A name in a shape may end with ``!``: that field must be there.  What stands at a field is looked into
only where the shape says how; lists are looked into item by item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

import attrs

from .._json import Json, JsonObject, as_list, as_object


@attrs.frozen
class Tag:
    """A step of a path that no field has: which of several kinds the object was taken for."""

    kind: str


Path: TypeAlias = tuple[str | int | Tag, ...]


@attrs.frozen
class Fault:
    """What does not fit."""

    kind: Literal["unknown", "missing", "tag"]
    path: Path
    """Where the object is."""
    name: str
    """The field of it."""
    value: object = None
    """What stands there."""
    known: tuple[str, ...] = ()
    """What may."""


@attrs.frozen
class Shape:
    """An object with these fields."""

    fields: frozenset[str]
    required: tuple[str, ...]
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
    required = tuple(word[:-1] for word in words if word.endswith("!"))
    return Shape(frozenset(word.rstrip("!") for word in words), required, inside)


def merge(first: Shape, names: str, **inside: Within) -> Shape:
    """Make a shape of all that *first* holds, and more."""
    more = shape(names, **inside)
    return Shape(
        first.fields | more.fields, first.required + more.required, {**first.inside, **more.inside}
    )


def leave_out(whole: Shape, names: str) -> Shape:
    """Make a shape of what *whole* holds, without some fields."""
    gone = frozenset(names.split())
    inside = {name: within for name, within in whole.inside.items() if name not in gone}
    required = tuple(name for name in whole.required if name not in gone)
    return Shape(whole.fields - gone, required, inside)


def faults(value: Json, within: Within, path: Path = ()) -> Iterator[Fault]:
    """Find all that does not fit, depth first, in the order in which it was written."""
    if isinstance(value, list):
        for place, item in enumerate(as_list(value)):
            yield from faults(item, within, (*path, place))
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
