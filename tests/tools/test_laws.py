"""The laws of tools hold for good ones, and name what is wrong with bad ones."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated, Any, Literal

import attrs
import hypothesis
import pytest
from msgspec import Meta

from lionpride_trio.testing import LawBroken, check_tools, json_of
from lionpride_trio.tools import Tool, tool

FEW = hypothesis.settings(max_examples=15)


class Unit(enum.Enum):
    C = "C"
    F = "F"


@attrs.frozen
class Step:
    what: str
    minutes: int = attrs.field(default=1, validator=attrs.validators.gt(0))
    then: Step | None = None


class NoSuchCityError(Exception):
    pass


@tool
async def plan(
    steps: list[Step],
    since: dt.date | None = None,
    level: Annotated[int, Meta(ge=1, le=3)] = 1,
    unit: Unit = Unit.C,
    where: tuple[float, float] = (0, 0),
    extra: dict[str, int | str] | None = None,
) -> list[Step]:
    """Make a plan."""
    return steps


@tool
def weather(city: str, unit: Literal["C", "F"] = "C"):
    """The weather now."""
    if len(city) > 5:
        raise NoSuchCityError(city)
    yield city
    yield unit


@tool
def nothing() -> None:
    """Do nothing."""


def test_good_tools_keep_them():
    check_tools([plan, weather, nothing], errors=(NoSuchCityError,), settings=FEW)


def test_what_a_tool_raises_by_mistake_comes_out_with_the_arguments():
    with pytest.raises(NoSuchCityError) as caught:
        check_tools([weather])
    assert "example={'city': '" in "".join(caught.value.__notes__)


def bad(of: Tool[..., Any], **changes: Any) -> Tool[..., Any]:
    return attrs.evolve(of, **changes)


@tool
async def untold(n: int) -> object:
    return object()


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("wrong", "law", "words"),
    [
        (
            bad(weather, schema=closed(city={"type": "integer"})),
            "schema holds",
            "the schema of 'weather' allows {\"city\": 0}, and the call says: wrong arguments",
        ),
        (
            bad(weather, schema=closed(city={"$ref": "#/$defs/Gone"})),
            "schema holds",
            "the schema of 'weather': #/$defs/Gone leads nowhere",
        ),
        (
            bad(weather, schema=closed(city={"type": "text"})),
            "schema holds",
            "'text' is no type of JSON",
        ),
        (untold, "result is told", "tool 'untold' gave what cannot be told to a model"),
        (
            bad(nothing, read=dict),
            "wrong arguments",
            "'nothing' takes",
        ),
        (bad(nothing, name="a b"), "providers", "openai refuses the tools"),
    ],
)
def test_bad_tools_break_them(wrong, law, words):
    if wrong.name == "nothing":
        wrong = bad(wrong, function=lambda **arguments: None)
    with pytest.raises(LawBroken) as caught:
        check_tools([wrong], errors=(NoSuchCityError,), settings=FEW)
    assert caught.value.law == law
    assert words in str(caught.value)


def test_values_of_a_schema_keep_its_bounds():
    schema = closed(
        n={"type": "integer", "exclusiveMinimum": 1, "maximum": 3},
        word={"type": ["string", "null"], "minLength": 2},
        row={"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": [1, 2]}},
        more={"type": "object", "additionalProperties": {"const": 7}, "minProperties": 1},
    )

    @hypothesis.given(json_of(schema))
    @FEW
    def check(value: Any) -> None:
        assert value["n"] in {2, 3}
        assert value["word"] is None or len(value["word"]) >= 2
        assert sorted(set(value["row"])) == sorted(value["row"]) != []
        assert set(value["more"].values()) == {7}

    check()
