"""JSON values that a JSON schema allows."""

from __future__ import annotations

import base64
import datetime as dt
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st

JSON: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
_OFFSETS: Final = st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=30))])
_FORMATS: Final[Mapping[str, st.SearchStrategy[str]]] = {
    "date-time": st.datetimes(timezones=_OFFSETS).map(dt.datetime.isoformat),
    "date": st.dates().map(dt.date.isoformat),
    "time": st.times(timezones=st.just(dt.UTC)).map(dt.time.isoformat),
    "duration": st.integers(0, 10**8).map(lambda seconds: f"PT{seconds}S"),
    "uuid": st.uuids().map(str),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str),
    "email": st.emails(),
}


def json_of(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """JSON values, decoded, that *schema* allows: types, bounds, ``enum``, ``anyOf``, ``$ref``, formats.

    Its ``allOf``, ``not``, ``if`` and ``patternProperties`` are not heeded.

    :raises ValueError: a ``$ref`` leads nowhere, or a type is none of JSON's.
    """
    return _Drawer(schema).draw(schema)


class _Drawer:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._defs: Mapping[str, Any] = root.get("$defs", {})
        self._drawn: dict[str, st.SearchStrategy[Any]] = {}

    def draw(self, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        if "$ref" in schema:
            return self._named(schema["$ref"])
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        for word in ("anyOf", "oneOf"):
            if word in schema:
                return st.one_of([self.draw(one) for one in schema[word]])
        kinds = schema.get("type", "any")
        if isinstance(kinds, list):
            return st.one_of([self._typed(kind, schema) for kind in kinds])
        return self._typed(kinds, schema)

    def _named(self, reference: str) -> st.SearchStrategy[Any]:
        name = reference.removeprefix("#/$defs/")
        if name not in self._defs:
            raise ValueError(f"{reference} leads nowhere")
        if name not in self._drawn:
            # Put there before it is made: it may hold itself.
            self._drawn[name] = st.deferred(lambda: made[0])
            made = [self.draw(self._defs[name])]
        return self._drawn[name]

    def _typed(self, kind: str, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        draws: Mapping[str, Callable[[Mapping[str, Any]], st.SearchStrategy[Any]]] = {
            "any": lambda _: JSON,
            "null": lambda _: st.none(),
            "boolean": lambda _: st.booleans(),
            "integer": _integers,
            "number": _numbers,
            "string": _texts,
            "array": self._arrays,
            "object": self._objects,
        }
        if kind not in draws:
            raise ValueError(f"{kind!r} is no type of JSON")
        return draws[kind](schema)

    def _arrays(self, schema: Mapping[str, Any]) -> st.SearchStrategy[list[Any]]:
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        if "prefixItems" in schema:
            first: Sequence[Any] = schema["prefixItems"]
            least = max(least, 0)
            items = st.tuples(*(self.draw(one) for one in first)).map(list)
            return st.builds(
                lambda row, size: row[:size], items, st.integers(min(least, len(first)), len(first))
            )
        inner = self.draw(schema.get("items", {}))
        unique = repr if schema.get("uniqueItems") else None
        return st.lists(
            inner,
            min_size=least,
            max_size=least + 4 if most is None else min(most, least + 4),
            unique_by=unique,
        )

    def _objects(self, schema: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        properties: Mapping[str, Any] = schema.get("properties", {})
        required = schema.get("required", ())
        known = st.fixed_dictionaries(
            {name: self.draw(properties.get(name, {})) for name in required},
            optional={
                name: self.draw(one) for name, one in properties.items() if name not in required
            },
        )
        rest = schema.get("additionalProperties", True)
        if rest is False or (properties and rest is True):
            return known
        least = schema.get("minProperties", 0)
        names = self.draw({"type": "string", "maxLength": 9, **schema.get("propertyNames", {})})
        others = st.dictionaries(
            names, self.draw({} if rest is True else rest), min_size=least, max_size=least + 3
        )
        return st.builds(lambda some, more: {**more, **some}, known, others)


def _integers(schema: Mapping[str, Any]) -> st.SearchStrategy[int]:
    step = schema.get("multipleOf", 1)
    low = schema.get("minimum", schema.get("exclusiveMinimum", -math.inf) + 1)
    high = schema.get("maximum", schema.get("exclusiveMaximum", math.inf) - 1)
    return st.integers(
        None if low == -math.inf else math.ceil(low / step),
        None if high == math.inf else math.floor(high / step),
    ).map(lambda n: n * step)


def _numbers(schema: Mapping[str, Any]) -> st.SearchStrategy[float]:
    if "multipleOf" in schema:
        return _integers(schema)
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    return st.floats(
        low,
        high,
        allow_nan=False,
        allow_infinity=False,
        exclude_min="exclusiveMinimum" in schema,
        exclude_max="exclusiveMaximum" in schema,
    )


def _texts(schema: Mapping[str, Any]) -> st.SearchStrategy[str]:
    least = schema.get("minLength", 0)
    most = min(schema.get("maxLength", sys.maxsize), least + 30)
    if "pattern" in schema:
        pattern: str = schema["pattern"]
        # Before a last line break `$` matches in Python, and not in JSON schema.
        return st.from_regex(pattern.removesuffix("$") + r"\Z" * pattern.endswith("$")).filter(
            lambda text: least <= len(text) <= most
        )
    if schema.get("contentEncoding") == "base64":
        return st.binary(min_size=3 * (least // 4), max_size=3 * (most // 4)).map(
            lambda data: base64.b64encode(data).decode()
        )
    return _FORMATS.get(schema.get("format", ""), st.text(min_size=least, max_size=most))
