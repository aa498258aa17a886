"""Results come back from a journal as they were."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import attrs
import pytest

from lionpride_trio import (
    ConfigurationError,
    Session,
)
from lionpride_trio.durable import open_streams
from lionpride_trio.operations import Builder, flow, flow_stream
from lionpride_trio.testing import ScriptedProvider


@attrs.frozen
class Point:
    x: int
    y: int = 2


@attrs.frozen
class Recipe:
    title: str
    minutes: int


@attrs.frozen
class LongRecipe:
    title: str
    minutes: int
    steps: list[str]


async def test_a_typed_answer_comes_back_as_an_object():
    """And one that does not fit its type any more is asked for again."""
    answers = ['{"title": "Soup", "minutes": 5}', '{"title": "Stew", "minutes": 9, "steps": []}']
    provider = ScriptedProvider(*answers)
    outputs = []
    async with open_streams("memory:") as streams:
        for output in (Recipe, Recipe, LongRecipe):
            async with Session() as session:
                session.services.register(provider.model("m", stream=True))
                builder = Builder(session=session)
                asked = builder.communicate(instruction="q", imodel="m", output=output)
                results = await flow(builder, journal=streams.journal("a"))
                outputs.append(results[asked].output)
    assert outputs == [Recipe("Soup", 5), Recipe("Soup", 5), LongRecipe("Stew", 9, [])]


async def test_a_result_that_cannot_be_read_any_more_is_made_again(monkeypatch, caplog):
    async def give(context):
        return Point(1)

    async with open_streams("memory:") as streams:
        for _ in range(2):
            builder = Builder()
            operation = builder.add(give, name="point")
            async with flow_stream(builder, journal=streams.journal("a")) as run:
                assert [item async for item in run] == []
            monkeypatch.setitem(globals(), "Point", None)  # the class is gone

            async def give(context):
                return 7

    assert run.results[operation] == 7
    assert run.status[operation].again is True
    assert "operation 'point' is run again: its result cannot be read" in caplog.text


class Colour(enum.Enum):
    RED = "red"


@dataclass
class Box:
    points: list[Point]
    colour: Colour


VALUES = [
    None,
    "text",
    [1, 2.5, (3, "x")],
    {"a": [True]},
    {Colour.RED: {1, 2}},
    Point(1),
    Box([Point(1, 3)], Colour.RED),
    b"bytes",
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_results_come_back_as_they_were(value, url):
    async def give(context):
        return value

    async with open_streams(url) as streams:
        for _ in range(2):
            builder = Builder()
            operation = builder.add(give)
            results = await flow(builder, journal=streams.journal("a"))
            assert results[operation] == value
            assert type(results[operation]) is type(value)


async def test_a_result_that_cannot_be_written_says_what_to_give():
    class Local:
        pass

    async def give(context):
        return [Local()]

    async with open_streams("memory:") as streams:
        builder = Builder()
        builder.add(give, name="odd")
        with pytest.raises(
            ConfigurationError, match="the result of operation 'odd' cannot be kept"
        ) as caught:
            await flow(builder, journal=streams.journal("a"))
        assert "let the operation give text, numbers, lists" in str(caught.value)
