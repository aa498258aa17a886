"""The laws of every encoder: the cuts mean nothing, and an end is an end."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from lionpride_trio import (
    FinishChunk,
    LocalProtocolError,
    OtherChunk,
    Overloaded,
    PartChunk,
    ReasoningChunk,
    TextChunk,
    TextPart,
    ToolCallChunk,
    ToolResultChunk,
    Usage,
    UsageChunk,
    Verdict,
)
from lionpride_trio.testing import cuts, prose
from lionpride_trio.web.encoders import Encoder, encoder
from tests.web.encoders.readers import READERS
from tests.web.streams import conversation

SETTINGS = {
    "ag_ui": {"thread_id": "t", "run_id": "r"},
    "openai": {"id": "c", "model": "m", "created": 1},
}
SOME = settings(max_examples=40)  # of each protocol
TEXT = prose(min_size=1, max_size=4).filter(bool)
ARGUMENTS = st.dictionaries(st.sampled_from("ab"), TEXT, max_size=2).map(json.dumps)


def fresh(protocol):
    return encoder(protocol, **SETTINGS.get(protocol, {}))


def body_of(protocol, items):
    made = fresh(protocol)
    return b"".join([*(made.feed(item) for item in items), made.flush()])


@st.composite
def turns(draw):
    """Chunks of a conversation, each as whole as can be."""
    chunks = []
    count = draw(st.integers(1, 3))
    for turn in range(count):
        is_last = turn == count - 1
        if draw(st.booleans()):
            chunks.append(ReasoningChunk(text=draw(TEXT), signature="c2ln", turn=turn))
        if draw(st.booleans()):
            part = TextPart("", signature=draw(st.sampled_from([None, "eA"])))
            chunks.append(PartChunk(part=part, turn=turn))
        chunks.append(TextChunk(draw(TEXT), turn=turn))
        if draw(st.booleans()):
            citation = {"url": f"https://a.b/{turn}", "title": "t"}
            chunks.append(OtherChunk(kind="citation", value=citation, turn=turn))
        ids = [f"call_{turn}_{slot}" for slot in range(draw(st.integers(0 if is_last else 1, 2)))]
        chunks += [
            ToolCallChunk(
                slot=slot, id=call_id, name="f", arguments=draw(ARGUMENTS), last=True, turn=turn
            )
            for slot, call_id in enumerate(ids)
        ]
        verdict = Verdict.TOOL_USE if ids else Verdict.COMPLETE
        chunks.append(FinishChunk(verdict=verdict, turn=turn))
        chunks.append(UsageChunk(usage=Usage(1, 2), turn=turn))
        if not is_last:
            chunks += [
                ToolResultChunk(call_id=call_id, name="f", output=draw(TEXT), turn=turn)
                for call_id in ids
            ]
    return chunks


@st.composite
def cut(draw, chunks):
    """The same in more chunks: each piece with the facts of its own place."""
    pieces = []
    for chunk in chunks:
        match chunk:
            case TextChunk(data=text):
                pieces += [attrs.evolve(chunk, data=piece) for piece in draw(cuts(text))]
            case ReasoningChunk(text=text):
                *first, last = draw(cuts(text))
                pieces += [ReasoningChunk(text=piece, turn=chunk.turn) for piece in first]
                pieces.append(attrs.evolve(chunk, text=last))
            case ToolCallChunk(arguments=text):
                first, *more = draw(cuts(text))
                pieces.append(attrs.evolve(chunk, arguments=first, last=False))
                pieces += [
                    ToolCallChunk(slot=chunk.slot, arguments=piece, turn=chunk.turn)
                    for piece in more
                ]
                pieces.append(ToolCallChunk(slot=chunk.slot, last=True, turn=chunk.turn))
            case _:
                pieces.append(chunk)
    return pieces


@pytest.mark.parametrize("protocol", READERS)
@SOME
@given(data=st.data())
def test_any_cut_of_the_chunks_means_the_same(protocol, data):
    chunks = data.draw(turns())
    read = READERS[protocol]
    pieces = data.draw(cut(chunks))
    assert read(body_of(protocol, pieces)) == read(body_of(protocol, chunks))


@pytest.mark.parametrize("protocol", READERS)
@SOME
@given(texts=cuts(prose(max_size=8)))
def test_any_cut_of_a_pipeline_s_text_means_the_same(protocol, texts):
    def meaning(items):
        if protocol in {"events", "jsonl"}:
            joined = [item for item in items if item]
            body = body_of(protocol, joined)
            lines = body.decode().splitlines()
            told = [line.removeprefix("data: ") for line in lines if line[-1:] == '"']
            return "".join(map(json.loads, told))
        return READERS[protocol](body_of(protocol, items))

    assert meaning(texts) == meaning(["".join(texts)])


@pytest.mark.parametrize("protocol", ["ui", "ag_ui", "openai", "text"])
def test_texts_and_chunks_of_texts_are_told_alike(protocol):
    texts = ["Hel", "", "lo"]
    assert body_of(protocol, texts) == body_of(protocol, [TextChunk(text) for text in texts])


@pytest.mark.parametrize("protocol", READERS)
def test_an_end_is_an_end(protocol):
    made = fresh(protocol)
    assert isinstance(made, Encoder)
    assert made.feed("a")
    made.flush()
    assert made.flush() == made.fail(Overloaded("x")) == b""
    with pytest.raises(LocalProtocolError, match="was fed after its end"):
        made.feed("b")
    failed = fresh(protocol)
    failed.fail(Overloaded("x"))
    assert failed.flush() == b""


@pytest.mark.parametrize("protocol", READERS)
def test_two_encoders_know_nothing_of_each_other(protocol):
    chunks = conversation()
    first, second = fresh(protocol), fresh(protocol)
    bodies = [b"", b""]
    for chunk in chunks:
        bodies[0] += first.feed(chunk)
        bodies[1] += second.feed(chunk)
    bodies[0] += first.flush()
    bodies[1] += second.flush()
    assert bodies[0] == bodies[1] == body_of(protocol, chunks)


@pytest.mark.parametrize("protocol", ["events", "ui", "ag_ui", "openai"])
def test_every_event_has_an_id_and_none_is_told_before_its_item_is_whole(protocol):
    made = fresh(protocol)
    seen = "0"
    for number, chunk in enumerate(conversation(), 1):
        lines = made.feed(chunk).decode().split("\n\n")[:-1]
        ids = [line.removeprefix("id: ").partition("\n")[0] for line in lines]
        if ids:
            assert ids == [*[seen] * (len(ids) - 1), str(number)]
        seen = str(number)
    assert made.flush().startswith(f"id: {seen}\n".encode())


def test_a_stream_that_is_followed_from_its_middle_tells_no_id_that_it_does_not_know():
    body = fresh("ui").feed("a", 58).decode()
    *before, last = body.split("\n\n")[:-1]
    assert before
    assert all(not event.startswith("id:") for event in before)
    assert last.startswith("id: 58\n")


@pytest.mark.parametrize("protocol", ["events", "ui", "ag_ui", "openai"])
def test_a_heartbeat_is_a_comment(protocol):
    made = fresh(protocol)
    assert made.heartbeat.startswith(b":")
    body = made.feed("a") + made.heartbeat + made.flush()
    read = READERS[protocol]
    if protocol != "events":
        assert read(body) == read(body_of(protocol, ["a"]))
    assert made.media_type == "text/event-stream; charset=utf-8"


@pytest.mark.parametrize("protocol", READERS)
def test_a_key_in_an_error_s_text_goes_nowhere(protocol):
    made = fresh(protocol)
    body = made.feed("a") + made.fail(Overloaded("Bearer sk-secret at 10.0.0.3", request_id="r1"))
    assert b"sk-secret" not in body
    assert b"10.0.0.3" not in body
    assert (b"Overloaded" in body) is (protocol != "text")


@pytest.mark.parametrize("protocol", READERS)
@SOME
@given(text=st.text(st.characters(categories=["Cs", "Ll", "Cc", "Zl"]), max_size=6))
def test_whatever_a_model_writes_stays_in_its_place(protocol, text):
    """No line end of it makes an event, and half a surrogate pair breaks nothing."""
    body = body_of(protocol, [TextChunk(text)])
    body.decode()
    if protocol in {"events", "ui", "ag_ui", "openai"}:
        fields = {line.partition(b":")[0] for line in body.split(b"\n") if line}
        assert fields <= {b"id", b"event", b"data"}
