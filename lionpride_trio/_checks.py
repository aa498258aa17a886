"""Checks of arguments that several rooms share, in one wording.

``True`` is no number: where one is taken for a number, an option was given in the wrong place.
"""

from __future__ import annotations

import functools
import inspect
import math
import sys
import types
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeGuard, TypeVar, cast, get_args

import attrs

from ._errors import ConfigurationError

T = TypeVar("T")

DAY: Final = 86400
"""Seconds."""

_PLAIN: Final = frozenset([
    "None",
    "NoneType",
    "bool",
    "bytes",
    "dict",
    "float",
    "int",
    "list",
    "str",
    "tuple",
])


def check_size(name: str, value: object, least: int = 1) -> int:
    """*value* as a whole number of at least *least*.

    :raises ConfigurationError: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ConfigurationError(
            f"{name} must be a whole number of at least {least}, not {value!r:.200}"
        )
    return value


def whole_number_of(least: int) -> Callable[[Any, attrs.Attribute[int], object], None]:
    """A validator of attrs: the field is a whole number of at least *least*."""

    def check(instance: Any, attribute: attrs.Attribute[int], value: object) -> None:
        check_size(_field(instance, attribute), value, least)

    return check


def _field(instance: Any, attribute: attrs.Attribute[Any]) -> str:
    return f"{type(instance).__name__}: {attribute.name}"


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_positive(name: str, value: object, unit: str) -> float:
    """*value* as a number above 0, of *unit*.

    :raises ConfigurationError: it is none.
    """
    if not _is_number(value) or not value > 0 or not _fits_float(value):
        raise ConfigurationError(f"{name} must be a positive number of {unit}, not {show(value)}")
    return value


def _fits_float(value: float) -> bool:
    """Whether *value* can be added to a clock; `int` has numbers that no float can be."""
    return value <= sys.float_info.max or value == math.inf


def show(value: object) -> str:
    """The beginning of *value*'s ``repr``, as errors show it.  Python refuses to write very long numbers in tens."""
    try:
        return f"{value!r:.200}"
    except ValueError:
        return f"{value:#x}"[:200] if isinstance(value, int) else f"a {type(value).__name__}"


def check_seconds(name: str, value: object) -> float:
    """*value* as a positive number of seconds.

    :raises ConfigurationError: it is none.
    """
    return check_positive(name, value, "seconds")


def positive_seconds(instance: Any, attribute: attrs.Attribute[float], value: object) -> None:
    """Check, as a validator of attrs, that the field is a positive number of seconds."""
    check_seconds(_field(instance, attribute), value)


def seconds_of_a_day(instance: Any, attribute: attrs.Attribute[float], value: object) -> None:
    """Check, as a validator of attrs, that the field is a number of seconds from 0 to a day."""
    if not _is_number(value) or not 0 <= value < DAY:
        raise ConfigurationError(
            f"{_field(instance, attribute)} must be a number of seconds from 0 to a day,"
            f" not {value!r:.200}"
        )


def check_awaited(owner: str, name: str, function: Any, instead: str) -> None:
    """Refuse a *function* that gives nothing to wait for, as far as can be known before it is called.

    A lambda, or a function whose annotation says so, may give what an async function gave it.

    :raises ConfigurationError: says what to write; *instead* is for what need not wait.
    """
    if not callable(function):
        raise ConfigurationError(f"{owner} takes an async function, not {function!r:.200}")
    shown = getattr(function, "__name__", repr(function))
    while isinstance(function, functools.partial):
        function = cast(Any, function).func
    if isinstance(function, type) or inspect.isbuiltin(function) or _never_waits(function):
        raise ConfigurationError(
            f"{owner} awaits its {name}, and {shown!r} is no async function: write"
            f" it with 'async def', or {instead}"
        )


def check_gives_awaitable(owner: str, function: Any, given: Awaitable[T]) -> Awaitable[T]:
    """*given*, which *function* gave, if it can be awaited.

    :raises TypeError: it cannot; says who gave it.
    """
    if not hasattr(given, "__await__"):
        shown = getattr(function, "__name__", repr(function))
        raise TypeError(f"{owner} awaits what {shown!r} gives, and it gave {given!r:.200}")
    return given


def _never_waits(function: Any) -> bool:
    """Whether *function* is a plain ``def`` without an annotation that it gives something to await."""
    function = inspect.unwrap(function)
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        return False
    given = function.__annotations__.get("return", "None")
    if isinstance(given, str):
        names = [word.strip() for word in given.split("|")]
    else:
        members = get_args(given) if isinstance(given, types.UnionType) else [given]
        names = [getattr(member, "__name__", str(member)) for member in members]
    return function.__name__ != "<lambda>" and _PLAIN.issuperset(names)


def check_word(name: str, value: object, words: Sequence[str]) -> None:
    """Refuse *value* if it is none of *words*.

    :raises ConfigurationError: it is none; names them all.
    """
    if value not in words:
        *others, last = map(repr, words)
        raise ConfigurationError(
            f"{name} must be {', '.join(others)} or {last}, not {value!r:.200}"
        )


def listed(value: object) -> Sequence[Any]:
    """*value* if it is a list or a tuple, else an empty one."""
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else ()
