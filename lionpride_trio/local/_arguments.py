"""JSON that a schema asks for: the arguments of a call, or an answer of a form.

It is valid wherever the schema speaks of types, ``enum``, ``const``, ``default``, ``$ref``, bounds of numbers,
texts, lists and objects, ``format``, ``multipleOf``, ``prefixItems``, ``anyOf``, ``oneOf`` and simple
``allOf``.  ``pattern``, ``not``, ``if`` and what else there is are not heeded.  Gemini's spelling of
types, in capitals, is read too.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, Final

from ._json import JsonObject, as_list, as_object, as_text, pick
from ._scalars import count_between, invent_number, invent_text
from ._schemas import follow, merge_all, type_of

# From here on only what is required is filled in, so that a schema that holds itself comes to
# an end; and further down nothing is.
_DEEP: Final = 4
_TOO_DEEP: Final = 12


def invent_arguments(schema: JsonObject, seed: str, words: Callable[[str], str]) -> JsonObject:
    """Invent one object after `schema`; `words(seed)` gives a few words for a string."""
    return as_object(invent_value({"type": "object", **schema}, seed, words))


def invent_value(schema: JsonObject, seed: str, words: Callable[[str], str]) -> Any:
    """Invent one value after `schema`, of whatever type that asks for."""
    return _Inventor(schema, Random(seed), words).value(schema, 0)


class _Inventor:
    def __init__(self, root: JsonObject, random: Random, words: Callable[[str], str]) -> None:
        self._root = root
        self._random = random
        self._words = words

    def value(self, schema: JsonObject, depth: int) -> Any:
        if depth > _TOO_DEEP:
            return None
        schema = merge_all(self._root, schema)
        if "const" in schema:
            return schema["const"]
        if choices := as_list(schema.get("enum")):
            return self._random.choice(choices)
        if "default" in schema:
            return schema["default"]
        if among := as_list(pick(schema, "anyOf", "oneOf", "any_of")):
            rest = {word: schema[word] for word in schema.keys() - {"anyOf", "oneOf", "any_of"}}
            return self.value({"allOf": [rest, self._chosen(among, depth)]}, depth + 1)
        return self._of_type(type_of(schema), schema, depth)

    def _chosen(self, among: list[Any], depth: int) -> JsonObject:
        """One of several schemas; further down one that holds no others, if there is one."""
        read = [as_object(each) for each in among]
        if depth > _DEEP:
            kinds = [type_of(follow(self._root, each)) for each in read]
            flat = [each for each, kind in zip(read, kinds, strict=True) if kind not in _NESTED]
            return flat[0] if flat else read[0]
        return self._random.choice(read)

    def _of_type(self, kind: str, schema: JsonObject, depth: int) -> Any:
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "integer" | "number":
                return invent_number(schema, self._random, whole=kind == "integer")
            case "boolean":
                return self._random.random() < 0.5
            case "null":
                return None
            case _:
                return invent_text(schema, self._random, self._words)

    def _array(self, schema: JsonObject, depth: int) -> list[Any]:
        first = [as_object(each) for each in as_list(schema.get("prefixItems"))]
        low, high = count_between(schema, "Items", at_least=len(first) or depth <= _DEEP)
        made: list[Any] = []
        tries = 0
        while len(made) < low and tries < 20 * low:
            tries += 1
            place = len(made)
            of = first[place] if place < len(first) else as_object(schema.get("items"))
            value = self.value(of, depth + 1)
            if not schema.get("uniqueItems") or value not in made:
                made.append(value)
        return made[:high]

    def _object(self, schema: JsonObject, depth: int) -> JsonObject:
        properties = as_object(schema.get("properties"))
        required = [as_text(name) for name in as_list(schema.get("required"))]
        names = [n for n in properties if depth <= _DEEP or n in required]
        names += [name for name in required if name not in properties]
        low, high = count_between(schema, "Properties", at_least=len(names))
        names = [name for name in names if name in required or len(names) <= high]
        others = as_object(schema.get("additionalProperties"))
        made = {
            name: self.value(as_object(properties.get(name, others)), depth + 1) for name in names
        }
        for number in range(low - len(made)):
            made[f"key_{number}"] = self.value(others, depth + 1)
        return made


_NESTED: Final = frozenset(["object", "array"])
