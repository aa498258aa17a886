"""Answers that are made after a schema are valid for it, by a judge that was written apart."""

import json
import re
from datetime import date, datetime, time
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from lionpride_trio.local._arguments import invent_value
from lionpride_trio.local._trigram import TrigramModel


def words(seed):
    return "".join(TrigramModel.bundled().exactly(seed, 3)).strip()


KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "number": int | float,
    "integer": int,
}
FORMATS = {
    "date": date.fromisoformat,
    "date-time": datetime.fromisoformat,
    "time": time.fromisoformat,
    "uuid": UUID,
    "email": re.compile(r"\S+@\S+\.\S+").fullmatch,
}


def is_formed(text, schema):
    """Whether *text* is of the schema's format; its reader says so by what it gives or raises."""
    try:
        return "format" not in schema or FORMATS[schema["format"]](text) is not None
    except ValueError:
        return False


def is_valid(value, schema, root):
    """Whether *value* is what *schema* asks for."""
    if "$ref" in schema:
        found = root
        for name in schema["$ref"].split("/")[1:]:
            found = found[name.replace("~1", "/")]
        if not is_valid(value, found, root):
            return False
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is_kind(value, kind) for kind in kinds):
        return False
    checks = [
        "const" not in schema or value == schema["const"],
        "enum" not in schema or value in schema["enum"],
        all(is_valid(value, each, root) for each in schema.get("allOf", ())),
        "anyOf" not in schema or any(is_valid(value, each, root) for each in schema["anyOf"]),
        "oneOf" not in schema or any(is_valid(value, each, root) for each in schema["oneOf"]),
    ]
    return all(checks) and _has_its_bounds(value, schema, root)


def _is_kind(value, kind):
    return isinstance(value, KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _has_its_bounds(value, schema, root):
    match value:
        case bool() | None:
            return True
        case int() | float():
            step = schema.get("multipleOf")
            return (
                value >= schema.get("minimum", value)
                and value <= schema.get("maximum", value)
                and value > schema.get("exclusiveMinimum", value - 1)
                and value < schema.get("exclusiveMaximum", value + 1)
                and (step is None or value / step == int(value / step))
            )
        case str():
            long_enough = schema.get("minLength", 0) <= len(value)
            return long_enough and (
                len(value) <= schema.get("maxLength", len(value)) and is_formed(value, schema)
            )
        case list():
            first = schema.get("prefixItems", [])
            pairs = [
                (item, first[place] if place < len(first) else schema.get("items", {}))
                for place, item in enumerate(value)
            ]
            different = {json.dumps(item, sort_keys=True) for item in value}
            return (
                schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
                and all(is_valid(item, within, root) for item, within in pairs)
                and (not schema.get("uniqueItems") or len(different) == len(value))
            )
        case dict():
            known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
            return (
                all(name in value for name in schema.get("required", ()))
                and schema.get("minProperties", 0) <= len(value)
                and all(
                    is_valid(
                        each, known.get(name, others if isinstance(others, dict) else {}), root
                    )
                    for name, each in value.items()
                )
                and (others is not False or value.keys() <= known.keys())
            )


def between(names, numbers):
    """Schemas with bounds, either of which may be missing."""
    return st.tuples(numbers, numbers, st.sets(st.sampled_from(names))).map(
        lambda drawn: {
            name: bound
            for name, bound in zip(names, sorted(drawn[:2]), strict=True)
            if name in drawn[2]
        }
    )


INTEGERS = between(["minimum", "maximum"], st.integers(-50, 50)) | st.integers(-9, 9).map(
    lambda low: {"exclusiveMinimum": low, "exclusiveMaximum": low + 2}
)
SCALARS = st.one_of(
    INTEGERS.map(lambda bounds: {"type": "integer", **bounds}),
    INTEGERS.map(lambda bounds: {"type": "number", **bounds}),
    st.sampled_from([2, 5, 7]).map(lambda step: {"type": "integer", "multipleOf": step}),
    between(["minLength", "maxLength"], st.integers(0, 40)).map(
        lambda bounds: {"type": "string", **bounds}
    ),
    st.sampled_from([*FORMATS]).map(lambda form: {"type": "string", "format": form}),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}]),
    st.lists(st.text(max_size=3) | st.integers(), min_size=1, max_size=3).map(
        lambda words: {"enum": words}
    ),
    st.text(max_size=3).map(lambda word: {"const": word}),
)


@st.composite
def objects(draw, inner):
    properties = draw(st.dictionaries(st.text("abcd", min_size=1, max_size=2), inner, max_size=3))
    required = draw(st.sets(st.sampled_from([*properties]))) if properties else set()
    more = draw(st.sampled_from([{}, {"additionalProperties": False}]))
    return {"type": "object", "properties": properties, "required": sorted(required), **more}


@st.composite
def arrays(draw, inner):
    bounds = draw(between(["minItems", "maxItems"], st.integers(0, 4)))
    return {"type": "array", "items": draw(inner), **bounds}


SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        objects(inner),
        arrays(inner),
        st.lists(inner, min_size=1, max_size=3).map(lambda among: {"anyOf": among}),
        st.tuples(objects(inner), st.just({"properties": {"z": {"type": "boolean"}}})).map(
            lambda both: {"allOf": [{**both[0], "additionalProperties": {}}, both[1]]}
        ),
    ),
    max_leaves=8,
)


@given(SCHEMAS, st.integers())
def test_what_is_made_is_valid(schema, seed):
    value = invent_value(schema, str(seed), words)
    assert is_valid(value, schema, schema), json.dumps(value)


TREE = {
    "type": "object",
    "properties": {
        "value": {"type": "integer"},
        "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
    },
    "required": ["value", "next"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    "schema",
    [
        TREE,
        {
            "type": "array",
            "items": {"type": "integer", "maximum": 3},
            "minItems": 3,
            "uniqueItems": True,
        },
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}]},
        {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
        {"type": "object", "required": ["a"], "additionalProperties": {"type": "boolean"}},
        {"allOf": [{"type": "number"}, {"type": "integer", "minimum": 3}, {"maximum": 3}]},
        {"properties": {"a": {"minimum": 0.25, "maximum": 0.3}}, "required": ["a"]},
        {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "null"}}]},
        {"type": "integer", "exclusiveMaximum": 0},
        {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "string", "maxLength": 1}}},
    ],
)
def test_rarer_words_are_heeded_too(schema, seed):
    value = invent_value(schema, str(seed), words)
    assert is_valid(value, schema, schema), value


def test_geminis_capitals_are_read():
    schema = {
        "type": "OBJECT",
        "properties": {"a": {"type": "ARRAY", "items": {"type": "INTEGER"}}},
    }
    value = invent_value(schema, "seed", words)
    assert [type(each) for each in value["a"]] == [int]


def test_the_judge_sees_what_is_wrong():
    for value, schema in [
        (1.5, {"type": "integer"}),
        (True, {"type": "integer"}),
        ("x", {"minLength": 2}),
        ({}, {"required": ["a"]}),
        ({"b": 1}, {"additionalProperties": False}),
        ([1, 1], {"uniqueItems": True}),
        (5, {"exclusiveMinimum": 5}),
        ("a", {"anyOf": [{"type": "null"}]}),
        ("2024-13-01", {"format": "date"}),
        ("nobody", {"format": "email"}),
    ]:
        assert not is_valid(value, schema, schema)
