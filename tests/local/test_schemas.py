"""Schemas read: references, what ``allOf`` adds up to, and the type that is meant."""

from __future__ import annotations

import pytest

from lionpride_trio.local._schemas import follow, merge_all, type_of

ROOT = {
    "$defs": {
        "a/b~c": {"type": "string"},
        "first": {"$ref": "#/$defs/a~1b~0c"},
        "round": {"$ref": "#/$defs/round"},
        "small": {"maximum": 5, "type": "number"},
    }
}


@pytest.mark.parametrize(
    ("schema", "meant"),
    [
        ({"type": "object"}, {"type": "object"}),
        ({"$ref": "#/$defs/first"}, {"type": "string"}),
        ({"ref": "#/$defs/first", "title": "T"}, {"type": "string", "title": "T"}),
        ({"$ref": "#/$defs/first", "type": "null"}, {"type": "null"}),
        ({"$ref": "#/$defs/nobody"}, {}),
    ],
)
def test_references_are_followed_and_what_stands_beside_one_counts(schema, meant):
    assert follow(ROOT, schema) == meant


def test_a_reference_to_itself_comes_to_an_end():
    assert follow(ROOT, {"$ref": "#/$defs/round"}) == {"$ref": "#/$defs/round"}
    assert merge_all(ROOT, {"allOf": [{"$ref": "#/$defs/round"}]}) == {"$ref": "#/$defs/round"}


@pytest.mark.parametrize(
    ("parts", "merged"),
    [
        ([{"minLength": 2}, {"minLength": 4}, {"minLength": 3}], {"minLength": 4}),
        ([{"maximum": 9}, {"$ref": "#/$defs/small"}], {"maximum": 5, "type": "number"}),
        ([{"required": ["a"]}, {"required": ["b"]}], {"required": ["a", "b"]}),
        ([{"enum": [1, 2, 3]}, {"enum": [3, 2, 4]}], {"enum": [2, 3]}),
        (
            [{"properties": {"a": {}, "b": {}}}, {"properties": {"b": {"type": "null"}}}],
            {"properties": {"a": {}, "b": {"type": "null"}}},
        ),
        ([{"title": "first"}, {"title": "second"}], {"title": "first"}),
        ([{"allOf": [{"type": "string"}]}, {"minLength": 1}], {"type": "string", "minLength": 1}),
        ([{"type": "number"}, {"type": "integer"}], {"type": "integer"}),
        ([{"type": "integer"}, {"type": "number"}], {"type": "integer"}),
        ([{"type": ["string", "null"]}, {"type": "string"}], {"type": "string"}),
        (
            [{"type": ["string", "null", "number"]}, {"type": ["null", "string"]}],
            {"type": ["null", "string"]},
        ),
        ([{"type": "string"}, {"type": "array"}], {"type": "array"}),
    ],
)
def test_all_parts_hold_at_once(parts, merged):
    assert merge_all(ROOT, {"allOf": parts}) == merged


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "STRING"}, "string"),
        ({"type": ["null", "integer"]}, "integer"),
        ({"type": ["null"]}, "null"),
        ({"required": ["a"]}, "object"),
        ({"prefixItems": [{}]}, "array"),
        ({"exclusiveMinimum": 0}, "number"),
        ({}, "string"),
    ],
)
def test_a_type_is_told_of_what_is_said(schema, kind):
    assert type_of(schema) == kind
