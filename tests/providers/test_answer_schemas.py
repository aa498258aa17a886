"""The schema of an answer, as each provider is given it.

A provider takes what its reference says; the embedded server refuses the same.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal

import attrs
import jsonschema
import pytest
from msgspec import Meta

from lionpride_trio import ConfigurationError
from lionpride_trio._typed_data import to_json_text
from lionpride_trio.providers import ModelCall, get
from lionpride_trio.stages import AnswerType
from tests.typed_data.shapes import ROUND, Circle, Note, Page, Square


@attrs.frozen
class Step:
    text: Annotated[str, Meta(min_length=1)]
    minutes: Annotated[int, Meta(ge=0, description="how long")] = 5
    parts: list[Step] = attrs.field(factory=list)


@attrs.frozen
class Plain:
    size: Annotated[int, Meta(ge=1, le=3)]
    name: Annotated[str | None, "what it is called"] = None
    day: dt.date = dt.date(2024, 1, 2)
    pair: tuple[int, str] = (1, "a")
    inner: Annotated[Small, "the small one"] | None = None


@attrs.frozen
class Small:
    sizes: Annotated[list[float], Meta(min_length=2, max_length=3)]


@attrs.frozen
class Chain:
    name: str
    links: list[Step]


@attrs.frozen
class Codes:
    whole: Annotated[str, Meta(pattern="^a+$")]
    part: Annotated[str, Meta(pattern="a+")]


def asked(provider, output, endpoint=None, **options):
    """The body of a request for an answer."""
    answer = AnswerType(output)
    found = get(provider, endpoint)
    options |= found.answer_options(answer.name, answer.schema, options)
    return found.request(ModelCall("m", [{"role": "user", "content": "hi"}], options)).body


def strict(output):
    return asked("openai", output)["response_format"]["json_schema"]


def test_openai_is_asked_in_its_strict_mode():
    assert strict(Plain) == {
        "name": "Plain",
        "strict": True,
        "schema": {
            "title": "Plain",
            "type": "object",
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 3},
                "name": {
                    "anyOf": [{"type": "string"}, {"type": "null"}],
                    "description": "what it is called",
                },
                "day": {
                    "anyOf": [
                        {"type": "string", "format": "date", "description": "default: 2024-01-02"},
                        {"type": "null"},
                    ]
                },
                "pair": {
                    "anyOf": [
                        {
                            "type": "array",
                            "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
                            "minItems": 2,
                            "maxItems": 2,
                            "description": 'default: [1, "a"]; the items are, in this order:'
                            " integer, string",
                        },
                        {"type": "null"},
                    ]
                },
                "inner": {
                    "anyOf": [
                        {"anyOf": [{"$ref": "#/$defs/Small"}], "description": "the small one"},
                        {"type": "null"},
                    ]
                },
            },
            "required": ["size", "name", "day", "pair", "inner"],
            "additionalProperties": False,
            "$defs": {
                "Small": {
                    "title": "Small",
                    "type": "object",
                    "properties": {
                        "sizes": {
                            "type": "array",
                            "items": {"type": "number"},
                            "minItems": 2,
                            "maxItems": 3,
                        }
                    },
                    "required": ["sizes"],
                    "additionalProperties": False,
                }
            },
        },
    }


def test_responses_have_it_in_their_text():
    form = asked("openai", Small, "responses")["text"]["format"]
    assert form == {"type": "json_schema", **strict(Small)}


def test_openai_takes_types_that_hold_themselves():
    schema = strict(Step)["schema"]
    assert strict(Step)["strict"] is True
    assert schema["properties"]["parts"]["anyOf"][0]["items"] == {"$ref": "#/$defs/Step"}
    assert schema["properties"]["text"] == {"type": "string", "description": "minLength: 1"}


@pytest.mark.parametrize("output", [dict[str, int], Any, list[Any], Page[Any]])
def test_what_the_strict_mode_has_no_form_for_is_asked_without_it(output):
    named = strict(output)
    assert "strict" not in named
    assert named["schema"] == AnswerType(output).schema


@pytest.mark.parametrize("output", [list[int], int | str, Literal["a"], Circle | Square])
def test_what_is_no_object_is_wrapped(output):
    schema = strict(output)["schema"]
    assert (schema["type"], schema["required"]) == ("object", ["output"])


def test_a_choice_has_a_type():
    properties = strict(tuple[Literal["a", "b"], Literal[1, "x"] | None])["schema"]["properties"]
    each = properties["output"]["items"]["anyOf"]
    assert each[0] == {"type": "string", "enum": ["a", "b"]}


def test_anthropic_is_told_in_words_what_its_schemas_refuse():
    schema = asked("anthropic", Plain)["output_config"]["format"]["schema"]
    properties = schema["properties"]
    assert properties["size"] == {"type": "integer", "description": "minimum: 1; maximum: 3"}
    assert properties["day"] == {"type": "string", "format": "date", "default": "2024-01-02"}
    assert schema["$defs"]["Small"]["properties"]["sizes"] == {
        "type": "array",
        "items": {"type": "number"},
        "description": "maxItems: 3; minItems: 2",
    }


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        (Step, "Step holds itself"),
        (dict[str, int], "an object with keys that are not known before"),
        (Page[Any], "a list of any values and a value of any type"),
    ],
)
def test_anthropic_calls_a_tool_where_its_schemas_cannot_say_it(output, fault):
    body = asked("anthropic", output)
    answer = AnswerType(output)
    (tool,) = body["tools"]
    assert (tool["name"], tool["input_schema"]) == (answer.name, answer.schema)
    assert body["tool_choice"] == {"type": "tool", "name": answer.name}
    assert "output_config" not in body
    with pytest.raises(ConfigurationError, match=f"cannot say {fault}, so that a tool is demanded"):
        asked("anthropic", output, thinking={"type": "enabled", "budget_tokens": 2000})


def test_anthropic_may_call_another_tool_instead_of_the_answers_own():
    clock = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}
    body = asked("anthropic", Step, tools=[clock])
    assert [tool["name"] for tool in body["tools"]] == ["clock", "Step"]
    assert body["tool_choice"] == {"type": "any"}
    assert asked("anthropic", Small, tools=[clock]).keys() >= {"output_config", "tools"}


def test_gemini_has_it_as_json_schema():
    config = asked("gemini", Plain)["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    properties = config["responseJsonSchema"]["properties"]
    assert properties["size"] == {"type": "integer", "minimum": 1, "maximum": 3}
    assert properties["pair"]["prefixItems"] == [{"type": "integer"}, {"type": "string"}]
    step = asked("gemini", Step)["generationConfig"]["responseJsonSchema"]
    assert step["properties"]["text"] == {"type": "string", "description": "minLength: 1"}


def test_gemini_may_leave_out_where_a_type_holds_itself():
    schema = asked("gemini", Chain)["generationConfig"]["responseJsonSchema"]
    assert schema["required"] == ["name"]
    schema = asked("gemini", tuple[Literal["a", True] | None, int])
    choice = schema["generationConfig"]["responseJsonSchema"]["properties"]["output"]["prefixItems"]
    either = {"anyOf": [{"enum": ["a"]}, {"type": "boolean"}]}
    assert choice[0] == {"anyOf": [either, {"type": "null"}]}


def test_ollama_has_it_as_its_format():
    assert asked("ollama", Small)["format"] == AnswerType(Small).schema
    assert asked("ollama", Codes)["format"]["properties"] == {
        "whole": {"type": "string", "pattern": "^a+$"},
        "part": {"type": "string", "description": "pattern: a+"},
    }


@pytest.mark.parametrize("provider", ["groq", "openai_compatible", "local"])
def test_others_have_it_as_it_is(provider):
    named = asked(provider, Step)["response_format"]["json_schema"]
    assert named == {"name": "Step", "schema": AnswerType(Step).schema}


PLACES = {
    "openai": lambda body: body["response_format"]["json_schema"]["schema"],
    "openrouter": lambda body: body["response_format"]["json_schema"]["schema"],
    "anthropic": lambda body: (
        body["output_config"]["format"]["schema"]
        if "output_config" in body
        else body["tools"][0]["input_schema"]
    ),
    "gemini": lambda body: body["generationConfig"]["responseJsonSchema"],
    "ollama": lambda body: body["format"],
}


@pytest.mark.parametrize("provider", PLACES)
@pytest.mark.parametrize(("hint", "value"), [*ROUND, (Note, {"text": "a"})])
def test_a_rewritten_schema_allows_what_the_type_allows(provider, hint, value):
    """An answer of the type, with null for each key that is left out, is valid for what was sent."""
    if value is None:
        return
    schema = PLACES[provider](asked(provider, hint))
    jsonschema.Draft202012Validator.check_schema(schema)
    answer = AnswerType(hint)
    data = json.loads(to_json_text(value))
    document = data if answer.wrapper is None else {answer.wrapper: data}
    jsonschema.validate(_whole(document, schema, schema), schema)


def _whole(data, schema, root):
    """*data* with null for each key that *schema* wants and *data* leaves out."""
    if "$ref" in schema:
        return _whole(data, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        for one in schema["anyOf"]:
            made = _whole(data, one, root)
            if jsonschema.Draft202012Validator({**one, "$defs": root.get("$defs", {})}).is_valid(
                made
            ):
                return made
        return data
    if isinstance(data, dict) and "properties" in schema:
        missing = dict.fromkeys(key for key in schema.get("required", ()) if key not in data)
        return {
            key: _whole(item, schema["properties"].get(key, {}), root)
            for key, item in {**data, **missing}.items()
        }
    if isinstance(data, list) and isinstance(schema.get("items"), dict):
        return [_whole(item, schema["items"], root) for item in data]
    return data
