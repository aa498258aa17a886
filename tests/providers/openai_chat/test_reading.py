"""How an answer ended, what its parts are and what it cost, as many servers write it."""

import pytest

from lionpride_trio import (
    FinishChunk,
    ProviderError,
    ServerError,
    StreamTruncated,
    Verdict,
    chunks_of,
    reassemble,
)
from tests.providers.openai_chat.events import (
    F,
    G,
    call,
    calls,
    choice,
    function,
    read,
    text,
    whole,
)


@pytest.mark.parametrize("reason", ["stop", "STOP", "eos", "end_turn", "tool-calls"])
def test_calls_outweigh_the_reason(reason):
    piece = function(*F, id="a", index=0)
    assert calls(call(piece), reason=reason) == [("a", *F)]
    assert read(call(piece))[0].verdict is Verdict.TOOL_USE
    assert read(choice(reason=reason), call(piece))[0].verdict is Verdict.TOOL_USE
    assert whole({"content": None, "tool_calls": [piece]}).verdict is Verdict.TOOL_USE


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("eos_token", Verdict.COMPLETE),
        ("end_turn", Verdict.COMPLETE),
        ("max_tokens", Verdict.LENGTH),
        ("MAX_TOKENS", Verdict.LENGTH),
        ("model_length", Verdict.LENGTH),
        ("content-filter", Verdict.BLOCKED),
        ("sensitive", Verdict.BLOCKED),
        ("refusal", Verdict.REFUSED),
        ("abort", Verdict.UNKNOWN),
    ],
)
def test_words_for_ends(reason, verdict):
    said = read(choice({"content": "a"}), choice(reason=reason))[0]
    assert (said.verdict, said.finish_reason) == (verdict, reason)


def test_alternatives_beyond_the_first_keep_their_calls():
    events = [call({**function(*F, index=0, id="a")}), call(function(*G, index=0, id="b"))]
    events[1]["choices"][0]["index"] = 2
    said = read(*events)[0]
    assert [c.name for c in said.tool_calls] == ["f"]
    assert [[c.name for c in calls] for calls in said.other_tool_calls] == [[], ["g"]]
    assert said.verdicts == (Verdict.TOOL_USE, Verdict.UNKNOWN, Verdict.TOOL_USE)
    assert reassemble(chunks_of(said)) == said


def test_a_call_that_was_cut_is_no_use_of_a_tool():
    assert read(call(function("f", "{", index=0)), choice(reason="length"))[0].verdict is (
        Verdict.LENGTH
    )


@pytest.mark.parametrize("reason", ["error", "network_error", "insufficient_system_resource"])
def test_a_reason_that_is_a_failure(reason):
    _, failure, _ = read(choice({"content": "a"}), choice(reason=reason))
    assert isinstance(failure, ProviderError)


@pytest.mark.parametrize("reason", ["null", "None", ""])
def test_a_word_for_no_reason_is_none(reason):
    _, failure, _ = read(choice({"content": "a"}, reason), done=False)
    assert isinstance(failure, StreamTruncated)
    assert text(choice({"content": "a"}, reason), choice({"content": "b"}, "stop")) == "ab"


@pytest.mark.parametrize("reason", [None, "error", "stop"])
def test_an_error_in_a_choice(reason):
    error = {"code": 502, "message": "upstream"}
    _, failure, _ = read(choice({"content": "a"}), choice({}, reason, error=error))
    assert isinstance(failure, ServerError)


GOES_ON = [
    {"content": "upon a"},
    {"reasoning": "hm"},
    {"tool_calls": [function("f", "{", index=0)]},
    {"refusal": "No"},
    {"images": [{"image_url": {"url": "data:,x"}}]},
]


@pytest.mark.parametrize("more", GOES_ON, ids=lambda more: next(iter(more)))
def test_an_answer_that_goes_on_takes_its_end_back(more):
    events = choice({"content": "Once "}, "stop"), choice(more)
    response, failure, _ = read(*events, done=False)
    assert isinstance(failure, StreamTruncated)
    assert (response.verdict, response.finish_reason) == (Verdict.UNKNOWN, None)
    for how in ({}, {"done": False}):
        response, failure, _ = read(*events, choice(reason="length"), **how)
        assert (response.verdict, failure) == (Verdict.LENGTH, None)
    assert read(*events)[1] is None


@pytest.mark.parametrize("more", [{}, {"content": ""}, {"annotations": [{"url": "x"}]}])
def test_what_may_follow_an_end(more):
    response, failure, _ = read(choice({"content": "a"}, "stop"), choice(more), done=False)
    assert (response.text, response.verdict, failure) == ("a", Verdict.COMPLETE, None)


def test_a_reason_on_each_chunk():
    events = [choice({"content": piece}, "stop") for piece in "abc"]
    response, failure, chunks = read(*events, done=False)
    assert (response.text, response.verdict, failure) == ("abc", Verdict.COMPLETE, None)
    assert sum(isinstance(chunk, FinishChunk) for chunk in chunks) == 3


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "thinking", "thinking": [{"type": "text"}]}, {"type": "text", "text": "x"}],
        [{"type": "thinking", "thinking": None}, None, {}, "x"],
        [{"type": "thinking", "thinking": [None, {"text": None}]}, {"type": "text", "text": "x"}],
        {"type": "text", "text": "x"},
        [{"type": "output_text", "text": "x"}, {"type": "new", "data": 1}],
        [{"text": "x"}, {"image_url": {"url": "data:,x"}}],
    ],
)
def test_content_in_parts(content):
    assert text(choice({"content": content})) == "x"
    assert whole({"content": content}).text == "x"


def test_a_refusal_among_the_parts():
    content = [{"type": "refusal", "refusal": "No."}]
    streamed, failure, _ = read(choice({"content": content}, "stop"))
    assert failure is None
    assert (streamed.refusal, streamed.verdict) == ("No.", Verdict.REFUSED)
    assert whole({"content": content}) == streamed


@pytest.mark.parametrize(
    "thought",
    ["hm", {"text": "hm"}, {"content": "hm"}, [{"type": "text", "text": "h"}, "m"], {"a": 1}, 7],
)
def test_reasoning_of_any_shape(thought):
    response, failure, _ = read(choice({"reasoning": thought}), choice({"content": "x"}, "stop"))
    assert (response.text, failure) == ("x", None)
    assert response.reasoning == ("" if thought in [7, {"a": 1}] else "hm")


def test_an_answer_inside_its_provider():
    """OpenRouter passes some answers on with the whole of them under ``provider``."""
    inside = choice({"content": "Hi"}, "stop")
    assert text({"choices": None, "provider": inside}) == "Hi"
    assert text({**inside, "provider": "Groq"}) == "Hi"


@pytest.mark.parametrize(
    ("where", "report"),
    [
        ("top", {"prompt_tokens": 10, "prompt_cache_hit_tokens": 8}),
        ("top", {"prompt_tokens": 10, "cached_tokens": 8}),
        ("top", {"input_tokens": 10, "prompt_tokens_details": {"cached_tokens": 8}}),
        ("top", {"input_tokens": 10, "input_tokens_details": {"cached_tokens": 8}}),
        ("top", {"prompt_tokens": 10, "cache_read_input_tokens": 8}),
        ("choice", {"prompt_tokens": 10, "cached_tokens": 8}),
    ],
)
def test_cached_tokens(where, report):
    last = choice(reason="stop", **({"usage": report} if where == "choice" else {}))
    if where == "top":
        last["usage"] = report
    usage = read(choice({"content": "a"}), last)[0].usage
    assert (usage.input_tokens, usage.cached_tokens) == (10, 8)


@pytest.mark.parametrize(
    "report",
    [
        {"prompt_tokens_details": {"cache_write_tokens": 7}},
        {"prompt_tokens_details": {"cached_tokens": 0, "cache_creation_tokens": 7}},
        {"prompt_tokens_details": {"cache_creation_input_tokens": 7}},
        {"input_tokens_details": {"cache_write_tokens": 7}},
        {"prompt_tokens_details": {"cached_tokens": 0}, "cache_creation_input_tokens": 7},
    ],
)
def test_tokens_written_to_a_cache(report):
    last = choice(reason="stop")
    last["usage"] = {"prompt_tokens": 10, **report}
    usage = read(choice({"content": "a"}), last)[0].usage
    assert (usage.input_tokens, usage.cache_write_tokens) == (10, 7)
