"""The JSON schema of a type."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar, get_args, get_origin

from .._errors import ConfigurationError
from ._types import (
    ARRAYS,
    MAPPINGS,
    MISSING,
    NONE,
    SETS,
    bare,
    describe,
    doc_of,
    fields_of,
    is_bound,
    is_class,
    is_enum,
    is_named_tuple,
    members_of,
    msgspec,
    split,
)

_JSON_NAMES: Final[dict[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    NONE: "null",
}


def schema_of(hint: Any) -> dict[str, Any]:
    """The JSON schema of a type: one document, with ``$defs`` for enums and classes inside.

    Takes attrs classes, dataclasses, ``TypedDict``, ``NamedTuple``, generics of these, unions, ``Literal``,
    enums, collections, dates and the other scalars of msgspec.  A string in ``Annotated[…]`` is a
    description, ``msgspec.Meta`` has bounds; a class's docstring is its description.  Objects of
    classes are closed (``additionalProperties: false``).

    :raises ConfigurationError: there is no schema of a type, or msgspec is not installed.
    """
    writer = _Writer()
    schema = writer.write(hint)
    named = _name_of(schema)
    if named is not None:  # what stands at the top is the class itself, not a reference to it
        schema = {**writer.defs[named], **{key: schema[key] for key in schema if key != "$ref"}}
    defs = {name: writer.defs[name] for name in _reached(schema, writer.defs)}
    return {**schema, "$defs": defs} if defs else schema


def _name_of(schema: dict[str, Any]) -> str | None:
    reference = schema.get("$ref")
    return reference.rpartition("/")[2] if isinstance(reference, str) else None


def _reached(schema: Any, defs: dict[str, Any]) -> list[str]:
    """The names of the definitions that *schema* needs, in the order in which they are met."""
    reached: dict[str, None] = {}
    left: list[_Node] = [schema]
    while left:
        node = left.pop()
        if isinstance(node, list):
            left += reversed(node)
        elif isinstance(node, dict):
            name = _name_of(node)
            if name in defs and name not in reached:
                reached[name] = None
                left.append(defs[name])
            left += [value for key, value in reversed(node.items()) if key not in _DATA]
    return list(reached)


_Node: TypeAlias = "dict[str, Any] | list[Any] | str | float | None"

_DATA: Final = {"default", "enum", "const", "examples"}  # what they hold is no schema


class _Writer:
    def __init__(self) -> None:
        self.defs: dict[str, Any] = {}
        self._names: dict[Any, str] = {}

    def write(self, hint: Any) -> dict[str, Any]:
        kind, metadata = split(hint)
        bounds = tuple(one for one in metadata if is_bound(one))
        words = [one for one in metadata if isinstance(one, str)]
        schema = self._write(kind, hint, bounds)
        if words:
            schema["description"] = words[-1]
        return schema

    def _write(self, kind: Any, hint: Any, bounds: tuple[Any, ...]) -> dict[str, Any]:
        origin = get_origin(kind) or kind
        arguments = get_args(kind)
        if members := members_of(hint):
            # The bounds are the members'; what else stands on the whole does not change with them.
            whole = {} if not bounds else _described(bounds)
            return {**whole, "anyOf": [self.write(one) for one in members]}
        if kind is Any or kind is object:
            return schema_of_scalar(Any, bounds)
        if isinstance(kind, TypeVar):
            return self.write(kind.__bound__ or Any)
        if origin is Literal:
            return {**schema_of_scalar(Any, bounds), **schema_of_choice(arguments)}
        if is_class(kind) or is_enum(kind):
            return {**schema_of_scalar(Any, bounds), "$ref": f"#/$defs/{self._define(kind)}"}
        if is_named_tuple(kind):
            return self._named_tuple(kind)
        if origin is tuple and arguments and arguments[-1] is not Ellipsis:
            items = [self.write(one) for one in arguments if one != ()]
            size = {"minItems": len(items), "maxItems": len(items)}
            return {"type": "array", "prefixItems": items, "items": False, **size}
        if origin in ARRAYS or origin is tuple:
            return {**schema_of_scalar(list, bounds), **self._rest("items", arguments[:1])}
        if origin in SETS:
            return {**schema_of_scalar(set, bounds), **self._rest("items", arguments)}
        if origin in MAPPINGS:
            schema = schema_of_scalar(dict, bounds)
            names = self._key_names(arguments[0]) if arguments else {}
            rest = self._rest("additionalProperties", arguments[1:])
            return {**schema, **({"propertyNames": names} if names else {}), **rest}
        return self._scalar(kind, bounds)

    def _key_names(self, hint: Any) -> dict[str, Any]:
        """The schema of a mapping's keys: text, as all keys of JSON."""
        kind = bare(hint)
        if kind is Any:
            return {}
        if kind is int:
            return {"pattern": "^-?(0|[1-9][0-9]*)$"}
        schema = self.write(hint)
        named = _name_of(schema)
        whole = schema if named is None else self.defs[named]
        if "enum" in whole:
            return {"enum": [str(one) for one in whole["enum"]]}
        if whole.get("type") != "string":
            raise ConfigurationError(f"a key of JSON is text, not {describe(kind)}")
        return {word: value for word, value in schema.items() if word != "type"}

    def _rest(self, key: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
        schema = self.write(arguments[0]) if arguments else {}
        return {key: schema} if schema else {}

    def _scalar(self, kind: Any, bounds: tuple[Any, ...]) -> dict[str, Any]:
        if kind in {dt.datetime, dt.time} and not any(
            getattr(one, "tz", None) is not None for one in bounds
        ):
            # msgspec says nothing of the format where the zone may be left out, and a model that is
            # told of any string writes "tomorrow".
            bounds = (*bounds, msgspec().Meta(tz=True))
        schema = schema_of_scalar(kind, bounds)
        self.defs |= schema.pop("$defs", {})
        return schema

    def _named_tuple(self, cls: Any) -> dict[str, Any]:
        fields = fields_of(cls)
        items = [{**self.write(one.hint), "title": one.name} for one in fields]
        least = sum(one.required for one in fields)
        size = {"minItems": least, "maxItems": len(items)}
        return {"type": "array", "prefixItems": items, "items": False, **size}

    def _define(self, hint: Any) -> str:
        """The name under which the class is defined; it is defined now if it was not."""
        name = self._names.get(hint)
        if name is None:
            plain = re.sub(r"[^a-zA-Z0-9._-]+", "_", describe(hint)).strip("_")
            name, number = plain, 1
            while name in self.defs:
                number += 1
                name = f"{plain}_{number}"
            self._names[hint] = name
            self.defs[name] = {}  # taken, should the class be met inside itself
            self.defs[name] = self._enum(hint) if is_enum(hint) else self._object(hint)
        return name

    def _enum(self, cls: Any) -> dict[str, Any]:
        about = {"title": cls.__name__, "description": doc_of(cls)}
        choice = schema_of_choice(tuple(one.value for one in cls))
        return {**{key: text for key, text in about.items() if text}, **choice}

    def _object(self, hint: Any) -> dict[str, Any]:
        cls = get_origin(hint) or hint
        about = {"title": describe(hint), "description": doc_of(cls)}
        fields = fields_of(hint)
        properties: dict[str, Any] = {}
        for field in fields:
            properties[field.name] = with_default(self.write(field.hint), field.default)
        return {
            **{key: text for key, text in about.items() if text},
            "type": "object",
            "properties": properties,
            "required": [field.name for field in fields if field.required],
            "additionalProperties": False,
        }


def with_default(schema: dict[str, Any], default: Any) -> dict[str, Any]:
    """*schema* with the *default* of a field or parameter, where JSON can say it."""
    if default is MISSING:
        return schema
    try:
        told = msgspec().to_builtins(default, str_keys=True)
        json.dumps(told, allow_nan=False)  # of infinity there are no words in JSON
    except (TypeError, ValueError):
        return schema
    return {**schema, "default": told}


def schema_of_choice(values: tuple[Any, ...]) -> dict[str, Any]:
    """The schema of one of *values*.

    :raises ConfigurationError: JSON has no word for one of them.
    """
    kinds: set[type[Any]] = {type(one) for one in values}
    if not kinds <= _JSON_NAMES.keys():
        raise ConfigurationError(
            f"a model can choose among texts, numbers, booleans and None, not {list(values)!r:.200}"
        )
    (kind, *others) = kinds
    return ({} if others else {"type": _JSON_NAMES[kind]}) | {"enum": list(values)}


def _described(bounds: tuple[Any, ...]) -> dict[str, Any]:
    """The parts of *bounds* that bound nothing: title, description, examples, parts of a schema."""
    plain = [
        msgspec().Meta(
            title=one.title,
            description=one.description,
            examples=one.examples,
            extra_json_schema=one.extra_json_schema,
        )
        for one in bounds
    ]
    return schema_of_scalar(Any, tuple(plain))


def schema_of_scalar(kind: Any, bounds: tuple[Any, ...]) -> dict[str, Any]:
    """The schema of a type that msgspec knows, with its *bounds*.

    :raises ConfigurationError: it knows no such type, or bounds of another kind.
    """
    try:
        schema: dict[str, Any] = msgspec().json.schema(Annotated[kind, *bounds] if bounds else kind)
    except TypeError as error:
        reason = str(error).partition(" - type")[0]
        # msgspec tells of an unknown type how its own schemas are taught, which helps nobody here.
        why = "" if "custom types" in reason else f": {reason}"
        raise ConfigurationError(f"there is no JSON schema of {describe(kind)}{why}") from error
    return schema
