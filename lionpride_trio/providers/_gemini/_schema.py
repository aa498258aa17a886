"""JSON Schemas as Gemini takes them in the declaration of a function.

``parameters`` takes a small part of OpenAPI's schemas and refuses all other words;
``parametersJsonSchema`` takes JSON Schema itself.  Older models know the first alone, so it is
written wherever it says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

_SIMPLE: Final = frozenset([
    "default",
    "description",
    "enum",
    "example",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "nullable",
    "pattern",
    "propertyOrdering",
    "required",
    "title",
    "type",
])
_FORMATS: Final = frozenset(["date-time", "double", "enum", "float", "int32", "int64"])
# Words that say nothing that a model could keep to.
_DROPPED: Final = frozenset(["$schema", "$id", "$comment", "strict"])
_PLACES: Final = frozenset(["properties", "$defs", "definitions", "patternProperties"])


def declaration(function: Mapping[str, Any]) -> dict[str, Any]:
    """The declaration of a function in OpenAI's form, without the words that are OpenAI's alone."""
    declared: dict[str, Any] = {
        name: function[name]
        for name in ("name", "description", "response", "behavior", "parametersJsonSchema")
        if function.get(name) is not None
    }
    if not isinstance(function.get("parameters"), Mapping):
        return declared
    schema = _cleaned(function["parameters"])
    if not schema.get("properties") and not schema.keys() - {"type", "properties", "required"}:
        return declared  # an object without properties is refused
    declared["parameters" if _is_simple(schema) else "parametersJsonSchema"] = schema
    return declared


def _cleaned(schema: object) -> Any:
    """*schema* without what Gemini refuses to read; names of properties are no words of it."""
    if isinstance(schema, list):
        return [_cleaned(each) for each in cast(list[object], schema)]
    if not isinstance(schema, Mapping):
        return schema
    cleaned: dict[str, Any] = {}
    for word, value in cast(Mapping[str, Any], schema).items():
        if word in _DROPPED or (word == "additionalProperties" and isinstance(value, bool)):
            continue
        if word in _PLACES and isinstance(value, Mapping):
            named = cast(Mapping[str, Any], value)
            cleaned[word] = {name: _cleaned(each) for name, each in named.items()}
        elif word in {"enum", "default", "example", "examples", "const", "required"}:
            cleaned[word] = value
        else:
            cleaned[word] = _cleaned(value)
    return cleaned


def _is_simple(schema: Any) -> bool:
    """Whether ``parameters`` can say all that *schema* says."""
    if not isinstance(schema, Mapping):
        return False
    for word, value in cast(Mapping[str, Any], schema).items():
        match word:
            case "properties":
                simple = all(_is_simple(each) for each in value.values())
            case "items":
                simple = _is_simple(value)
            case "anyOf":
                simple = all(_is_simple(each) for each in value)
            case "type":
                simple = isinstance(value, str) and value != "null"
            case "format":
                simple = value in _FORMATS
            case "enum":
                simple = all(isinstance(each, str) for each in value)
            case _:
                simple = word in _SIMPLE
        if not simple:
            return False
    return True
