"""Arguments for a tool call, invented after the tool's JSON schema.

They are valid wherever the schema speaks of types, ``enum``, ``const``, ``default``, ``required``,
``minimum``, ``maximum``, ``minItems`` and ``$ref``; other keywords are not heeded. Gemini's spelling of
types, in capitals, is read too.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from ._json import JsonObject, as_count, as_list, as_object, as_text, pick

# From here on only what is required is filled in, so that a schema that holds itself comes to
# an end; and further down nothing is.
_DEEP: Final = 4
_TOO_DEEP: Final = 12


def invent_arguments(schema: JsonObject, seed: str, words: Callable[[str], str]) -> JsonObject:
    """Invent one object after `schema`; `words(seed)` gives a few words for a string."""
    made = _Inventor(schema, Random(seed), words).value({"type": "object", **schema}, 0)
    return as_object(made)


class _Inventor:
    def __init__(self, root: JsonObject, random: Random, words: Callable[[str], str]) -> None:
        self._root = root
        self._random = random
        self._words = words

    def value(self, schema: JsonObject, depth: int) -> Any:
        if depth > _TOO_DEEP:
            return None
        if isinstance(schema.get("$ref"), str):
            return self.value(self._resolve(schema["$ref"]), depth + 1)
        if "const" in schema:
            return schema["const"]
        if choices := as_list(schema.get("enum")):
            return self._random.choice(choices)
        if "default" in schema:
            return schema["default"]
        if among := as_list(pick(schema, "anyOf", "oneOf", "allOf", "any_of")):
            return self.value(as_object(among[0]), depth + 1)
        return self._of_type(_type_of(schema), schema, depth)

    def _of_type(self, kind: str, schema: JsonObject, depth: int) -> Any:
        low, high = _bound(schema.get("minimum"), 1), _bound(schema.get("maximum"), 100)
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                count = max(as_count(pick(schema, "minItems", "min_items")) or 0, depth <= _DEEP)
                items = as_object(schema.get("items"))
                return [self.value(items, depth + 1) for _ in range(min(count, 100))]
            case "integer":
                return self._random.randint(int(low), max(int(low), int(high)))
            case "number":
                return round(self._random.uniform(low, max(low, high)), 1)
            case "boolean":
                return self._random.random() < 0.5
            case "null":
                return None
            case _:
                return self._words(str(self._random.random()))

    def _object(self, schema: JsonObject, depth: int) -> JsonObject:
        properties = as_object(schema.get("properties"))
        required = [as_text(name) for name in as_list(schema.get("required"))]
        wanted = properties if depth <= _DEEP else [n for n in properties if n in required]
        return {name: self.value(as_object(properties[name]), depth + 1) for name in wanted}

    def _resolve(self, reference: str) -> JsonObject:
        found = self._root
        for name in reference.removeprefix("#").split("/")[1:]:
            found = as_object(found.get(name.replace("~1", "/").replace("~0", "~")))
        return found


def _type_of(schema: JsonObject) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):  # ["string", "null"] is the usual way to say "or nothing"
        kind = next((one for one in as_list(schema["type"]) if one != "null"), "null")
    implied = "object" if "properties" in schema else "array" if "items" in schema else "string"
    return as_text(kind).lower() or implied


def _bound(value: object, otherwise: float) -> float:
    return value if isinstance(value, int | float) else otherwise
