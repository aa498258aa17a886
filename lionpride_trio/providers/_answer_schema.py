"""JSON Schemas for the answers of models, as each provider takes them.

Every provider takes a part of JSON Schema, and another one.  `AnswerRules` says which; `rewritten` makes
of a schema one that says the same within them.  What a provider has no word for is told in the
description, where a model reads it.  What remains that cannot be said is named in ``faults``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias, cast

import attrs

Schema: TypeAlias = Mapping[str, Any]
_Node: TypeAlias = "Mapping[str, _Node] | list[_Node] | str | float | None"

_STRUCTURE: Final = frozenset([
    "$defs",
    "$ref",
    "additionalProperties",
    "anyOf",
    "description",
    "enum",
    "items",
    "prefixItems",
    "properties",
    "required",
    "title",
    "type",
])
"""Words that every provider knows, or that are rewritten."""
_NULL: Final = {"type": "null"}
_KINDS: Final[Mapping[type[Any], str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
}


def _takes_all(_word: str, _value: Any) -> bool:
    return True


@attrs.frozen(kw_only=True)
class AnswerRules:
    """The limits that a provider sets to the schema of an answer."""

    takes: Callable[[str, Any], bool] = _takes_all
    """Whether a word with that value is taken: a bound, a format, a default."""
    all_required: bool = False
    """Every key of an object is required; null is what stands for one that is left out."""
    closed: bool = False
    """Objects have no other keys than those that are named, and each value has a type."""
    tuples: bool = True
    """A list may say what stands at each place of it."""
    bare_references: bool = False
    """Nothing may stand beside a reference."""
    mixed_choices: bool = True
    """A choice may hold null and booleans."""
    recursion: Literal["any", "optional", "none"] = "any"
    """Where a schema may hold itself: anywhere, in keys that are not required, nowhere."""


@attrs.frozen
class Rewritten:
    """A schema within a provider's rules."""

    schema: dict[str, Any]
    faults: tuple[str, ...] = ()
    """The parts that the rules forbid, in a few words each; with any, the schema is of no use."""


def rewritten(schema: Schema, rules: AnswerRules) -> Rewritten:
    """*schema*, whose top is an object, within *rules*."""
    writer = _Writer(schema, rules)
    made = writer.write(schema)
    return Rewritten(made, tuple(dict.fromkeys(writer.faults)))


class _Writer:
    def __init__(self, root: Schema, rules: AnswerRules) -> None:
        self._rules = rules
        self._defs: Schema = root.get("$defs", {})
        self._cyclic = {name for name in self._defs if name in self._reached(self._defs[name])}
        self.faults: list[str] = []
        if self._cyclic and rules.recursion == "none":
            self.faults.append(f"{min(self._cyclic)} holds itself")

    def _reached(self, schema: Any) -> set[str]:
        """The definitions that *schema* names, and that those name."""
        reached: set[str] = set()
        left = [schema]
        while left:
            for name in _references(left.pop()):
                if name not in reached:
                    reached.add(name)
                    left.append(self._defs[name])
        return reached

    def write(self, schema: Schema) -> dict[str, Any]:
        made: dict[str, Any] = {}
        told: list[str] = []
        for word, value in schema.items():
            if word in _STRUCTURE or self._rules.takes(word, value):
                made[word] = value
            elif word != "default" or value is not None:
                told.append(f"{word}: {value if isinstance(value, str) else json.dumps(value)}")
        if "anyOf" in made:
            made["anyOf"] = [self.write(one) for one in made["anyOf"]]
        if "$defs" in made:
            made["$defs"] = {name: self.write(one) for name, one in made["$defs"].items()}
        if "enum" in made:
            self._write_choice(made)
        kind = made.get("type")
        if kind == "object":
            self._write_object(made)
        elif kind == "array":
            told += self._write_array(made)
        elif self._rules.closed and not made.keys() & {"type", "anyOf", "$ref"}:
            self.faults.append("a value of any type")
        if told:
            before = made.get("description", "")
            made["description"] = f"{before} ({'; '.join(told)})" if before else "; ".join(told)
        if self._rules.bare_references and "$ref" in made and made.keys() - {"$ref", "$defs"}:
            made = {"anyOf": [{"$ref": made.pop("$ref")}], **made}
        return made

    def _write_choice(self, made: dict[str, Any]) -> None:
        choices: list[str | float | None] = made["enum"]
        if not self._rules.mixed_choices and {type(one) for one in choices} - {str, int, float}:
            words = [one for one in choices if isinstance(one, str | int | float)]
            words = [one for one in words if not isinstance(one, bool)]
            others = [{"type": "boolean"}] if any(isinstance(one, bool) for one in choices) else []
            others += [_NULL] if None in choices else []
            del made["enum"]
            made.pop("type", None)
            made["anyOf"] = [*([{"enum": words}] if words else []), *others]
        elif "type" not in made:
            kinds = dict.fromkeys(_KINDS.get(type(one), "null") for one in choices)
            made["type"] = list(kinds) if len(kinds) > 1 else next(iter(kinds))

    def _write_object(self, made: dict[str, Any]) -> None:
        properties: Schema = made.get("properties", {})
        required = list(made.get("required", ()))
        rest = made.get("additionalProperties", True)
        if isinstance(rest, Mapping):
            made["additionalProperties"] = self.write(cast(Schema, rest))
        if rest is not False and self._rules.closed:
            self.faults.append("an object with keys that are not known before")
        written = {name: self.write(one) for name, one in properties.items()}
        if self._rules.all_required:
            for name in written.keys() - required:
                written[name] = _or_null(written[name])
            required = list(written)
        if self._rules.recursion == "optional":
            required = [name for name in required if not self._may_recur(properties.get(name, {}))]
        if "properties" in made:
            made["properties"] = written
        if required or "required" in made:
            made["required"] = required

    def _may_recur(self, schema: Schema) -> bool:
        return not self._cyclic.isdisjoint(_references(schema))

    def _write_array(self, made: dict[str, Any]) -> list[str]:
        """Write a list, and give what has to be told of it."""
        items = made.get("items", True)
        if isinstance(items, Mapping):
            made["items"] = self.write(cast(Schema, items))
        elif items is True and "prefixItems" not in made and self._rules.closed:
            self.faults.append("a list of any values")
        if "prefixItems" not in made:
            return []
        places = [self.write(one) for one in made["prefixItems"]]
        if self._rules.tuples:
            made["prefixItems"] = places
            return []
        del made["prefixItems"]
        each = [place for n, place in enumerate(places) if place not in places[:n]]
        made["items"] = each[0] if len(each) == 1 else {"anyOf": each}
        titles = [place.get("title") or _shown(place) for place in places]
        return [f"the items are, in this order: {', '.join(titles)}"]


def _shown(schema: Schema) -> str:
    kind = schema.get("type") or schema.get("$ref", "").rpartition("/")[2] or "one of several"
    return " or ".join(cast("list[str]", kind)) if isinstance(kind, list) else str(kind)


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """*schema*, or null."""
    if "anyOf" in schema:
        if _NULL in schema["anyOf"]:
            return schema
        return {**schema, "anyOf": [*schema["anyOf"], _NULL]}
    kind = schema.get("type")
    if kind == "null" or (isinstance(kind, list) and "null" in kind):
        return schema
    return {"anyOf": [schema, _NULL]}


def _references(schema: Any) -> Iterator[str]:
    """The names of the definitions to which *schema* refers."""
    left: list[_Node] = [schema]
    while left:
        one = left.pop()
        if isinstance(one, Mapping):
            reference = one.get("$ref")
            if isinstance(reference, str):
                yield reference.rpartition("/")[2]
            left += [value for word, value in one.items() if word not in {"enum", "default"}]
        elif isinstance(one, list):
            left += one
