"""Recipes: what may stand right of ``|``."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from ... import transformers as recipes
from ..._channels._recipe import Recipe

_SMALL: Final = st.integers(1, 4)
_PURE: Final = [
    st.builds(recipes.words),
    st.builds(recipes.lines),
    st.builds(recipes.sentences),
    st.builds(recipes.paragraphs),
    st.builds(recipes.markdown_blocks),
    st.builds(lambda count: recipes.buffer(count=count), _SMALL),
    st.builds(lambda chars: recipes.buffer(chars=chars), _SMALL),
]
_WITH_TASKS: Final = [
    st.builds(recipes.prefetch, _SMALL),
    st.builds(lambda seconds: recipes.buffer(seconds=seconds), _SMALL),
    st.builds(recipes.idle_timeout, st.just(1000)),
]


def transformers(*, operators: bool = True, max_size: int = 3) -> st.SearchStrategy[Recipe]:
    """Transformers of this library, alone and composed, that neither lose nor change text.

    They take streams of strings and of chunks: whatever is piped through, the text joined is the
    text that came in.  Without *operators* they are fused stages only.  Shrinks to ``words()``.
    """
    one: st.SearchStrategy[Any] = st.one_of([*_PURE, *(_WITH_TASKS if operators else [])])
    return st.lists(one, min_size=1, max_size=max_size).map(_composed)


def _composed(several: list[Any]) -> Recipe:
    made = several[0]
    for one in several[1:]:
        made |= one
    recipe: Recipe = made
    return recipe
