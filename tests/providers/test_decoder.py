"""The chain from bytes to chunks: what came before a failure is never lost with it."""

from __future__ import annotations

import json

import pytest

from lionpride_trio import LimitExceeded, StreamTruncated
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.wire import NDJSONDecoder


def event(text: str) -> bytes:
    return json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode()


@pytest.mark.parametrize("ending", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_chunks_before_an_event_that_is_too_long_come_with_the_same_bytes(ending):
    decoder = StreamDecoder(get("openai"), max_event_bytes=500)
    whole = b"".join(b"data: " + event(text) + ending for text in ("one", "two"))
    chunks = decoder.feed(whole + b"data: " + event("x" * 600) + ending)
    assert [chunk.data for chunk in chunks] == ["one", "two"]
    assert isinstance(decoder.failure, LimitExceeded)
    assert decoder.feed(whole) == []


def test_lines_before_one_that_is_too_long_come_with_the_same_bytes():
    decoder = StreamDecoder(get("ollama"), max_event_bytes=100)
    said = json.dumps({"message": {"content": "one"}, "done": False}).encode()
    chunks = decoder.feed(said + b"\n" + b"{" * 200 + b"\n")
    assert [chunk.data for chunk in chunks] == ["one"]
    assert isinstance(decoder.failure, LimitExceeded)


def test_what_comes_after_the_end_mark_does_not_count():
    decoder = StreamDecoder(get("openai"), max_event_bytes=500)
    chunks = decoder.feed(
        b"data: " + event("one") + b"\n\ndata: [DONE]\n\ndata: " + b"x" * 600 + b"\n\n"
    )
    assert [chunk.data for chunk in chunks] == ["one"]
    assert decoder.ended
    assert decoder.failure is None


def test_bytes_that_are_no_utf8_are_replaced_and_nothing_else_is_lost():
    decoder = StreamDecoder(get("openai"))
    (chunk,) = decoder.feed(b"data: " + event("a?b").replace(b"?", b"\xff") + b"\n\n")
    assert chunk.data == "a\ufffdb"


def test_a_last_line_that_is_nested_too_deep_is_a_failure_like_any_other():
    decoder = StreamDecoder(get("ollama"))
    assert decoder.feed(b"[" * 1000) == []
    assert decoder.flush() == []
    assert isinstance(decoder.failure, LimitExceeded)


@pytest.mark.parametrize(
    ("provider", "data"),
    [("ollama", b'{"message": {"content": "a"}}'), ("openai", b"data: " + event("a"))],
)
def test_a_second_flush_gives_nothing(provider, data):
    decoder = StreamDecoder(get(provider))
    assert decoder.feed(data) == []
    assert [chunk.data for chunk in decoder.flush()] == ["a"]
    assert decoder.flush() == []


def test_a_second_flush_of_lines_gives_nothing():
    decoder = NDJSONDecoder()
    assert decoder.feed(b'{"a":1}') == []
    assert decoder.flush() == [{"a": 1}]
    assert decoder.flush() == []


def test_gemini_text_after_a_block_is_an_answer_that_was_cut():
    decoder = StreamDecoder(get("gemini"))
    for document in (
        {"candidates": [{"index": 0, "content": {"parts": [{"text": "a"}]}}]},
        {"promptFeedback": {"blockReason": "SAFETY"}},
        {"candidates": [{"index": 0, "content": {"parts": [{"text": "b"}]}}]},
    ):
        decoder.feed(b"data: " + json.dumps(document).encode() + b"\n\n")
    decoder.flush()
    assert isinstance(decoder.failure, StreamTruncated)
