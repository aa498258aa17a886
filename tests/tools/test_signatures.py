"""A model learns of a function from its signature; some functions it could not call."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import inspect
import json
import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypedDict

import attrs
import pytest
from msgspec import Meta

from lionpride_trio import ConfigurationError, ToolError
from lionpride_trio.tools import Tool, tool


class Unit(enum.Enum):
    C = "C"
    F = "F"


@attrs.frozen
class Step:
    what: str
    minutes: int = 1


@dataclass
class Place:
    lat: float
    lon: float


class Options(TypedDict, total=False):
    days: int


@tool
async def weather(city: Annotated[str, "a city's name"], unit: Literal["C", "F"] = "C") -> str:
    """The weather now."""
    return f"3 {unit} in {city}"


def test_a_function_is_told_of_with_its_types_defaults_and_words():
    assert (weather.name, weather.description) == ("weather", "The weather now.")
    assert weather.schema == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "a city's name"},
            "unit": {"type": "string", "enum": ["C", "F"], "default": "C"},
        },
        "required": ["city"],
        "additionalProperties": False,
    }
    assert weather.as_openai() == {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather now.",
            "parameters": weather.schema,
        },
    }


async def test_it_can_be_called_as_the_function_that_it_was():
    assert await weather("Oslo", unit="F") == "3 F in Oslo"
    assert list(inspect.signature(weather).parameters) == ["city", "unit"]
    assert repr(weather) == "<Tool weather(city, unit)>"


def test_all_kinds_of_types_stand_in_a_schema():
    @tool
    def plan(
        steps: list[Step],
        where: Place | None,
        options: Options,
        since: dt.date,
        level: Annotated[int, Meta(ge=1, le=3)] = 1,
        unit: Unit = Unit.C,
        extra: Any = None,
    ) -> None:
        pass

    assert list(plan.schema["$defs"]) == ["Step", "Place", "Options", "Unit"]
    assert plan.schema["required"] == ["steps", "where", "options", "since"]
    properties = plan.schema["properties"]
    assert properties["level"] == {"type": "integer", "minimum": 1, "maximum": 3, "default": 1}
    assert properties["unit"] == {"$ref": "#/$defs/Unit", "default": "C"}
    assert properties["extra"] == {"default": None}
    assert "description" not in plan.as_openai()["function"]


def test_settings_overrule_what_the_function_says():
    @tool(name="look", description="Look it up.", timeout=3)
    def f() -> None:
        """Something else."""

    assert (f.name, f.description, f.timeout) == ("look", "Look it up.", 3)
    assert tool(lambda: 1, name="one").name == "one"


class Shelf:
    def __init__(self, *books: str) -> None:
        self.books = books

    @tool
    def find(self, word: str) -> list[str]:
        """Books with a word."""
        return [book for book in self.books if word in book]

    @staticmethod
    @tool
    def size(book: str) -> int:
        return len(book)

    def __call__(self, place: int) -> str:
        """The book at a place."""
        return self.books[place]


async def test_a_method_is_a_tool_of_its_object():
    shelf = Shelf("Moby Dick", "Emma")
    assert shelf.find("o") == ["Moby Dick"]
    assert shelf.find.schema["required"] == ["word"]
    assert await shelf.find.call({"word": "o"}) == ["Moby Dick"]
    assert await Shelf("Dodo").find.call({"word": "o"}) == ["Dodo"]
    assert await tool(shelf.find.__wrapped__, name="again").call({"word": "E"}) == ["Emma"]
    assert await Shelf.size.call({"book": "Emma"}) == await shelf.size.call({"book": "Emma"}) == 4
    with pytest.raises(ConfigurationError, match=r"tools=\[thing.find\]"):
        await Shelf.find.call({"word": "o"})


async def test_a_callable_object_is_a_tool_under_its_class_s_name():
    at = tool(Shelf("Emma"))
    assert (at.name, at.description) == ("Shelf", "The book at a place.")
    assert await at.call({"place": 0}) == "Emma"


async def test_what_a_partial_gives_is_hidden_from_the_model():
    def read(base: object, path: str, *, limit: int, sep: str = "/") -> str:
        """Read it."""
        return f"{base}{sep}{path}"[:limit]

    part = tool(functools.partial(functools.partial(read, "root"), limit=6))
    assert (part.name, part.description) == ("read", "Read it.")
    assert list(part.schema["properties"]) == ["path", "sep"]
    assert await part.call({"path": "xyz"}) == "root/x"


async def test_a_wrapped_function_is_told_of_as_it_was_written():
    def loud(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            return function(*args, **kwargs)

        return inner

    loudly = tool(loud(weather.__wrapped__))
    assert loudly.schema == weather.schema
    assert await loudly.call({"city": "Oslo"}) == "3 C in Oslo"


def test_a_tool_that_is_no_method_is_left_alone_by_classes():
    class Holder:
        ask = weather

    assert Holder().ask is Holder.ask is weather


def untyped(city):
    pass


def many(*cities: str):
    pass


def open_ended(**cities: str):
    pass


def by_place(city: str, /):
    pass


def typed_by_nothing_known(city: Nowhere):  # ruff: ignore[undefined-name]
    pass


def of_no_json(city: complex):
    pass


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (untyped, "tool 'untyped': say the type of 'city', as in city: str"),
        (many, "tool 'many' takes *cities, and a model names each argument"),
        (
            open_ended,
            "tool 'open_ended' takes **cities, and a model has to know each argument's name: take a dict",
        ),
        (
            by_place,
            "tool 'by_place' takes city by its place alone, and a model names each argument: take the /"
            " away",
        ),
        (
            typed_by_nothing_known,
            "the annotations of tool 'typed_by_nothing_known' name 'Nowhere', which its module does not"
            " have: define it there, not inside a function or under TYPE_CHECKING",
        ),
        (of_no_json, "tool 'of_no_json': there is no JSON schema of complex"),
        (
            lambda: None,
            "a tool's name has 1 to 64 of A-Z a-z 0-9 _ -, and '<lambda>' has not: write @tool(name=…)",
        ),
        (print, "tool 'print' takes *args, and a model names each argument"),
        (3, "tool() takes a function, not 3"),
        (Step, f"tool() takes a function, not {Step!r}"),
        (weather, "<Tool weather(city, unit)> is a tool already"),
        (dict.fromkeys, "tool 'fromkeys' takes iterable by its place alone, and a model names each"
         " argument: take the / away"),
    ],
)  # fmt: skip
def test_a_function_that_a_model_could_not_call_is_refused(function, text):
    with pytest.raises(ConfigurationError) as caught:
        tool(function)
    assert str(caught.value) == text


@pytest.mark.parametrize("name", ["", "a b", "ä", "x" * 65, 3])
def test_a_name_that_providers_refuse_is_refused(name):
    with pytest.raises(ConfigurationError, match="a tool's name has 1 to 64"):
        tool(name=name)(weather.__wrapped__)
    assert tool(name="x" * 64)(weather.__wrapped__).name == "x" * 64


def test_the_time_must_be_a_time():
    with pytest.raises(ConfigurationError, match="tool 'weather': timeout must be a positive"):
        tool(weather.__wrapped__, timeout=0)


def test_a_tool_is_frozen():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        weather.name = "x"
    assert isinstance(weather, Tool)


@attrs.frozen
class Range:
    low: float = 0.0
    high: float = math.inf


@pytest.mark.parametrize("default", [math.inf, math.nan, Range(), [1.0, -math.inf]])
def test_a_default_that_json_cannot_say_is_left_out(default):
    def find(limit=default):
        return ""

    find.__annotations__ = {"limit": type(default)}
    schema = tool(find).schema
    json.dumps(schema, allow_nan=False)
    assert "default" not in schema["properties"]["limit"]
    assert "required" not in schema or "limit" not in schema["required"]


async def test_a_partial_of_a_tool_is_that_tool():
    @tool(name="add", description="Add.", timeout=5)
    async def plus(first: int, second: int) -> int:
        return first + second

    more = tool(functools.partial(plus, second=3))
    assert (more.name, more.description, more.timeout) == ("add", "Add.", 5)
    assert set(more.schema["properties"]) == {"first"}
    assert await more.call({"first": 4}) == 7
    renamed = tool(functools.partial(plus, 1), name="more", description="More.", timeout=2)
    assert (renamed.name, renamed.description, renamed.timeout) == ("more", "More.", 2)
    assert await renamed.call({"second": 4}) == 5


async def test_a_method_that_is_cached_is_one_of_its_object():
    asked = []

    class Shelf:
        @tool
        @functools.cache  # ruff: ignore[cached-instance-method] - what it is about
        def find(self, word: str) -> str:
            "Find a book."
            asked.append(word)
            return word.title()

    shelf = Shelf()
    assert set(Shelf.find.schema["properties"]) == {"word"}
    assert [await shelf.find.call({"word": "emma"}) for _ in range(2)] == ["Emma", "Emma"]
    assert asked == ["emma"]


def test_a_class_whose_name_python_could_not_write_is_refused():
    page = attrs.make_class("Page", {"number": attrs.field(type=int)})
    page.__name__ = page.__qualname__ = "Page[int]"

    def turn(to):
        return ""

    turn.__annotations__ = {"to": page}
    with pytest.raises(
        ConfigurationError, match=r"tool 'turn'.*a name that Python could not write"
    ):
        tool(turn)
    with pytest.raises(ToolError, match="a name that Python could not write"):
        weather.output_of(page(1))
