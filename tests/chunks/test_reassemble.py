"""Chunks add up to a response."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from lionpride_trio import (
    DecodeError,
    FinishChunk,
    OtherChunk,
    PartChunk,
    ReasoningChunk,
    Response,
    TextChunk,
    TextPart,
    ThoughtPart,
    ToolCall,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
    reassemble,
)


def test_nothing_is_an_answer_that_has_not_ended():
    assert reassemble([]) == Response(verdict=Verdict.UNKNOWN)


def test_reports_of_usage_are_running_totals_that_complete_each_other():
    reports = [
        Usage(input_tokens=10, output_tokens=1),
        Usage(output_tokens=7),
        Usage(output_tokens=9, reasoning_tokens=4),
    ]
    response = reassemble([UsageChunk(usage=report) for report in reports])
    assert response.usage == Usage(input_tokens=10, output_tokens=9, reasoning_tokens=4)


def test_tool_calls_are_assembled_by_their_slots():
    chunks = [
        ToolCallChunk(slot=1, id="b", name="g"),
        ToolCallChunk(slot=0, id="a", name="f", arguments='{"x"'),
        ToolCallChunk(slot=0, arguments=": 1}"),
    ]
    calls = reassemble(chunks).tool_calls
    assert calls == (ToolCall("a", "f", '{"x": 1}'), ToolCall("b", "g", "{}"))
    assert [call.parsed() for call in calls] == [{"x": 1}, {}]


def test_a_cut_call_says_so_when_it_is_parsed():
    (call,) = reassemble([ToolCallChunk(name="f", arguments='{"x": 1')]).tool_calls
    with pytest.raises(DecodeError) as caught:
        call.parsed()
    assert caught.value.line == '{"x": 1'


def test_the_facts_of_all_chunks_are_there_and_read_only():
    chunks = [TextChunk("a", metadata={"id": "1", "b": 1}), TextChunk("b", metadata={"b": 2})]
    metadata = reassemble(chunks).metadata
    assert metadata == {"id": "1", "b": 2}
    with pytest.raises(TypeError, match="read-only"):
        metadata["id"] = "2"


def test_reasoning_keeps_its_blocks_and_signatures():
    chunks = [
        ReasoningChunk(text="h", block=0),
        ReasoningChunk(text="m", signature="s", block=0),
        ReasoningChunk(redacted="xyz", block=1),
    ]
    response = reassemble(chunks)
    assert response.reasoning == "hm"
    assert response.reasoning_blocks == (ThoughtPart("hm", "s"), ThoughtPart(redacted="xyz"))
    assert response.text == ""


def test_alternatives_refusals_and_citations():
    chunks = [
        TextChunk("a"),
        TextChunk("x", index=1),
        OtherChunk(kind="refusal", value="no"),
        OtherChunk(kind="citation", value={"url": "u"}),
        FinishChunk(verdict=Verdict.COMPLETE, reason="stop"),
        FinishChunk(verdict=Verdict.LENGTH, reason="length", index=1),
    ]
    response = reassemble(chunks)
    assert (response.text, response.texts) == ("a", ("a", "x"))
    assert (response.refusal, response.citations) == ("no", ({"url": "u"},))
    assert response.verdicts == (Verdict.COMPLETE, Verdict.LENGTH)
    assert response.finish_reason == "stop"


@given(st.lists(st.text(), max_size=20))
def test_however_the_text_was_cut_it_is_the_same(pieces):
    assert reassemble(map(TextChunk, pieces)) == reassemble([TextChunk("".join(pieces))])


def test_a_text_goes_on_where_its_number_is_told_again():
    def text(slot):
        return PartChunk(part=TextPart(""), slot=slot)

    cited = OtherChunk(kind="citation", value={"url": "u"})
    chunks = [TextChunk("a"), text(1), TextChunk("b"), text(0), TextChunk("c"), cited, text(1)]
    chunks += [TextChunk("d"), text(None), TextChunk("e")]
    response = reassemble(chunks)
    assert [(part.text, *part.citations) for part in response.parts] == [
        ("ac", cited.value),
        ("bd",),
        ("e",),
    ]
    assert response.text == "acbde"
