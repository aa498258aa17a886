"""Ollama's tool calls, as its own server and others that speak for it write them."""

import pytest

from lionpride_trio import StreamTruncated, Verdict
from tests.providers.reading import calls, read, read_whole


def line(done=False, reason="stop", **message):
    finish = {"done_reason": reason} if done else {}
    return {"model": "m", "message": {"content": "", **message}, "done": done, **finish}


@pytest.mark.parametrize(
    ("given", "expected"),
    [({"a": 1}, '{"a": 1}'), ('{"a":1}', '{"a":1}'), ({}, "{}"), ("", "{}"), (None, "{}")],
)
def test_arguments_may_be_an_object_or_its_text(given, expected):
    called = [{"function": {"name": "f", "arguments": given}}]
    streamed, failure = read("ollama", line(tool_calls=called), line(done=True))
    assert failure is None
    assert calls(streamed) == [(None, "f", expected)]
    assert streamed.verdict is Verdict.TOOL_USE
    whole, _ = read_whole("ollama", line(done=True, tool_calls=called))
    assert whole == streamed


def test_strange_calls_pass_and_no_error_is_none():
    strange = [{"a_new_kind": 1}, "what is this", {"function": None}]
    first = {**line(content="Hi", tool_calls=strange), "error": None}
    response, failure = read("ollama", first, "[DONE]", line(done=True))
    assert failure is None
    assert response.text == "Hi"
    assert response.verdict is Verdict.COMPLETE


def test_a_call_that_comes_again_under_its_id_is_told_once():
    one = {"id": "a", "function": {"name": "f", "arguments": {"x": 1}}}
    other = {"id": "a", "function": {"name": "f", "arguments": {"x": 2}}}
    response, _ = read("ollama", line(tool_calls=[one]), line(done=True, tool_calls=[one, other]))
    assert calls(response) == [("a", "f", '{"x": 1}'), (None, "f", '{"x": 2}')]
    bare = {"function": {"name": "f", "arguments": {}}}
    response, _ = read("ollama", line(tool_calls=[bare, bare]), line(done=True))
    assert calls(response) == [(None, "f", "{}")] * 2


@pytest.mark.parametrize("given", ["one", "flat"])
def test_calls_of_other_shapes(given):
    function = {"name": "f", "arguments": {"x": 1}}
    called = {"function": function} if given == "one" else [{"id": "a", **function}]
    response, _ = read("ollama", line(tool_calls=called), line(done=True))
    assert [each[1:] for each in calls(response)] == [("f", '{"x": 1}')]


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("eos", Verdict.COMPLETE),
        ("STOP", Verdict.COMPLETE),
        ("max_tokens", Verdict.LENGTH),
        ("tool_calls", Verdict.TOOL_USE),
        ("content_filter", Verdict.BLOCKED),
        ("load", Verdict.UNKNOWN),
    ],
)
def test_words_for_ends(reason, verdict):
    response, _ = read("ollama", line(content="a"), line(done=True, reason=reason))
    assert (response.verdict, response.finish_reason) == (verdict, reason)


def test_a_whole_answer_that_is_not_done_was_cut():
    response, failure = read_whole("ollama", line(content="Hi"))
    assert isinstance(failure, StreamTruncated)
    assert response.text == "Hi"


@pytest.mark.parametrize(
    ("reason", "verdict"), [("length", Verdict.LENGTH), ("a_new_reason", Verdict.TOOL_USE)]
)
def test_calls_wait_unless_the_answer_was_cut(reason, verdict):
    called = [{"function": {"name": "f", "arguments": {}}}]
    response, _ = read("ollama", line(tool_calls=called), line(done=True, reason=reason))
    assert response.verdict is verdict
