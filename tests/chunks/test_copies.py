"""Other tools take chunks and responses as they are: pickle, copy, attrs, cattrs."""

from __future__ import annotations

import copy
import json
import pickle

import attrs
import cattrs
import pytest
from hypothesis import given, strategies as st

from lionpride_trio import (
    FinishChunk,
    MediaPart,
    Native,
    OtherChunk,
    PartChunk,
    RawPart,
    ReasoningChunk,
    Response,
    Secret,
    TextChunk,
    TextPart,
    ThoughtPart,
    ToolCall,
    ToolCallChunk,
    ToolResult,
    ToolResultChunk,
    Usage,
    UsageChunk,
    Verdict,
)
from lionpride_trio._chunks import text_chunk
from lionpride_trio.providers import StreamDecoder, get
from tests.chunks.making import chunks, responses

CHAT = (
    b'data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},'
    b'"finish_reason":null}]}\n\ndata: {"id":"1","model":"m","choices":[{"index":0,"delta":{},'
    b'"finish_reason":"length"}]}\n\ndata: [DONE]\n\n'
)


@given(chunks | responses)
def test_pickles_and_copies_are_the_same(thing):
    for other in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing), copy.copy(thing)):
        assert type(other) is type(thing)
        assert repr(attrs.asdict(other)) == repr(attrs.asdict(thing))


def test_chunks_as_providers_send_them_can_be_pickled():
    made = StreamDecoder(get("openai")).feed(CHAT)
    assert [type(chunk) for chunk in made] == [TextChunk, FinishChunk]
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made
    for chunk in (*made, *pickle.loads(pickle.dumps(made))):
        with pytest.raises(TypeError, match="read-only"):
            chunk.metadata["id"] = "2"


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.update(a=1),
        lambda facts: facts.pop("id"),
        lambda facts: facts.clear(),
        lambda facts: facts.popitem(),
        lambda facts: facts.setdefault("a", 1),
        lambda facts: facts.__delitem__("id"),
        lambda facts: facts.__ior__({"a": 1}),
    ],
)
def test_metadata_is_read_only(change):
    (chunk, *_) = StreamDecoder(get("openai")).feed(CHAT)
    with pytest.raises(TypeError, match="read-only"):
        change(chunk.metadata)
    assert dict(chunk.metadata) == {"id": "1", "model": "m"}


def test_the_quick_way_to_a_text_chunk_can_be_pickled_too():
    chunk = text_chunk("a", {"id": "1"}, {"b": [1]}, 1)
    assert pickle.loads(pickle.dumps(chunk)) == copy.deepcopy(chunk) == chunk


def test_verdicts_are_the_same_objects():
    for verdict in Verdict:
        assert pickle.loads(pickle.dumps(verdict)) is copy.deepcopy(verdict) is verdict


SAMPLES = [
    TextChunk("a", metadata={"id": "1"}, raw_response={"b": [1]}, index=1),
    ReasoningChunk(text="a", signature="s"),
    ToolCallChunk(slot=1, id="a", name="f", arguments="{"),
    UsageChunk(usage=Usage(1, 2)),
    FinishChunk(verdict=Verdict.LENGTH, reason="max"),
    OtherChunk(kind="citation", value={"url": "u"}),
    PartChunk(part=RawPart("anthropic", {"type": "compaction"})),
    ToolResultChunk(call_id="c", name="f", output="3"),
    Usage(input_tokens=1),
    ToolCall("i", "f", "{"),
    ThoughtPart("a", "s", id="r"),
    TextPart("a", signature="s", citations=({"url": "u"},)),
    ToolResult("c", "f", "3", is_error=True),
    MediaPart("image", "image/png", url="https://a.b/c.png", name="c.png"),
    RawPart("gemini", {"executableCode": {"code": "1"}}),
    Native("openai", {"id": "rs_1"}),
    Response(
        "a",
        texts=("a", "b"),
        parts=(ThoughtPart("r"),),
        tool_calls=(ToolCall("1", "f", "[1]"),),
        citations=({"url": "u"},),
        usage=Usage(1),
        verdict=Verdict.TOOL_USE,
        verdicts=(Verdict.TOOL_USE, Verdict.COMPLETE),
        metadata={"id": "1"},
    ),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
def test_cattrs_and_attrs_take_them_apart_and_put_them_together(sample):
    told = cattrs.unstructure(sample)
    assert cattrs.structure(json.loads(json.dumps(told)), type(sample)) == sample
    assert attrs.asdict(sample).keys() == told.keys()


@given(st.text(min_size=1))
def test_a_secret_is_not_pickled_and_copies_are_itself(text):
    secret = Secret(text)
    with pytest.raises(TypeError, match="secret is not pickled"):
        pickle.dumps(secret)
    assert copy.copy(secret) is copy.deepcopy([secret])[0] is secret
