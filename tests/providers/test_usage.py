"""Usage that comes with each piece of text is noted there, and told once."""

import json

from lionpride_trio import FinishChunk, TextChunk, Usage, UsageChunk, reassemble
from lionpride_trio.providers import StreamDecoder, get


def decoded(provider, *values, done=b""):
    decoder = StreamDecoder(get(provider))
    raw = b"".join(b"data: %s\n\n" % json.dumps(value).encode() for value in values)
    return decoder.feed(raw + done) + decoder.flush(), decoder.failure


def gemini(text, tokens, **candidate):
    return {
        "candidates": [{"content": {"parts": [{"text": text}] if text else []}, **candidate}],
        "usageMetadata": {"candidatesTokenCount": tokens, "promptTokenCount": 3},
    }


def chat(text, tokens, **choice):
    return {
        "id": "1",
        "choices": [{"index": 0, "delta": {"content": text} if text else {}, **choice}],
        "usage": {"completion_tokens": tokens, "prompt_tokens": 3},
    }


CASES = {
    "gemini": (gemini, {"finishReason": "STOP"}, b"", "usageMetadata"),
    "openai_compatible": (chat, {"finish_reason": "stop"}, b"data: [DONE]\n\n", "usage"),
}


def pytest_generate_tests(metafunc):
    metafunc.parametrize("provider", CASES)


def test_text_is_not_cut_by_usage(provider):
    make, finish, done, _ = CASES[provider]
    chunks, failure = decoded(
        provider, make("a", 1), make("b", 2), make("c", 3, **finish), done=done
    )
    assert failure is None
    assert {type(chunk) for chunk in chunks[:3]} == {TextChunk}
    assert {type(chunk) for chunk in chunks[3:]} == {UsageChunk, FinishChunk}
    assert reassemble(chunks).usage == Usage(input_tokens=3, output_tokens=3)


def test_usage_without_text_is_told_at_once(provider):
    make, finish, done, _ = CASES[provider]
    chunks, _ = decoded(provider, make("a", 1), make("", 2), make("", 2, **finish), done=done)
    assert [type(chunk) for chunk in chunks[:2]] == [TextChunk, UsageChunk]


def test_what_was_used_of_an_answer_that_was_cut_is_known(provider):
    make, *_ = CASES[provider]
    chunks, failure = decoded(provider, make("a", 1), make("b", 2))
    assert failure is not None
    assert [type(chunk) for chunk in chunks] == [TextChunk, TextChunk, UsageChunk]
    assert reassemble(chunks).usage == Usage(input_tokens=3, output_tokens=2)


def test_usage_beside_the_last_text_is_known_of_a_whole_answer(provider):
    make, finish, done, field = CASES[provider]
    end = make("", 2, **finish)
    del end[field]
    chunks, failure = decoded(provider, make("a", 1), make("b", 2), end, done=done)
    assert failure is None
    assert sum(isinstance(chunk, UsageChunk) for chunk in chunks) == 1
    assert reassemble(chunks).usage == Usage(input_tokens=3, output_tokens=2)


def test_usage_beside_the_text_of_a_body_without_a_reason_is_known(provider):
    body = CASES[provider][0]("b", 2)
    for choice in body.get("choices", ()):
        choice["message"] = choice.pop("delta")
    chunks, _ = get(provider).parse_body(body)
    assert reassemble(chunks).usage == Usage(input_tokens=3, output_tokens=2)


def test_what_was_told_is_not_told_again(provider):
    make, finish, _, _ = CASES[provider]
    chunks, _ = decoded(provider, make("a", 1), make("", 2, **finish))
    assert sum(isinstance(chunk, UsageChunk) for chunk in chunks) == 1
