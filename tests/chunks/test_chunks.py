"""Chunks are values: equal by what they say, and never changed."""

from __future__ import annotations

import attrs
import pytest

from lionpride_trio import FinishChunk, TextChunk, ToolCallChunk, from_json, reassemble
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


def test_words_that_a_gateway_sends_as_numbers_are_text():
    call, finish = ToolCallChunk(id=7, name=True), FinishChunk(reason=0)
    assert (call.id, call.name, finish.reason) == ("7", "True", "0")
    assert (ToolCallChunk().id, ToolCallChunk(id="").id) == (None, "")
    response = reassemble([call, finish])
    assert from_json(call.to_json()) == call
    assert from_json(response.to_json()) == response
