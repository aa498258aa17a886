"""Chunks become moments: what the protocols' clients would not see, or not tell apart."""

from __future__ import annotations

from lionpride_trio import (
    Chunk,
    FinishChunk,
    MediaPart,
    OtherChunk,
    PartChunk,
    RawPart,
    ReasoningChunk,
    TextChunk,
    ToolCall,
    ToolCallChunk,
    ToolResultChunk,
    UsageChunk,
    Verdict,
    reassemble,
)
from lionpride_trio.web.encoders._moments import (
    CallBegan,
    CallEnded,
    CallSaid,
    MediaShown,
    ResultGiven,
    StepBegan,
    StepEnded,
    TextBegan,
    TextEnded,
    TextSaid,
    ThoughtBegan,
    ThoughtEnded,
)
from lionpride_trio.web.encoders._story import Story


def told(*items):
    story = Story()
    return [moment for item in items for moment in story.feed(item)] + list(story.end())


def test_a_call_begins_when_its_name_is_whole():
    assert told(
        ToolCallChunk(slot=0, id="a", name="get_"),
        ToolCallChunk(slot=0, name="get_weather"),
        ToolCallChunk(slot=0, arguments="{}"),
        ToolCallChunk(slot=0, last=True),
    )[1:-1] == [
        CallBegan("a", "get_weather"),
        CallSaid("a", "{}"),
        CallEnded(ToolCall("a", "get_weather"), is_whole=True),
    ]


def test_a_call_of_no_arguments_begins_when_it_ends():
    for end in (ToolCallChunk(slot=0, last=True), FinishChunk(verdict=Verdict.TOOL_USE), "."):
        assert CallBegan("a", "now") in told(ToolCallChunk(slot=0, id="a", name="now"), end)


def test_two_calls_may_come_in_turns():
    moments = told(
        ToolCallChunk(slot=0, id="a", name="f", arguments='{"x"'),
        ToolCallChunk(slot=1, id="b", name="g", arguments='{"y"'),
        ToolCallChunk(slot=0, arguments=": 1}"),
        ToolCallChunk(slot=1, arguments=": 2}"),
        FinishChunk(verdict=Verdict.TOOL_USE),
    )
    assert [moment for moment in moments if isinstance(moment, CallEnded)] == [
        CallEnded(ToolCall("a", "f", '{"x": 1}'), is_whole=True),
        CallEnded(ToolCall("b", "g", '{"y": 2}'), is_whole=True),
    ]


def test_a_call_without_an_id_has_that_of_the_response():
    chunks = [
        ToolCallChunk(slot=0, name="f", metadata={"id": "r1"}),
        ToolCallChunk(slot=0, arguments="{}", last=True),
    ]
    (call,) = reassemble(chunks).tool_calls
    assert call.id.startswith("lpt_")
    assert told(*chunks)[1] == CallBegan(call.id, "f")


def test_an_id_that_comes_late_does_not_change_the_call():
    moments = told(
        ToolCallChunk(slot=0, name="f", arguments="{"),
        ToolCallChunk(slot=0, id="late", arguments="}"),
    )
    ids = {moment.id for moment in moments if isinstance(moment, CallBegan | CallSaid)}
    (ended,) = [moment.call.id for moment in moments if isinstance(moment, CallEnded)]
    assert ids == {ended}


def test_a_result_ends_its_call_and_no_text():
    assert told(
        ToolCallChunk(slot=0, id="a", name="f", arguments="{}"),
        TextChunk("x"),
        ToolResultChunk(call_id="a", name="f", output="1"),
        TextChunk("y"),
    )[3:] == [
        TextBegan(1),
        TextSaid(1, "x"),
        CallEnded(ToolCall("a", "f"), is_whole=True),
        ResultGiven("a", "1", is_error=False, last=True),
        TextSaid(1, "y"),
        TextEnded(1, None),
        StepEnded(0),
    ]


def test_a_result_of_no_call_brings_its_call():
    assert told(ToolResultChunk(call_id="a", name="f", output="1"))[1:3] == [
        CallBegan("a", "f"),
        CallEnded(ToolCall("a", "f"), is_whole=True),
    ]


def test_two_blocks_of_reasoning_are_two_thoughts():
    moments = told(
        ReasoningChunk(text="a"),
        ReasoningChunk(text="b", block=1),
        ReasoningChunk(block=1),
        ReasoningChunk(block=1, signature="s"),
    )
    thoughts = [moment.thought for moment in moments if isinstance(moment, ThoughtEnded)]
    assert [(thought.text, thought.signature) for thought in thoughts] == [("a", None), ("b", "s")]
    assert [moment.number for moment in moments if isinstance(moment, ThoughtBegan)] == [1, 2]


def test_what_says_nothing_tells_nothing():
    nothing = [
        TextChunk(""),
        "",
        Chunk(),
        ReasoningChunk(),
        ToolCallChunk(slot=0, last=True),
        UsageChunk(),
        PartChunk(part=RawPart("anthropic", {"type": "server_tool_use"})),
        FinishChunk(verdict=Verdict.COMPLETE),
        TextChunk("another alternative", index=1),
    ]
    assert told(*nothing) == [StepBegan(0), StepEnded(0)]
    assert told() == []
    assert told(TextChunk("another alternative", index=1)) == []


def test_a_refusal_is_text_that_a_page_shows():
    refusal = OtherChunk(kind="refusal", value="I will not.")
    assert TextSaid(1, "I will not.") in told(refusal)


def test_a_chunk_of_an_earlier_turn_opens_no_step_again():
    moments = told(TextChunk("a", turn=1), ToolResultChunk(call_id="x", name="f", turn=0))
    assert [moment for moment in moments if isinstance(moment, StepBegan | StepEnded)] == [
        StepBegan(1),
        StepEnded(1),
    ]


def test_a_medium_stands_where_it_was_given_and_pieces_of_one_at_the_end():
    picture = MediaPart("image", "image/png", data=b"dots")
    sound = MediaPart("audio", "audio/wav", data=b"la la")
    moments = told(
        TextChunk("Here:"),
        PartChunk(part=picture),
        PartChunk(part=MediaPart("audio", "audio/wav", data=b"la "), slot=0),
        TextChunk("It sings."),
        PartChunk(part=MediaPart("audio", "audio/wav", data=b"la"), slot=0),
        FinishChunk(verdict=Verdict.COMPLETE),
    )
    kinds = [type(moment) for moment in moments]
    assert [moment.part for moment in moments if isinstance(moment, MediaShown)] == [picture, sound]
    assert kinds.index(TextEnded) < kinds.index(MediaShown)
    assert kinds[-2:] == [MediaShown, StepEnded]


def test_a_medium_that_its_provider_keeps_is_not_shown():
    assert told(PartChunk(part=MediaPart("audio", "audio/wav", transcript="la la"))) == [
        StepBegan(0),
        StepEnded(0),
    ]
