"""Whether pickle can write a value and read it again, told without trying.

Trying would mean to unpickle, and nothing in this package does that.  So a value is asked for what
it is made of, and what is not known counts as not portable.
"""

from __future__ import annotations

import dataclasses
import enum
import itertools
import sys
from collections.abc import Iterable
from typing import Any, Final

import attrs

_PLAIN: Final = (str, bytes, int, float, complex, type(None), enum.Enum)
_SLOT: Final = type(object.__init__)  # of a class that has no Python method of that name


def is_portable(value: object) -> bool:
    """Whether another process that has the same classes can be sent *value* by pickle."""
    if isinstance(value, _PLAIN):
        return True
    kind = type(value)
    return _is_importable(kind) and all(map(is_portable, _parts(kind, value)))


def _parts(kind: type[Any], value: Any) -> Iterable[Any]:
    """The values that pickle writes for *value*; something that is not portable where they are not known."""
    if issubclass(kind, BaseException) and _is_made_of_its_args(kind):
        return [*value.args, vars(value)]
    if issubclass(kind, dict):
        return itertools.chain(value.keys(), value.values())
    if issubclass(kind, list | tuple | set | frozenset):
        items: Iterable[Any] = value
        return items
    if attrs.has(kind):
        return [getattr(value, field.name) for field in attrs.fields(kind)]
    if dataclasses.is_dataclass(kind):
        return [getattr(value, field.name) for field in dataclasses.fields(kind)]
    return [_parts]  # a function, which is not


def _is_importable(kind: type[Any]) -> bool:
    found: Any = sys.modules.get(kind.__module__)
    for name in kind.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is kind


def _is_made_of_its_args(kind: type[BaseException]) -> bool:
    """It makes an exception again of ``args``, as pickle wants it to: it has no ``__init__`` of its own.

    Ours say by themselves how they are made again.
    """
    if kind.__module__.partition(".")[0] == __name__.partition(".")[0]:
        return True
    return isinstance(kind.__init__, _SLOT)
