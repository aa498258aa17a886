"""Checks of the stages' constructors, with errors that say what to write."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, Final

from .._errors import ConfigurationError

MAX_HOLD: Final = 1_048_576
"""Characters that a stage holds back at most, unless it is told otherwise: 1 MiB of ASCII."""


def plain_function(owner: str, name: str, value: Any) -> None:
    """Refuse what cannot be called, and async functions: a stage does not wait."""
    if not callable(value):
        raise ConfigurationError(
            f"{owner} needs a function for {name}, such as str or a lambda, not {value!r}"
        )
    for called in (value, type(value).__call__):
        if inspect.iscoroutinefunction(called) or inspect.isasyncgenfunction(called):
            raise ConfigurationError(
                f"{owner} calls {name} without waiting, and {value!r} is an async function: "
                "use map_concurrent, which awaits it"
            )


def non_empty_text(owner: str, name: str, value: Any) -> str:
    """*value*, if it is a `str` of at least one character."""
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{owner} needs a non-empty str for {name}, not {value!r}")
    return value


def non_empty_texts(owner: str, name: str, value: str | Iterable[str]) -> tuple[str, ...]:
    """The strings of *value*; one `str` stands for itself."""
    texts: tuple[Any, ...]
    try:
        texts = (value,) if isinstance(value, str) else tuple(value)
    except TypeError:
        texts = (value,)
    if not texts:
        raise ConfigurationError(f"{owner} needs at least one string for {name}")
    return tuple(dict.fromkeys(non_empty_text(owner, name, text) for text in texts))


def no_text(name: str, item: object) -> TypeError:
    """The error for an *item* that the text transformer *name* cannot read."""
    way = "decode them" if isinstance(item, bytes | bytearray) else "write text() or map_each(str)"
    return TypeError(f"{name} takes text or chunks, not {type(item).__name__}: {way} before it")
