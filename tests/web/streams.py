"""Streams that pages are told of."""

from __future__ import annotations

from lionpride_trio import (
    FinishChunk,
    Native,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    ToolResultChunk,
    Usage,
    UsageChunk,
    Verdict,
)

RAW = {"id": "secret-of-the-wire"}
URL_CITATION = {"type": "url_citation", "url": "https://trio.example/", "title": "Trio"}
DOCUMENT_CITATION = {"type": "page_location", "document_title": "Tides", "cited_text": "…"}


def answer(*texts, verdict=Verdict.COMPLETE, turn=0):
    """A plain answer in those pieces."""
    return [
        *(TextChunk(text, raw_response=RAW, turn=turn) for text in texts),
        FinishChunk(verdict=verdict, reason="stop", turn=turn),
        UsageChunk(usage=Usage(7, 5), turn=turn),
    ]


def conversation():
    """Two turns: thoughts, two calls with eager results, one of them failed, sources, and the answer."""
    return [
        ReasoningChunk(text="Which ", native=Native("anthropic")),
        ReasoningChunk(text="city?", signature="c2ln"),
        TextChunk("Let me "),
        TextChunk("see."),
        ToolCallChunk(slot=0, id="call_a", name="weather", arguments='{"city":'),
        ToolCallChunk(slot=0, arguments='"Oslo"}', last=True),
        ToolCallChunk(slot=1, id="call_b", name="tides", arguments="{}"),
        ToolResultChunk(call_id="call_a", name="weather", output="so", last=False),
        ToolResultChunk(call_id="call_a", name="weather", output='{"celsius": 3}'),
        ToolCallChunk(slot=1, last=True),
        FinishChunk(verdict=Verdict.TOOL_USE, reason="tool_use"),
        UsageChunk(usage=Usage(10, 20, reasoning_tokens=4)),
        ToolResultChunk(call_id="call_b", name="tides", output="no tides", is_error=True),
        TextChunk("3 °C, ", turn=1),
        OtherChunk(kind="citation", value=URL_CITATION, turn=1),
        OtherChunk(kind="citation", value=URL_CITATION, turn=1),
        OtherChunk(kind="citation", value=DOCUMENT_CITATION, turn=1),
        TextChunk("no tides.", turn=1),
        FinishChunk(verdict=Verdict.COMPLETE, reason="end_turn", turn=1),
        UsageChunk(usage=Usage(40, 8), turn=1),
    ]
