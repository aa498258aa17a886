"""Schemas as OpenAI's strict mode takes them: objects say all that is in them, and all of it must be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .._ask import BadAsk
from .._json import JsonObject, as_list, as_object

PARAMETERS: Final = "invalid_function_parameters"
_NAMED: Final = ("properties", "$defs", "definitions")
_REFUSED: Final = (
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "patternProperties",
)


def check_parameters(schema: Any, what: str, where: str) -> None:
    """Refuse parameters that are no object, or one that does not say what is in it."""
    check_root(schema, what, where, PARAMETERS)
    if schema is not None and "properties" not in as_object(schema):
        text = f"Invalid schema for {what}: In context=(), object schema missing properties."
        raise BadAsk(text, param=where, code=PARAMETERS)


def check_root(schema: Any, what: str, where: str, code: str) -> None:
    """Refuse a schema whose root is no object."""
    if schema is None:
        return
    kind = as_object(schema).get("type")
    if kind != "object":
        got = f"'type: \"{kind}\"'" if kind else "'type: None'"
        text = f"Invalid schema for {what}: schema must be a JSON Schema of 'type: \"object\"', got {got}."
        raise BadAsk(text, param=where, code=code)


def check_strict(schema: JsonObject, what: str, where: str, code: str) -> None:
    """Refuse a schema that strict mode refuses."""
    for path, fault in _faults(schema, ()):
        context = f"({', '.join(map(repr, path))}{',' if len(path) == 1 else ''})"
        text = f"Invalid schema for {what}: In context={context}, {fault}"
        raise BadAsk(text, param=where, code=code)


def _faults(schema: JsonObject, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    for word in _REFUSED:
        if word in schema:
            yield path, f"'{word}' is not permitted."
    beside = sorted(schema.keys() - {"$ref", "$defs", "definitions"})
    if "$ref" in schema and beside:
        yield path, f"$ref cannot have keywords {{{', '.join(map(repr, beside))}}}."
    kind = schema.get("type")
    if kind is None and path and not schema.keys() & {"$ref", "anyOf"}:
        yield path, "schema must have a 'type' key."
    if kind == "object" or (isinstance(kind, list) and "object" in kind) or "properties" in schema:
        if schema.get("additionalProperties") is not False:
            yield path, "'additionalProperties' is required to be supplied and to be false."
        required = as_list(schema.get("required"))
        missing = [name for name in as_object(schema.get("properties")) if name not in required]
        if missing:
            text = "'required' is required to be supplied and to be an array including every key in"
            yield path, f"{text} properties. Missing '{missing[0]}'."
    for word in _NAMED:
        for name, each in as_object(schema.get(word)).items():
            yield from _faults(as_object(each), (*path, word, name))
    if isinstance(schema.get("items"), dict):
        yield from _faults(schema["items"], (*path, "items"))
    for place, each in enumerate(as_list(schema.get("anyOf"))):
        yield from _faults(as_object(each), (*path, "anyOf", str(place)))
