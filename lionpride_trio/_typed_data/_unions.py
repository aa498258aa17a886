"""Which member of a union a JSON value is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ._places import Misfit, Place, WrongKind, expected
from ._types import bare, describe, fields_of, is_class


def read_union(members: Sequence[tuple[Any, Callable[[Any], Any]]], value: Any) -> Any:
    """Read *value* by the member of a union that it fits best.

    A member of the value's own class goes before one that it can be turned into, a date before a text, and of
    two classes the one with fewer fields that the value leaves out.

    :raises Misfit: no member takes it: the faults of the member that it is nearest to.
    """
    faults: list[tuple[str, Misfit]] = []
    for hint, read in sorted(members, key=lambda member: _distance(bare(member[0]), value)):
        try:
            return read(value)
        except Misfit as error:
            faults.append((describe(hint), error))
    raise _nearest(faults, [describe(hint) for hint, _ in members], value)


def _distance(kind: Any, value: Any) -> tuple[bool, int]:
    if is_class(kind) and isinstance(value, dict):
        return (False, sum(field.name not in value for field in fields_of(kind)))
    if kind is str:  # any other text is more than a text
        return (True, 1)
    return (kind is not type(value), 2 if kind is Any else kind is float)


def _nearest(faults: Sequence[tuple[str, Misfit]], members: Sequence[str], value: Any) -> Misfit:
    near = [(name, error) for name, error in faults if not isinstance(error, WrongKind)]
    if not near:
        return expected(" or ".join(dict.fromkeys(members)), value)
    inner = [one for one in near if any(place.path for place in one[1].places)]
    if not inner:
        # A union of texts, say, each with its pattern.
        by_validator = all(one.by_validator for _, error in near for one in error.places)
        words = " and ".join(dict.fromkeys(str(error) for _, error in near))
        return Misfit([Place("", words, by_validator)])
    name, error = min(inner, key=lambda one: len(one[1].places))
    if len(inner) == 1:
        return error
    return Misfit([one._replace(message=f"{one.message} (as {name})") for one in error.places])
