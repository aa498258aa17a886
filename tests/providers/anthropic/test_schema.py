"""Schemas as Anthropic takes them for the form of an answer."""

from tests.providers.asking import written


def test_anthropics_schema_says_that_its_objects_have_no_more():
    point = {"type": "object", "properties": {"x": {"type": "number"}}}
    free = {"type": "object", "additionalProperties": True}
    schema = {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "all": {"type": "array", "items": point},
            "one": {"anyOf": [{"$ref": "#/$defs/point"}, {"type": "null"}]},
            "free": free,  # and is refused by the service
        },
        "$defs": {"point": point},
        "enum": [{"type": "object"}],
    }
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}}
    sent = written("anthropic", response_format=form)["output_config"]["format"]["schema"]
    shut = {**point, "additionalProperties": False}
    assert sent == {
        **schema,
        "properties": {**schema["properties"], "all": {"type": "array", "items": shut}},
        "$defs": {"point": shut},
        "additionalProperties": False,
    }
