"""Data of a user's types as JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set as AbstractSet
from pathlib import PurePath
from typing import Any, Final, TypeAlias

import cattrs

from ._types import msgspec

_Value: TypeAlias = (
    str | int | float | Mapping[Any, Any] | Sequence[Any] | AbstractSet[Any] | PurePath | None
)


_CONVERTER: Final = cattrs.Converter(use_alias=True)


def to_json_text(value: Any) -> str:
    """*value* as JSON text: objects of classes, dates, enums, collections, and what is in them.

    :raises TypeError: JSON has no word for something in it.
    """
    try:
        # msgspec knows classes too, but writes slots by the alphabet and leaves private fields out.
        return _encoded(_CONVERTER.unstructure(value))
    except (ValueError, OverflowError, RecursionError) as error:
        raise TypeError(str(error)) from error
    except SyntaxError as error:  # of the code that cattrs writes, with the name of a class in it
        raise TypeError(
            f"a class in {value!r:.200} has a name that Python could not write"
        ) from error


def _encoded(data: Any) -> str:
    try:
        text: bytes = msgspec().json.encode(data, enc_hook=_plain)
        return text.decode()
    except UnicodeEncodeError:  # half of a surrogate pair, which a model may well write
        return json.dumps(data, default=_builtin)


def _builtin(value: Any) -> Any:
    return msgspec().to_builtins(value, str_keys=True, enc_hook=_plain)


def _plain(value: _Value) -> Any:
    """The plain value that msgspec takes in place of *value*: it looks at exact classes."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int | float):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, Mapping):
        return dict[Any, Any](value)
    if isinstance(value, Sequence | AbstractSet):
        return list[Any](value)
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"JSON has no word for {value!r:.200}")
