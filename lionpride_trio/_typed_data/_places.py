"""Faults of data, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import attrs
from cattrs import ClassValidationError, ForbiddenExtraKeysError
from cattrs.errors import AttributeValidationNote

from .._hints import closest
from ._types import fields_of

_WORD: Final = re.compile(r"[^\W\d]\w*")


class Place(NamedTuple):
    """One fault: ``path`` is where, such as ``steps[1].minutes``, and empty for the whole."""

    path: str
    message: str
    by_validator: bool = False
    """A class of the user's own said so, and not the type, so that no schema says it."""

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class Misfit(ValueError):
    """Data does not fit its type; ``places`` say where, in the order of the type's fields."""

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__("; ".join(str(place) for place in places))
        self.places = tuple(places)


def show(value: Any) -> str:
    """*value* of JSON, short."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]} … ({len(text)} characters)"


def misfit(message: str) -> Misfit:
    """The value as a whole is wrong."""
    return Misfit([Place("", message)])


class WrongKind(Misfit):
    """The value as a whole is of another kind of JSON: a text where a number belongs."""


def expected(kind: str, value: Any) -> WrongKind:
    """The value is no *kind*."""
    return WrongKind([Place("", f"expected {kind}, got {show(value)}")])


def at_key(path: str, key: str) -> str:
    """The path of a key of the object at *path*."""
    if not _WORD.fullmatch(key):
        return f"{path}[{show(key)}]"
    return f"{path}.{key}" if path else key


def inside(path: str, places: Iterable[Place]) -> list[Place]:
    """*places* of the value at *path*, seen from outside."""
    return [place._replace(path=_join(path, place.path)) for place in places]


def _join(path: str, inner: str) -> str:
    return f"{path}.{inner}" if path and inner and not inner.startswith("[") else path + inner


def places_of(error: Exception, cls: Any) -> list[Place]:
    """The faults of the object of class *cls* that cattrs could not make."""
    if not isinstance(error, ClassValidationError):
        return [Place(_field_in(error) or "", _words(error), by_validator=True)]
    places: list[Place] = []
    for one in error.exceptions:
        name = next((note.name for note in getattr(one, "__notes__", ()) if _is_note(note)), "")
        path = at_key("", name) if name else ""
        if isinstance(one, RecursionError):
            raise one  # which cattrs took for a fault of the field
        if isinstance(one, Misfit):
            places += inside(path, one.places)
        elif isinstance(one, ForbiddenExtraKeysError):
            known = [field.name for field in fields_of(cls)]
            places += [
                Place(at_key("", key), unknown("field", key, known))
                for key in sorted(one.extra_fields)
            ]
        elif isinstance(one, KeyError) and path:
            places.append(Place(path, "is missing"))
        else:
            places.append(Place(_field_in(one) or path, _words(one), by_validator=True))
    return places


def _is_note(note: object) -> bool:
    return isinstance(note, AttributeValidationNote)


def unknown(thing: str, word: str, known: Iterable[str]) -> str:
    """There is no *thing* called *word*; the nearest of *known*."""
    near = closest(word, known)
    return f"there is no such {thing}" + (f": did you mean {near!r}?" if near else "")


def _field_in(error: Exception) -> str | None:
    """The field that a validator of attrs was about when it raised: the attribute that it was given.

    attrs says the name in the text of its own errors alone, and other people's validators say nothing.
    """
    trace = error.__traceback__
    while trace is not None:
        for value in trace.tb_frame.f_locals.values():
            if isinstance(value, attrs.Attribute):
                return value.alias or value.name
        trace = trace.tb_next
    return None


def _words(error: Exception) -> str:
    # attrs' own errors have the attribute, the bound and the value behind their text.
    text = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
    return text or type(error).__name__
