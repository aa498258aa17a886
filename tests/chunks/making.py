"""Chunks, responses and plain data of every kind, drawn."""

from __future__ import annotations

from hypothesis import strategies as st

from lionpride_trio import (
    Chunk,
    FinishChunk,
    OtherChunk,
    Reasoning,
    ReasoningChunk,
    Response,
    TextChunk,
    ToolCall,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
)

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
        **_common,
    ),
    st.builds(
        ToolCallChunk,
        slot=st.integers(0, 2),
        id=optional_texts,
        name=optional_texts,
        arguments=texts,
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
    text=texts,
    texts=st.lists(texts, max_size=2).map(tuple),
    reasoning=texts,
    reasoning_blocks=st.lists(
        st.builds(Reasoning, texts, optional_texts, optional_texts), max_size=2
    ).map(tuple),
    refusal=texts,
    tool_calls=st.lists(st.builds(ToolCall, optional_texts, texts, texts), max_size=2).map(tuple),
    citations=st.lists(plain_data, max_size=2).map(tuple),
    usage=st.none() | usages,
    verdict=verdicts,
    finish_reason=optional_texts,
    verdicts=st.lists(verdicts, max_size=2).map(tuple),
    metadata=st.dictionaries(texts, plain_data, max_size=2),
)
