"""JSON Schemas read: references followed, ``allOf`` merged into one, the type told."""

from __future__ import annotations

from typing import Any, Final

from ._json import JsonObject, as_list, as_object, as_text, pick

_LONGEST_CHAIN: Final = 20
_LARGER: Final = frozenset([
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
])
_SMALLER: Final = frozenset([
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
])


def follow(root: JsonObject, schema: JsonObject) -> JsonObject:
    """Follow a reference to what it names in *root*, through as many as there are."""
    for _ in range(_LONGEST_CHAIN):
        reference = pick(schema, "$ref", "ref")
        if not isinstance(reference, str):
            break
        beside = {word: schema[word] for word in schema.keys() - {"$ref", "ref"}}
        schema = {**_named(root, reference), **beside}
    return schema


def _named(root: JsonObject, reference: str) -> JsonObject:
    found: Any = root
    for name in reference.removeprefix("#").split("/")[1:]:
        found = as_object(found).get(name.replace("~1", "/").replace("~0", "~"))
    return as_object(found)


def merge_all(root: JsonObject, schema: JsonObject) -> JsonObject:
    """Make one schema of *schema* and all that its ``allOf`` holds."""
    merged = dict(follow(root, schema))
    for _ in range(_LONGEST_CHAIN):
        parts = as_list(merged.pop("allOf", None))
        if not parts:
            break
        for part in parts:
            _add(merged, follow(root, as_object(part)))
    return merged


def _add(merged: JsonObject, part: JsonObject) -> None:
    for word, value in part.items():
        if word not in merged:
            merged[word] = value
        elif word == "properties":
            merged[word] = {**as_object(merged[word]), **as_object(value)}
        elif word in {"required", "allOf"}:
            merged[word] = [*as_list(merged[word]), *as_list(value)]
        elif word == "enum":
            merged[word] = [each for each in as_list(merged[word]) if each in as_list(value)]
        elif word in _LARGER:
            merged[word] = max(merged[word], value)
        elif word in _SMALLER:
            merged[word] = min(merged[word], value)
        elif word == "type":
            merged[word] = _narrower(merged[word], value)


def _narrower(one: Any, other: Any) -> Any:
    """The types that both allow; an integer is a number."""
    first = set(as_list(one) or [one])
    second = set(as_list(other) or [other])
    both = first & second
    if "integer" in first | second and "number" in first | second:
        both.add("integer")
    kinds = sorted(both)
    return kinds[0] if len(kinds) == 1 else kinds or other


def type_of(schema: JsonObject) -> str:
    """Tell the type that a schema asks for, in small letters; where it says none, what it speaks of."""
    kind = schema.get("type")
    if isinstance(kind, list):  # ["string", "null"] is the usual way to say "or nothing"
        kind = next((one for one in as_list(schema["type"]) if one != "null"), "null")
    if as_text(kind):
        return as_text(kind).lower()
    if schema.keys() & {"properties", "required", "minProperties"}:
        return "object"
    if schema.keys() & {"items", "prefixItems", "minItems"}:
        return "array"
    if schema.keys() & {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}:
        return "number"
    return "string"
