"""Hiding secrets in all that an error holds, and in its causes."""

from __future__ import annotations

from typing import Any, TypeAlias

from .._safe_text import Secret


def mask_causes(error: BaseException, secret: Secret) -> None:
    """Mask *secret* in the causes of *error*: a traceback shows the whole chain."""
    seen: set[int] = {id(error)}
    left = [error.__cause__, error.__context__]
    while left:
        other = left.pop()
        if other is None or id(other) in seen:
            continue
        seen.add(id(other))
        other.args = tuple(masked(value, secret) for value in other.args)
        for name, value in vars(other).items():
            vars(other)[name] = masked(value, secret)
        left += [other.__cause__, other.__context__]


_Document: TypeAlias = "dict[Any, _Document] | list[_Document] | str | float | None"


def masked(value: Any, secret: Secret) -> Any:
    """*value* with *secret* masked in all its strings."""
    document: _Document = value
    if isinstance(document, str):
        return secret.mask(document)
    if isinstance(document, dict):
        return {masked(key, secret): masked(one, secret) for key, one in document.items()}
    if isinstance(document, list):
        return [masked(one, secret) for one in document]
    return document
