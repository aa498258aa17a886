"""Chunks, responses and plain data of every kind, drawn."""

from __future__ import annotations

from hypothesis import strategies as st

from lionpride_trio import (
    Chunk,
    FinishChunk,
    MediaPart,
    Native,
    OtherChunk,
    PartChunk,
    RawPart,
    ReasoningChunk,
    Response,
    TextChunk,
    TextPart,
    ThoughtPart,
    ToolCall,
    ToolCallChunk,
    ToolResult,
    Usage,
    UsageChunk,
    Verdict,
)
from lionpride_trio._readonly import ReadOnlyDict

# Lone surrogates among them, and two side by side that JSON would read as one sign.
texts = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=6),
    st.sampled_from([
        "\ud83d\ude00",
        "a\ud83d",
        "\ude00\ud83d",
        "\u2028",
        "\x00",
        "$",
        "$map",
        "{}",
    ]),
)

numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([10**400, float("nan"), float("-inf"), -0.0, 5e-324]),
)

plain_data = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(texts, st.integers(), st.none()), inner, max_size=3),
    ),
    max_leaves=6,
)

optional_texts = st.none() | texts
counts = st.none() | st.integers(0, 10**6)
usages = st.builds(Usage, counts, counts, counts, counts, counts)
verdicts = st.sampled_from(Verdict)

natives = st.none() | st.builds(
    Native, texts, st.dictionaries(texts, plain_data, max_size=2).map(ReadOnlyDict)
)
tool_calls = st.builds(ToolCall, texts, texts, texts, optional_texts, native=natives)
media = st.builds(
    MediaPart,
    st.sampled_from(["image", "audio", "file"]),
    optional_texts,
    data=st.none() | st.binary(max_size=4),
    url=optional_texts,
    name=optional_texts,
    transcript=optional_texts,
    signature=optional_texts,
    native=natives,
)
text_parts = st.builds(
    TextPart,
    texts,
    signature=optional_texts,
    citations=st.lists(plain_data, max_size=2).map(tuple),
    native=natives,
)
raw_parts = st.builds(RawPart, texts, plain_data)
parts = st.one_of(
    text_parts,
    st.builds(ThoughtPart, texts, optional_texts, optional_texts, optional_texts, native=natives),
    tool_calls,
    st.builds(ToolResult, texts, texts, plain_data | st.lists(text_parts | media), st.booleans()),
    media,
    raw_parts,
)

_common = {
    "metadata": st.dictionaries(texts, plain_data, max_size=2),
    "raw_response": plain_data,
    "index": st.integers(0, 2),
}

chunks: st.SearchStrategy[Chunk] = st.one_of(
    st.builds(Chunk, data=texts, **_common),
    st.builds(TextChunk, data=texts, **_common),
    st.builds(
        ReasoningChunk,
        text=texts,
        signature=optional_texts,
        redacted=optional_texts,
        block=st.integers(0, 2),
        id=optional_texts,
        native=natives,
        **_common,
    ),
    st.builds(
        ToolCallChunk,
        slot=st.integers(0, 2),
        id=optional_texts,
        name=optional_texts,
        arguments=texts,
        signature=optional_texts,
        native=natives,
        **_common,
    ),
    st.builds(
        PartChunk,
        part=st.one_of(text_parts, raw_parts, media),
        slot=st.none() | st.integers(0, 2),
        **_common,
    ),
    st.builds(UsageChunk, usage=usages, **_common),
    st.builds(FinishChunk, verdict=verdicts, reason=optional_texts, **_common),
    st.builds(
        OtherChunk,
        kind=texts | st.sampled_from(["refusal", "citation"]),
        value=plain_data,
        **_common,
    ),
)

responses = st.builds(
    Response,
    parts=st.lists(parts, max_size=3).map(tuple),
    text=texts,
    texts=st.lists(texts, max_size=2).map(tuple),
    reasoning=texts,
    refusal=texts,
    tool_calls=st.lists(tool_calls, max_size=2).map(tuple),
    citations=st.lists(plain_data, max_size=2).map(tuple),
    usage=st.none() | usages,
    verdict=verdicts,
    finish_reason=optional_texts,
    verdicts=st.lists(verdicts, max_size=2).map(tuple),
    metadata=st.dictionaries(texts, plain_data, max_size=2),
)
