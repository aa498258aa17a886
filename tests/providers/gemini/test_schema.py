"""Schemas as Gemini takes them in the declaration of a function."""

import pytest

from tests.providers.asking import written


def function(parameters):
    [tool] = written(
        "gemini",
        tools=[{"type": "function", "function": {"name": "f", "parameters": parameters}}],
    )["tools"]
    [declared] = tool["functionDeclarations"]
    return declared


def test_gemini_is_sent_no_word_of_a_schema_that_it_refuses():
    nested = {
        "type": "object",
        "properties": {
            "strict": {"type": "boolean"},
            "additionalProperties": {
                "type": "array",
                "items": {"type": "object", "properties": {}, "additionalProperties": False},
            },
        },
        "additionalProperties": False,
        "$schema": "https://json-schema.org/draft/2020-12/schema",
    }
    assert function(nested)["parameters"] == {
        "type": "object",
        "properties": {  # names of properties are no words of the schema
            "strict": {"type": "boolean"},
            "additionalProperties": {
                "type": "array",
                "items": {"type": "object", "properties": {}},
            },
        },
    }
    assert "parameters" not in function({"type": "object", "properties": {}})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"]},
        {"$ref": "#/$defs/city"},
        {"enum": [1, 2]},
        {"type": "string", "format": "email"},
        {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    ],
)
def test_gemini_is_sent_as_json_schema_what_its_own_cannot_say(schema):
    declared = function({"type": "object", "properties": {"city": schema}})
    assert declared["parametersJsonSchema"]["properties"]["city"] == schema
    assert "parameters" not in declared


@pytest.mark.parametrize(
    ("schema", "is_simple"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, False),
        ({"anyOf": [True, {"type": "string"}]}, False),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}]}}, True),
        ({"type": "array", "items": True}, False),
    ],
)
def test_the_form_of_a_schema_is_that_of_all_that_is_in_it(schema, is_simple):
    declared = function({"type": "object", "properties": {"city": schema}})
    assert ("parameters" in declared) == is_simple
    assert ("parametersJsonSchema" in declared) != is_simple
