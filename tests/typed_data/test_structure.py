"""JSON data as objects of a type: what was written comes back, and every fault has its place."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any, Literal

import attrs
import msgspec
import pytest
from msgspec import Meta

from lionpride_trio import ConfigurationError
from lionpride_trio._typed_data import Misfit, reader_of, structure, to_json_text

from .shapes import ROUND, Circle, Color, Level, Note, Page, Point, Recipe, Square, Step


@pytest.mark.parametrize(("hint", "value"), ROUND)
def test_what_is_written_of_a_type_comes_back(hint, value):
    back = structure(json.loads(to_json_text(value)), hint)
    assert back == value
    assert type(back) is type(value)


def faults(data: Any, hint: Any) -> list[str]:
    with pytest.raises(Misfit) as caught:
        structure(data, hint)
    assert str(caught.value) == "; ".join(map(str, caught.value.places))
    return [str(place) for place in caught.value.places]


def test_all_faults_are_told_in_the_order_of_the_fields():
    data = {
        "name": 3,
        "steps": [
            {"what": "a"},
            {"what": "b", "minutes": -1, "inner": [{"what": 3}]},
            {"minuts": 3, "color": "green"},
        ],
        "when": "soon",
    }
    assert faults(data, Recipe) == [
        "name: expected str, got 3",
        "steps[1].minutes: expected int >= 0, got -1",
        "steps[1].inner[0].what: expected str, got 3",
        "steps[2].what: is missing",
        "steps[2].color: 'green' is none of 'red', 'blue'",
        "steps[2].minuts: there is no such field: did you mean 'minutes'?",
        "when: 'soon' is no date",
    ]


@pytest.mark.parametrize(
    ("data", "hint", "expected"),
    [
        ("3", int, "expected int, got '3'"),
        (True, int, "expected int, got True"),
        (3.5, int, "expected int, got 3.5"),
        (None, str, "expected str, got None"),
        (1, Literal[True], "1 is none of True"),
        ("low", Level, "'low' is none of 1, 2"),
        ("x", list[str], "expected array, got 'x'"),
        ({"a": 1}, list[str], "expected array, got {'a': 1}"),
        ([1], dict[str, int], "expected object, got [1]"),
        ([1], Note, "expected object, got [1]"),
        ({"text": 1}, Note, "text: expected str, got 1"),
        ({"a b": "x"}, dict[str, int], "['a b']: expected int, got 'x'"),
        ({"x": "y"}, dict[int, str], "x: the key 'x' is no int"),
        ([1], tuple[int, str], "expected array of length 2, got [1]"),
        ([], Point, "expected array of length 1 to 2, got []"),
        ([1, "x"], Point, "[1]: expected int, got 'x'"),
        ([1], Annotated[list[int], Meta(min_length=2)], "expected array of length >= 2, got [1]"),
        ({}, Annotated[dict[str, int], Meta(min_length=1)], "expected object of length >= 1, got {}"),
        ("x" * 100, int, f"expected int, got '{'x' * 59} … (102 characters)"),
        ({"items": ["x"]}, Page[int], "items[0]: expected int, got 'x'"),
        ({"a": {"b": "x"}}, dict[str, msgspec.defstruct("S", [("b", int)])], "a.b: Expected int, got str"),
        # unions
        ("K", Literal["C", "F"] | None, "'K' is none of 'C', 'F'"),
        (2, Annotated[int | None, Meta(ge=3)], "expected int >= 3, got 2"),
        ([], int | str | None, "expected int or str or None, got []"),
        ({"side": "x", "kind": "square"}, Circle | Square, "side: expected float, got 'x' (as Square)"),
        ({"what": 3}, Step | None, "what: expected str, got 3"),
        ({"what": 3}, Step | int, "what: expected str, got 3"),
    ],
)  # fmt: skip
def test_a_fault_says_what_was_expected(data, hint, expected):
    assert faults(data, hint) == [expected]


def test_a_whole_float_is_an_integer_as_json_schema_has_it():
    assert repr(structure(3.0, int)) == "3"


def test_of_two_classes_that_fit_the_one_that_leaves_less_out_is_meant():
    @attrs.frozen
    class Long:
        a: int
        b: int = 0

    @attrs.frozen
    class Short:
        a: int

    assert structure({"a": 1}, Long | Short) == Short(1)
    assert structure({"a": 1, "b": 2}, Short | Long) == Long(1, 2)


def test_a_validator_s_fault_has_the_place_of_its_field():
    def even(instance, attribute, value):
        if value % 2:
            raise ValueError("must be even")

    @attrs.define
    class Pair:
        _size: int = attrs.field(validator=even)

    assert faults({"what": "a", "minutes": 100}, Step) == ["minutes: 'minutes' must be <= 99: 100"]
    assert faults([{"size": 3}], list[Pair]) == ["[0].size: must be even"]


def test_what_a_class_itself_refuses_has_the_place_of_the_object():
    @attrs.define
    class Span:
        start: dt.date
        end: dt.date

        def __attrs_post_init__(self):
            if self.end < self.start:
                raise ValueError("ends before it starts")

    data = {"a": {"start": "2024-01-02", "end": "2024-01-01"}}
    assert faults(data, dict[str, Span]) == ["a: ends before it starts"]


def test_data_nested_too_deep_is_a_fault():
    data: dict[str, Any] = {"what": "a"}
    for _ in range(1000):
        data = {"what": "a", "inner": [data]}
    assert faults(data, Step) == ["is nested too deep"]


def test_a_reader_is_made_once_and_refuses_types_at_once():
    read = reader_of(list[Color])
    assert read(["red"]) == read(["red"]) == [Color.RED]
    with pytest.raises(ConfigurationError, match="no JSON schema of complex"):
        reader_of(list[complex])
    with pytest.raises(ConfigurationError, match="a model can choose among"):
        reader_of(Literal[b"x"])


def test_what_cannot_be_written_is_refused():
    for value in [object(), {(1, 2): 3}, iter([])]:
        with pytest.raises(TypeError):
            to_json_text(value)
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(TypeError):
        to_json_text(loop)


def test_half_a_surrogate_pair_is_written_and_comes_back():
    text = to_json_text(Step("\ud83d"))
    assert text.isascii()
    assert structure(json.loads(text), Step) == Step("\ud83d")


def test_subclasses_of_plain_data_are_plain():
    assert to_json_text([type("Word", (str,), {})("x"), range(2), {1, 2}]) == '["x",[0,1],[1,2]]'
