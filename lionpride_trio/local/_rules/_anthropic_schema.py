"""Schemas as Anthropic's structured outputs take them: closed objects, and hardly a bound."""

from __future__ import annotations

from typing import Final

from .._ask import BadAsk
from .._json import Json, JsonObject, as_list, as_object, as_text

_NUMBERS: Final = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf")
_BOUNDS: Final = {
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "string": ("maxLength", "minLength"),
    "array": ("maxItems", "uniqueItems"),
    "object": ("maxProperties", "minProperties"),
}


def check_schema(schema: JsonObject, where: str) -> None:
    """Refuse a schema that asks for what answers cannot be held to.

    :raises BadAsk: says so in Anthropic's words.
    """
    for word in ("$defs", "definitions"):
        for name, each in as_object(schema.get(word)).items():
            if name in _reached(schema, each):
                raise BadAsk(f"{where}: recursive schemas are not supported: '{name}' holds itself")
    _check_node(schema, where)


def _reached(root: JsonObject, schema: Json) -> set[str]:
    """The names of the definitions that a schema needs."""
    reached: set[str] = set()
    left: list[Json] = [schema]
    while left:
        one = left.pop()
        left += as_list(one)
        reference = as_text(as_object(one).get("$ref"))
        if reference and (name := reference.rpartition("/")[2]) not in reached:
            reached.add(name)
            left += [as_object(root.get(word)).get(name) for word in ("$defs", "definitions")]
        left += as_object(one).values()
    return reached


def _check_node(schema: JsonObject, where: str) -> None:
    kind = as_text(schema.get("type"))
    given = [word for word in _BOUNDS.get(kind, ()) if word in schema]
    if len(given) == 1:
        raise BadAsk(f"{where}: For '{kind}' type, property '{given[0]}' is not supported")
    if given:
        text = f"properties {', '.join(given)} are not supported"
        raise BadAsk(f"{where}: For '{kind}' type, {text}")
    if kind == "array" and schema.get("minItems", 0) not in {0, 1}:
        text = "'minItems' values other than 0 or 1 are not supported"
        raise BadAsk(f"{where}: For 'array' type, {text}")
    if kind == "object" and schema.get("additionalProperties") is not False:
        text = "'additionalProperties' must be explicitly set to false"
        raise BadAsk(f"{where}: For 'object' type, {text}")
    inside = [
        *(
            each
            for words in ("properties", "$defs")
            for each in as_object(schema.get(words)).values()
        ),
        *(each for words in ("anyOf", "allOf") for each in as_list(schema.get(words))),
        schema.get("items"),
    ]
    for each in map(as_object, inside):
        if each:
            _check_node(each, where)
