"""The schema of a type: valid, whole in itself, and with the words that its user wrote."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, TypeVar

import attrs
import jsonschema
import msgspec
import pytest
from msgspec import Meta

from lionpride_trio import ConfigurationError
from lionpride_trio._typed_data import schema_of, to_json_text

from .shapes import ROUND, Circle, Color, Level, Note, Page, Point, Recipe, Square, Step

T = TypeVar("T")


@pytest.mark.parametrize(("hint", "value"), ROUND)
def test_the_schema_takes_what_is_written_of_the_type(hint, value):
    schema = schema_of(hint)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(to_json_text(value)), schema)


STEP = {
    "title": "Step",
    "description": "One thing to do.",
    "type": "object",
    "properties": {
        "what": {"type": "string", "description": "in a few words"},
        "minutes": {"type": "integer", "minimum": 0, "default": 1},
        "inner": {"type": "array", "items": {"$ref": "#/$defs/Step"}},
        "color": {"$ref": "#/$defs/Color", "default": "red"},
    },
    "required": ["what"],
    "additionalProperties": False,
}
COLOR = {
    "title": "Color",
    "description": "How it looks.",
    "type": "string",
    "enum": ["red", "blue"],
}


def test_a_class_stands_at_the_top_and_in_the_definitions_only_where_it_holds_itself():
    assert schema_of(Step) == {**STEP, "$defs": {"Step": STEP, "Color": COLOR}}
    assert schema_of(Color) == COLOR
    assert "$defs" not in schema_of(Note)


def test_other_types_refer_to_the_classes_that_they_hold():
    assert schema_of(list[Color]) == {
        "type": "array",
        "items": {"$ref": "#/$defs/Color"},
        "$defs": {"Color": COLOR},
    }
    assert list(schema_of(Recipe)["$defs"]) == ["Step", "Color"]
    assert schema_of(Circle | Square | None)["anyOf"] == [
        {"$ref": "#/$defs/Circle"},
        {"$ref": "#/$defs/Square"},
        {"type": "null"},
    ]


def test_a_description_may_stand_on_any_type():
    assert schema_of(Annotated[Color, "of the wall"]) == COLOR | {"description": "of the wall"}
    assert schema_of(list[Annotated[Color, "of a wall"]])["items"] == {
        "$ref": "#/$defs/Color",
        "description": "of a wall",
    }
    assert schema_of(Annotated[int | None, Meta(description="d", ge=3)]) == {
        "description": "d",
        "anyOf": [{"description": "d", "type": "integer", "minimum": 3}, {"type": "null"}],
    }
    assert schema_of(Annotated[str, Meta(examples=["x"], max_length=5), "y"]) == {
        "type": "string",
        "maxLength": 5,
        "examples": ["x"],
        "description": "y",
    }


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (str, {}),
        (Any, {}),
        (int, {"pattern": "^-?(0|[1-9][0-9]*)$"}),
        (dt.date, {"format": "date"}),
        (Color, {"enum": ["red", "blue"]}),
        (Level, {"enum": ["1", "2"]}),
        (Annotated[str, Meta(min_length=2)], {"minLength": 2}),
    ],
)
def test_keys_of_a_mapping_are_texts_that_can_be_read_as_the_keys(key, names):
    assert schema_of(dict[key, int]).get("propertyNames", {}) == names


def test_choices_keep_their_order_and_say_their_type():
    assert schema_of(Literal["z", "a"]) == {"type": "string", "enum": ["z", "a"]}
    assert schema_of(Literal["z", 1]) == {"enum": ["z", 1]}


def test_a_generic_class_is_defined_for_each_of_its_arguments():
    schema = schema_of(Page[int] | Page[str])
    assert list(schema["$defs"]) == ["Page_int", "Page_str"]
    items = [one["properties"]["items"]["items"] for one in schema["$defs"].values()]
    assert items == [{"type": "integer"}, {"type": "string"}]


def test_two_classes_of_one_name_are_two():
    def other() -> type:
        @attrs.define
        class Square:
            area: float

        return Square

    assert list(schema_of(Square | other())["$defs"]) == ["Square", "Square_2"]


def test_a_named_tuple_is_an_array_with_named_places():
    assert schema_of(Point) == {
        "type": "array",
        "prefixItems": [{"type": "integer", "title": "x"}, {"type": "integer", "title": "y"}],
        "items": False,
        "minItems": 1,
        "maxItems": 2,
    }


def test_what_python_makes_up_is_no_description():
    assert "description" not in schema_of(Recipe)


def test_fields_are_named_as_the_constructor_names_them():
    @attrs.define
    class Hidden:
        _key: str
        made: int = attrs.field(init=False, default=3)

    assert list(schema_of(Hidden)["properties"]) == ["key"]


def test_a_struct_of_msgspec_is_defined_too():
    schema = schema_of(dict[str, msgspec.defstruct("S", [("a", int)])])
    assert schema["additionalProperties"] == {"$ref": "#/$defs/S"}
    assert list(schema["$defs"]) == ["S"]


class Open(Generic[T]):
    pass


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (complex, "there is no JSON schema of complex"),
        (list[int | complex], "there is no JSON schema of complex"),
        (Callable[[], int], "there is no JSON schema of Callable"),
        (Open[int], "there is no JSON schema of Open[int]"),
        (dict[float, int], "a key of JSON is text, not float"),
        (dict[Step, int], "a key of JSON is text, not Step"),
        (Annotated[str, Meta(ge=3)], "there is no JSON schema of str: Can only set `ge`"),
        (Literal[b"x"], "a model can choose among texts, numbers, booleans and None, not [b'x']"),
    ],
)
def test_what_json_has_no_form_for_is_refused(hint, text):
    with pytest.raises(ConfigurationError) as caught:
        schema_of(hint)
    assert str(caught.value).startswith(text)


def test_an_annotation_that_cannot_be_found_is_named():
    @attrs.define
    class Lost:
        a: Nowhere  # ruff: ignore[undefined-name]

    with pytest.raises(ConfigurationError, match="the annotations of Lost name 'Nowhere'"):
        schema_of(Lost)


def test_without_msgspec_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "msgspec", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'lionpride_trio\[tools\]'"):
        schema_of(int)


def test_a_default_that_json_cannot_say_is_left_out():
    @attrs.define
    class Odd:
        a: Any = ...

    assert schema_of(Odd)["properties"] == {"a": {}}
