"""Server-sent events, held to the cases of the HTML standard and of the web platform tests."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from lionpride_trio import LimitExceeded, LocalProtocolError
from lionpride_trio.wire import SSEDecoder, encode_comment, encode_event

CASES = json.loads(Path(__file__).with_name("sse_cases.json").read_text(encoding="utf-8"))["cases"]


def decode(pieces):
    decoder = SSEDecoder()
    events = [event for piece in pieces for event in decoder.feed(piece)]
    events += decoder.flush()
    return [{"event": e.event, "data": e.data, "id": e.id} for e in events], decoder.retry


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_case_whole_byte_by_byte_and_cut_in_two_anywhere(case):
    raw = base64.b64decode(case["input_b64"])
    expected = (case["events"], case["retry"])
    assert decode([raw]) == expected
    assert decode(raw[i : i + 1] for i in range(len(raw))) == expected
    for cut in range(len(raw)):
        assert decode([raw[:cut], raw[cut:]]) == expected


@given(st.text(), st.text().filter(lambda t: not set("\r\n\0") & set(t)))
def test_decoding_undoes_encoding(data, event):
    whole, _ = decode([encode_comment("hi") + encode_event(data, event=event)])
    expected = data.replace("\r\n", "\n").replace("\r", "\n")
    assert [(e["data"], e["event"]) for e in whole] == [(expected, event or "message")]


@pytest.mark.parametrize("bad", [{"event": "a\nb"}, {"id": "a\rb"}, {"id": "a\0b"}])
def test_fields_that_would_forge_an_event_are_refused(bad):
    with pytest.raises(ValueError, match="must not have"):
        encode_event("x", **bad)


@pytest.mark.parametrize("line", [b"data: ", b"x: ", b"", b"event: "])
def test_an_event_that_never_ends_is_refused(line):
    decoder = SSEDecoder(max_event_bytes=1000)
    decoder.feed(line)
    with pytest.raises(LimitExceeded) as caught:
        for _ in range(1001):
            decoder.feed(b"y")
    assert (caught.value.limit, caught.value.value) == ("max_event_bytes", 1000)


@pytest.mark.parametrize("size", [1, 7, 990])
def test_an_event_just_below_the_bound_is_taken_however_it_is_cut(size):
    raw = b"data: " + b"y" * 984 + b"\n\n: " + b"c" * 900 + b"\n\ndata: " + b"z" * 984 + b"\n\n"
    decoder = SSEDecoder(max_event_bytes=1000)
    events = [
        event
        for start in range(0, len(raw), size)
        for event in decoder.feed(raw[start : start + size])
    ]
    assert [event.data for event in events] == ["y" * 984, "z" * 984]


def test_many_small_lines_of_one_event_are_bounded_too():
    decoder = SSEDecoder(max_event_bytes=1000)
    with pytest.raises(LimitExceeded):
        decoder.feed(b"data: yy\n" * 200)


def test_comments_and_unknown_fields_are_told():
    comments, ignored = [], []
    decoder = SSEDecoder(on_comment=comments.append, on_ignored=ignored.append)
    assert decoder.feed(b": ping\n\nerror: no\n\n") == []
    assert (comments, ignored) == (["ping"], ["error: no"])


def test_feeding_after_flush_is_an_error():
    decoder = SSEDecoder()
    assert decoder.flush() == []
    with pytest.raises(LocalProtocolError, match="after flush"):
        decoder.feed(b"data: x\n\n")


@pytest.mark.parametrize("text", ["a\nb", "a\rb"])
def test_a_comment_is_one_line(text):
    with pytest.raises(ValueError, match="must be one line"):
        encode_comment(text)


def test_the_event_that_a_stream_ended_in_can_be_looked_at():
    decoder = SSEDecoder()
    assert decoder.feed(b"id: 7\nevent: e\ndata: whole\n\ndata: ha") != []
    decoder.feed(b"lf\ndata: \xff")
    assert decoder.flush() == []
    left = decoder.unfinished
    assert left is not None
    assert (left.event, left.data, left.id) == ("message", "half\n\ufffd", "7")
    whole = SSEDecoder()
    whole.feed(b"data: whole\n\n")
    whole.flush()
    assert whole.unfinished is None


@pytest.mark.parametrize("size", [1, 7, 13, 4000])
def test_what_came_before_an_event_that_is_too_long_is_given(size):
    """However the bytes were cut; then the failure, for good."""
    raw = b"data: good\n\ndata: better\n\ndata: " + 2000 * b"x" + b"\n\ndata: late\n\n"
    decoder, given = SSEDecoder(max_event_bytes=1000), []
    with pytest.raises(LimitExceeded) as caught:
        for start in range(0, len(raw), size):
            given += decoder.feed(raw[start : start + size])
        decoder.flush()
    assert [event.data for event in given] == ["good", "better"]
    if size < len(raw):
        with pytest.raises(LimitExceeded) as again:
            decoder.feed(b"data: late\n\n")
        assert again.value is caught.value
        with pytest.raises(LimitExceeded):
            decoder.flush()
    assert decoder.flush() == []
    with pytest.raises(LocalProtocolError):
        decoder.feed(b"data: late\n\n")


LINES = [
    b"data: x",
    b"data: " + b"y" * 30,
    b": a remark of some length",
    b"other: " + b"z" * 30,
    b"",
    b"id: 3",
]


@given(st.lists(st.sampled_from(LINES), max_size=8).map(b"\n".join), st.integers(1, 40))
def test_what_is_too_long_is_so_however_it_is_cut(raw, size):
    """A remark or an unknown field too."""

    def outcome(pieces):
        decoder, given = SSEDecoder(max_event_bytes=24), []
        try:
            for piece in pieces:
                given += decoder.feed(piece)
            given += decoder.flush()
        except LimitExceeded as failure:
            given.append(str(failure))
        return given

    assert outcome(raw[n : n + size] for n in range(0, len(raw), size)) == outcome([raw])
