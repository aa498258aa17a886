"""The caller's additions to the request that a provider writes: ``extra_body``, ``extra_query``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast
from urllib.parse import urlencode

from .._errors import ConfigurationError


def merged(body: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """*body* with *extra* in it: an object joins one that is there, all else takes its place."""
    joined = dict(body)
    for name, value in extra.items():
        here = joined.get(name)
        if isinstance(here, Mapping) and isinstance(value, Mapping):
            joined[name] = merged(cast(Mapping[str, Any], here), cast(Mapping[str, Any], value))
        else:
            joined[name] = value
    return joined


def with_query(path: str, extra: Mapping[str, Any]) -> str:
    """*path* with *extra* after the query that it has, if any."""
    if not extra:
        return path
    query = urlencode([
        (name, str(one).lower() if isinstance(one, bool) else one)
        for name, value in extra.items()
        for one in _each(value)
        if one is not None
    ])
    return f"{path}{'&' if '?' in path else '?'}{query}" if query else path


def _each(value: Any) -> list[Any]:
    return list(cast(Iterable[Any], value)) if isinstance(value, list | tuple) else [value]


def check_body(extra: object) -> Mapping[str, Any]:
    """*extra* as what is merged into a body.

    :raises ConfigurationError: it is no mapping that JSON can say, or decides whether to stream.
    """
    fields = _mapping("extra_body", extra, '{"top_k": 5}')
    if "stream" in fields:
        raise ConfigurationError(
            "extra_body= cannot set 'stream': stream(…) streams, complete(…) does not"
        )
    try:
        json.dumps(fields)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"extra_body= is no JSON: {error}") from None
    return fields


def check_query(extra: object) -> Mapping[str, Any]:
    """*extra* as what is appended to a URL.

    :raises ConfigurationError: it is no mapping of names to texts, numbers or lists of them.
    """
    fields = _mapping("extra_query", extra, '{"api-version": "2025-04-01"}')
    for name, value in fields.items():
        if not all(one is None or isinstance(one, str | int | float) for one in _each(value)):
            raise ConfigurationError(
                f"extra_query= takes texts and numbers, not {name!r}: {value!r:.200}"
            )
    return fields


def _mapping(option: str, given: object, example: str) -> Mapping[str, Any]:
    fields = cast(Mapping[object, Any], given) if isinstance(given, Mapping) else {None: given}
    if not all(isinstance(name, str) for name in fields):
        raise ConfigurationError(
            f"{option} must be a mapping, such as {example}, not {given!r:.200}"
        )
    return cast(Mapping[str, Any], given)
