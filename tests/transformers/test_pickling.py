"""Recipes of operators can be pickled and copied, and do the same then."""

from __future__ import annotations

import copy
import pickle

import pytest

from lionpride_trio import OtherChunk, TextChunk, sinks
from lionpride_trio.transformers import (
    from_iterable,
    idle_timeout,
    map_concurrent,
    map_each,
    pace,
    prefetch,
    tee,
    text,
)


async def shout(item):
    return item.upper()


RECIPES = [
    idle_timeout(1),
    prefetch(2),
    pace(1000),
    tee(sinks.drain),
    text() | map_concurrent(shout, 2, ordered=False),
    text() | map_each(str.lower) | prefetch(2) | map_concurrent(shout, 2),
]


@pytest.mark.parametrize("recipe", RECIPES, ids=repr)
async def test_a_recipe_that_was_pickled_or_copied_does_the_same(recipe, autojump_clock):
    chunks = [TextChunk("One. Tw"), OtherChunk(kind="citation"), TextChunk("o. Three")]
    expected = await sinks.collect(from_iterable(chunks) | recipe)
    for other in (pickle.loads(pickle.dumps(recipe)), copy.deepcopy(recipe)):
        assert type(other) is type(recipe)
        assert repr(other) == repr(recipe)
        assert await sinks.collect(from_iterable(chunks) | other) == expected


def test_a_function_that_pickle_cannot_send_is_told_by_pickle():
    with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
        pickle.dumps(map_concurrent(lambda item: shout(item), 2))
