"""Chunks are values: equal by what they say, and never changed."""

from __future__ import annotations

import attrs
import pytest

from lionpride_trio import TextChunk
from lionpride_trio._chunks import text_chunk


def test_the_quick_way_to_a_text_chunk_makes_the_same():
    facts, raw = {"id": "a"}, {"choices": []}
    quick = text_chunk("Hello", facts, raw, 1)
    slow = TextChunk("Hello", metadata=facts, raw_response=raw, index=1)
    assert type(quick) is TextChunk
    assert quick == slow
    assert repr(quick) == repr(slow)
    assert attrs.evolve(quick, data="Bye") == attrs.evolve(slow, data="Bye")


@pytest.mark.parametrize("chunk", [text_chunk("a", {}, None), TextChunk("a")])
def test_a_chunk_cannot_be_changed(chunk):
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        chunk.data = "b"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del chunk.data
