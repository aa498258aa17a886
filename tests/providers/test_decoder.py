"""The chain from bytes to chunks: what came before a failure is never lost with it."""

from __future__ import annotations

import json

import pytest

from lionpride_trio import (
    DecodeError,
    FinishChunk,
    LimitExceeded,
    OtherChunk,
    StreamTruncated,
    TextChunk,
    Verdict,
    reassemble,
)
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.providers._parsing import BaseParser
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


class Keeps(BaseParser):
    """Says one word, and cannot tell what it has kept."""

    def __init__(self, failure):
        super().__init__()
        self._failure = failure

    def feed(self, event, value):
        return [TextChunk("a")]

    @property
    def late(self):
        raise self._failure


@pytest.mark.parametrize("failure", [DecodeError("no path"), KeyError("a")], ids=repr)
def test_what_is_not_understood_at_the_end_is_the_failure(monkeypatch, failure):
    provider = get("openai")
    monkeypatch.setattr(type(provider), "parser", lambda _: Keeps(failure))
    decoder = StreamDecoder(provider)
    chunks = decoder.feed(b'data: {"x":1}\n\n') + decoder.flush()
    assert [chunk.data for chunk in chunks] == ["a"]
    assert isinstance(decoder.failure, DecodeError)
    assert decoder.failure is failure or decoder.failure.__cause__ is failure


@pytest.mark.parametrize("other", [0, 1])
def test_half_an_emoji_at_the_end_comes_before_the_finish_of_its_answer(other):
    decoder = StreamDecoder(get("openai"))

    def choice(index, text, reason=None):
        delta = {"index": index, "delta": {"content": text}, "finish_reason": reason}
        return b"data: " + json.dumps({"choices": [delta]}).encode() + b"\n\n"

    body = choice(0, "a\ud83d") + choice(other, "", "stop") + choice(other ^ 1, "\ude00", "stop")
    chunks = decoder.feed(body + b"data: [DONE]\n\n") + decoder.flush()
    said = [
        "finish" if isinstance(chunk, FinishChunk) else chunk.data
        for chunk in chunks
        if not chunk.index and not isinstance(chunk, OtherChunk)
    ]
    assert "".join(said) == ("a\ufffdfinish" if other == 0 else "a\U0001f600finish")


def chat_end(reason=None, text=None):
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]}


def gemini_end(reason=None, text=None):
    parts = [{"text": text}] if text else []
    finish = {"finishReason": reason} if reason else {}
    return {"candidates": [{"content": {"parts": parts}, **finish}]}


def messages_end(reason=None, text=None):
    if text:
        block = {"type": "text", "text": text}
        return {"type": "content_block_start", "index": 0, "content_block": block}
    return {"type": "message_delta", "delta": {"stop_reason": reason}}


ENDS = {
    "openai_compatible": (chat_end, "length", "stop", "[DONE]"),
    "gemini": (gemini_end, "MAX_TOKENS", "STOP", None),
    "anthropic": (messages_end, "max_tokens", "end_turn", {"type": "message_stop"}),
}


@pytest.mark.parametrize("provider", ENDS)
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_cut_answer_stays_cut_unless_more_of_it_comes(provider, goes_on):
    make, cut, good, mark = ENDS[provider]
    more = [make(text="b")] if goes_on else []
    events = [make(text="a"), make(cut), *more, make(good), *([mark] if mark else [])]
    lines = [one if isinstance(one, str) else json.dumps(one) for one in events]
    decoder = StreamDecoder(get(provider))
    body = "".join(f"data: {line}\n\n" for line in lines).encode()
    chunks = decoder.feed(body) + decoder.flush()
    assert decoder.failure is None
    response = reassemble(chunks)
    expected = (Verdict.COMPLETE, good) if goes_on else (Verdict.LENGTH, cut)
    assert (response.verdict, response.finish_reason) == expected
    finishes = [chunk.verdict for chunk in chunks if isinstance(chunk, FinishChunk)]
    assert finishes == [Verdict.LENGTH] + [Verdict.COMPLETE] * goes_on


def test_the_last_of_two_reasons_of_a_cut_counts():
    decoder = StreamDecoder(get("openai"))
    for reason in ("stop", "length", "content_filter"):
        chunks = decoder.feed(f"data: {json.dumps(chat_end(reason))}\n\n".encode())
        (finish,) = (chunk for chunk in chunks if isinstance(chunk, FinishChunk))
        assert finish.reason == reason
