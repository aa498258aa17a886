"""The law of order: chunks without text stay where they are, however the text is cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import hypothesis
from hypothesis import strategies as st

from ..._channels._recipe import Recipe
from ..._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    UsageChunk,
)
from ...transformers import from_iterable
from ..strategies._prose import prose
from ._broken import LawBroken, for_all, shown
from ._running import collected, run

_BETWEEN: Final[list[Chunk]] = [
    UsageChunk(),
    ReasoningChunk(text="hm"),
    ToolCallChunk(name="f", arguments='{"a": "b. c"}'),
    OtherChunk(kind="citation", value={"url": "u"}),
    FinishChunk(reason="stop"),
]


def check_order(
    recipe: Recipe, *, lossless: bool = True, settings: hypothesis.settings | None = None
) -> None:
    """Check that chunks without text stay where they were, however *recipe* cuts the text::

        def test_my_recipe():
            check_order(transformer(MySplitter, text=True))

    With *lossless*, the text between two of them must be the same too.

    :raises LawBroken: says on which stream of chunks.
    """

    def check(chunks: list[Chunk]) -> None:
        got = run(collected, from_iterable(chunks).pipe(cast(Any, recipe)))
        if _outline(got, lossless=lossless) != _outline(chunks, lossless=lossless):
            raise LawBroken(
                "order",
                f"of {shown(chunks)} came {shown(got)}: chunks without text have to stay where they"
                " were",
            )

    text = prose(max_size=4).map(TextChunk)
    one: st.SearchStrategy[Chunk] = st.one_of(text, st.sampled_from(_BETWEEN))
    for_all(st.lists(one, max_size=6), check, settings)


def _outline(chunks: Sequence[Any], *, lossless: bool) -> list[Any]:
    """The chunks without text, and between them the text joined."""
    made: list[Any] = [""]
    for chunk in chunks:
        if isinstance(chunk, TextChunk):
            made[-1] += chunk.data if lossless else ""
        else:
            made += [chunk, ""]
    return made
