"""Recipes: how they are put together, and what is refused right of ``|``."""

from __future__ import annotations

import pytest

from lionpride_trio import TextChunk, UsageChunk, sinks, transformer
from lionpride_trio.transformers import buffer, from_iterable, lines, map_each, prefetch, take, text
from tests.channels.words import Shout, words


async def test_a_stage_of_ones_own_composes_with_every_kind_of_recipe():
    own = transformer(Shout)
    for recipe, expected in {
        own | prefetch(2): ["A", "B", "!"],
        prefetch(2) | own: ["A", "B", "!"],
        own | take(2): ["A", "B"],
        take(1) | own: ["A", "!"],
        own | buffer(count=2): ["AB", "!"],
        buffer(count=2) | own: ["AB", "!"],
        own | lines(): ["AB!"],
        lines() | own: ["AB", "!"],
        own | own: ["A", "B", "!", "!"],
        own | own | prefetch(2): ["A", "B", "!", "!"],
    }.items():
        assert await sinks.collect(words("a", "b") | recipe) == expected, recipe


async def test_one_recipe_serves_two_streams_at_once():
    recipe = buffer(count=2)
    async with words("a", "b", "c") | recipe as one, words("x", "y", "z") | recipe as other:
        got = [await one.receive(), await other.receive(), await one.receive()]
        assert got == ["ab", "xy", "c"]
        assert await other.receive() == "z"


async def test_a_stage_class_takes_its_arguments_when_called():
    assert await sinks.join(words("a") | transformer(Shout)("?")) == "A?"


async def test_recipes_compose_without_a_source():
    recipe = text() | map_each(str.upper)
    chunks = [TextChunk("a"), UsageChunk(), TextChunk("b")]
    assert await sinks.collect(from_iterable(chunks) | recipe) == ["A", "B"]
    assert repr(recipe) == "text() | map_each(upper)"


async def test_pipe_says_the_same():
    assert await sinks.collect(words("a").pipe(map_each(str.upper)).pipe(take(1))) == ["A"]


@pytest.mark.parametrize("wrong", [map_each, print, 3, sinks.join])
async def test_what_is_no_recipe_is_refused_with_what_to_write(wrong):
    with pytest.raises(TypeError, match="must be a transformer"):
        words("a") | wrong
    with pytest.raises(TypeError, match="must be a transformer"):
        text().pipe(wrong)
