"""The names and the facts of operations in a journal.  Pure functions, no trio.

A process that goes on with a journal has operations of its own, with other ids and functions.  An
operation is known again by its *key*: the id that it was given, or its name, made unique by its place.  Its *facts*
are a name and digests of all that decides about its result, as far as that can be written: where they differ, it is
another operation.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import json
import re
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from typing import Any, Final, TypeGuard, cast
from uuid import UUID

import attrs

from .._channels._recipe import Recipe
from .._errors import ConfigurationError
from .._json_form import written
from ._graph import Graph
from ._journaling import ResumableWork
from ._operation import MadeId, Operation, StreamBranch

Facts = Mapping[str, str]

_DIGITS: Final = 16
_LONG_INT_BITS: Final = 2048
"""Longest number that is written in tens: Python refuses to write longer ones."""
_VALUES: Final[tuple[type[Any], ...]] = (
    date, time, timedelta, Decimal, Fraction, PurePath, UUID, complex, range, bytearray,
)  # fmt: skip
"""Classes of values whose text has all that they are, and no address."""
_OF_KEYS: Final = re.compile(r"[/#%]")
"""The characters with a meaning in keys."""


def keys_of(graph: Graph, before: str = "") -> dict[Operation, str]:
    """The key of each operation of *graph* and of the flows in it, unique among them.

    All keys begin with *before*; those of an inner flow begin with the key of its operation, as in ``outer/inner``.
    So a ``/`` or ``#`` of an id or a name is written as in a URL: ``ch1/sum`` would else be an operation of a flow
    in ``ch1``, and would be taken, dropped and committed with it.
    """
    keys: dict[Operation, str] = {}
    _add_keys(graph, before, keys, set(), {})
    return keys


def _add_keys(
    graph: Graph,
    before: str,
    keys: dict[Operation, str],
    taken: set[str],
    numbers: dict[str, int],
) -> None:
    # Given ids come first, so that a name that happens to be the same makes way for them.
    for operation in graph.operations:
        if not isinstance(operation.id, MadeId):
            keys[operation] = _free(before + _escaped(operation.id), taken, numbers)
    for operation in graph.operations:
        if isinstance(operation.id, MadeId):
            keys[operation] = _free(before + _escaped(operation.name), taken, numbers)
        if operation.inner is not None:
            _add_keys(operation.inner, f"{keys[operation]}/", keys, taken, numbers)


def _escaped(name: str) -> str:
    return _OF_KEYS.sub(lambda match: f"%{ord(match[0]):02X}", name)


def _free(key: str, taken: set[str], numbers: dict[str, int]) -> str:
    """The first of ``key``, ``key#2``, ``key#3``, … that is not *taken*, and takes it."""
    free = key
    while free in taken:
        numbers[key] = numbers.get(key, 1) + 1
        free = f"{key}#{numbers[key]}"
    taken.add(free)
    return free


def facts_of(operation: Operation, keys: Mapping[Operation, str]) -> Facts:
    """What decides about the result of *operation*: its name, its edges and its parameters.

    Among the parameters is what a `functools.partial` has bound, and the function that makes one result of chunks.
    """
    stream = operation.stream_from
    branch = stream.number if isinstance(stream, StreamBranch) else None
    work: Any = operation.work
    own = work.facts() if isinstance(work, ResumableWork) else None
    # Of a flow inside, each operation has facts of its own.
    if own is None and operation.inner is None:
        own = bound_arguments(work)
    given = [operation.parameters, own, *([] if operation.reduce is list else [operation.reduce])]
    return {
        "name": operation.name,
        "edges": digest([operation.after, operation.producer, branch], keys),
        "parameters": digest(given, keys),
    }


def bound_arguments(function: Any) -> Any:
    """The arguments that *function* has already, if it is a `functools.partial`; else None."""
    if not isinstance(function, functools.partial):
        return None
    return [function.args, function.keywords]


def changed_fact(before: Facts, now: Facts) -> str | None:
    """The first fact that is not as it was."""
    return next((fact for fact in now if before.get(fact) != now[fact]), None)


_NO_KEYS: Final[Mapping[Operation, str]] = {}


def digest(value: Any, keys: Mapping[Operation, str] = _NO_KEYS) -> str:
    """A short text that is the same, in another process too, for an equal *value*."""
    try:
        form = json.dumps(_describe(value, keys), sort_keys=True, separators=(",", ":"))
    except RecursionError:
        raise ConfigurationError(
            "a journal cannot tell whether a parameter or an item changes that contains itself, or is nested"
            " hundreds deep: give the data that it is made of, such as a name by which it is found"
        ) from None
    return hashlib.sha256(form.encode()).hexdigest()[:_DIGITS]


def _describe(value: Any, keys: Mapping[Operation, str]) -> Any:
    """*value* in JSON.  Where there is no word for it, its class's name stands for it.

    Never its ``repr``: that often has an address, which is another one in each process.
    """
    if isinstance(value, int) and value.bit_length() > _LONG_INT_BITS:
        return {"int": hex(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Operation):
        return {"operation": keys.get(value, value.name)}
    if _is_mapping(value):
        return [[_describe(key, keys), _describe(item, keys)] for key, item in value.items()]
    if _is_set(value):
        return sorted(digest(item, keys) for item in value)
    if _is_list(value):
        return [_describe(item, keys) for item in value]
    return _describe_other(value, keys)


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _is_set(value: object) -> TypeGuard[Iterable[Any]]:
    return isinstance(value, set | frozenset)


def _is_list(value: object) -> TypeGuard[Iterable[Any]]:
    return isinstance(value, list | tuple)


def _describe_other(value: Any, keys: Mapping[Operation, str]) -> Any:
    if isinstance(value, functools.partial):
        return [_describe(part, keys) for part in (value.func, value.args, value.keywords)]
    if isinstance(value, Recipe):
        return {"recipe": value.text}
    name = getattr(value, "__qualname__", None)
    if isinstance(name, str):  # a class or a function
        return f"{getattr(value, '__module__', '')}.{name}"
    try:
        return written(value, "a parameter")
    except TypeError:
        return _describe_object(value, keys)


def _describe_object(value: object, keys: Mapping[Operation, str]) -> Any:
    kind: type[Any] = type(value)
    parts = [_describe(part, keys) for part in _parts_of(value)]
    return [f"{kind.__module__}.{kind.__qualname__}", *parts]


def _parts_of(value: Any) -> Iterable[Any]:
    """What *value* is made of, as far as ``==`` looks at it; nothing where that is not known."""
    kind: type[Any] = type(cast(object, value))
    if issubclass(kind, enum.Enum):
        return [value.name or value.value]
    if issubclass(kind, re.Pattern):
        return [value.pattern, value.flags]
    if issubclass(kind, deque):
        return list(value)
    if issubclass(kind, _VALUES):
        return [str(value)]
    names: list[str] = []
    if attrs.has(kind):
        names = [field.name for field in attrs.fields(kind) if field.eq]
    elif dataclasses.is_dataclass(kind):
        names = [field.name for field in dataclasses.fields(kind) if field.compare]
    return [getattr(value, name, None) for name in names]
