"""Gemini's parts: signatures stay where they came, strange parts pass."""

import pytest

from lionpride_trio import ProviderError, StreamTruncated, Verdict
from tests.providers.reading import calls, read, read_whole, thoughts


def event(*parts, reason=None):
    finish = {} if reason is None else {"finishReason": reason}
    return {"candidates": [{"content": {"parts": list(parts)}, **finish}]}


def call(name="f", args=None, **fields):
    return {"functionCall": {"name": name, "args": {} if args is None else args}, **fields}


def thought(text, **fields):
    return {"text": text, "thought": True, **fields}


def answer(*parts, reason="STOP"):
    streamed, failure = read("gemini", *(event(part) for part in parts), event(reason=reason))
    assert failure is None
    whole, failure = read_whole("gemini", event(*parts, reason=reason))
    assert failure is None
    assert whole == streamed
    return whole


@pytest.mark.parametrize("place", range(3))
def test_an_end_mark_of_another_api_means_nothing(place):
    events = [event({"text": "H"}), event({"text": "i"}, reason="STOP")]
    events.insert(place, "[DONE]")
    response, failure = read("gemini", *events)
    assert failure is None
    assert response.text == "Hi"
    assert response.verdict is Verdict.COMPLETE


def test_signatures_stay_at_their_parts():
    response = answer(
        thought("hm"),
        call("f", thoughtSignature="S1"),
        call("g", thoughtSignature="S2"),
        {"text": "", "thoughtSignature": "S3"},
    )
    assert thoughts(response) == [("hm", None), ("", "S1"), ("", "S2"), ("", "S3")]


def test_a_signed_thought_is_one_block_and_the_next_another():
    response = answer(
        thought("a"), thought("b", thoughtSignature="S1"), thought("c"), {"text": "x"}, thought("d")
    )
    assert thoughts(response) == [("ab", "S1"), ("c", None), ("d", None)]
    assert response.reasoning == "abcd"


def test_a_strange_part_is_no_end_of_a_thought():
    assert thoughts(answer(thought("a"), {"aNewPart": 1}, thought("b"))) == [("ab", None)]


EMPTY = {
    "functionCall": None,
    "inlineData": None,
    "thought": None,
    "thoughtSignature": None,
    "executableCode": None,
}


@pytest.mark.parametrize("part", [{"functionCall": None}, {"text": None}, {**EMPTY, "text": None}])
def test_fields_that_are_null_are_no_parts(part):
    response = answer({"text": "H"}, part, {**EMPTY, "text": "i"})
    assert (response.text, response.verdict) == ("Hi", Verdict.COMPLETE)
    assert calls(response) == thoughts(response) == []


def test_fields_that_are_null_beside_one_that_is_not():
    assert calls(answer({**EMPTY, "text": None, **call()})) == [(None, "f", "{}")]
    assert thoughts(answer({**EMPTY, **thought("hm")})) == [("hm", None)]
    image = {**EMPTY, "text": None, "inlineData": {"data": "x"}}
    _, failure = read("gemini", event(reason="STOP"), event(image))
    assert isinstance(failure, StreamTruncated)


def streamed_call(*values, more=True, **fields):
    pieces = [{"jsonPath": "$.a", "stringValue": value} for value in values]
    told = {**fields, "partialArgs": pieces, "willContinue": more}
    return {"functionCall": {name: value for name, value in told.items() if value}}


@pytest.mark.parametrize(
    "named", [{}, {"name": "f"}, {"id": "1"}, {"id": "1", "name": "f"}], ids=str
)
def test_arguments_path_by_path(named):
    first = streamed_call(name="f", id="1")
    parts = [first, streamed_call("x", **named), streamed_call("y", more=False, **named)]
    if named == {"name": "f"}:
        parts[0] = streamed_call(name="f")
    assert [each[1:] for each in calls(answer(*parts))] == [("f", '{"a": "xy"}')]


def test_calls_path_by_path_whose_pieces_alternate():
    ones = [streamed_call(name="f", id="1"), streamed_call("x", id="1"), streamed_call("z", id="1")]
    twos = [streamed_call(name="g", id="2"), streamed_call("y", id="2"), streamed_call("z", id="2")]
    for pieces in (ones, twos):
        del pieces[-1]["functionCall"]["willContinue"]
    parts = [part for pair in zip(ones, twos, strict=True) for part in pair]
    assert calls(answer(*parts)) == [("1", "f", '{"a": "xz"}'), ("2", "g", '{"a": "yz"}')]


def test_what_came_of_arguments_that_were_cut_is_told():
    parts = streamed_call(name="f", id="1"), streamed_call("x")
    assert calls(answer(*parts, reason="MAX_TOKENS")) == [("1", "f", '{"a": "x"}')]
    response, failure = read("gemini", *map(event, parts))
    assert isinstance(failure, StreamTruncated)
    assert calls(response) == [("1", "f", '{"a": "x"}')]


def test_a_call_that_comes_again_under_its_id_is_told_once():
    one = {"functionCall": {"name": "f", "args": {"a": 1}, "id": "1"}}
    assert calls(answer(one, one)) == [("1", "f", '{"a": 1}')]
    bare = call(args={"a": 1})
    assert calls(answer(bare, bare)) == [(None, "f", '{"a": 1}')] * 2


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("stop", Verdict.COMPLETE),
        ("length", Verdict.LENGTH),
        ("max_tokens", Verdict.LENGTH),
        ("content_filter", Verdict.BLOCKED),
        ("IMAGE_SAFETY", Verdict.BLOCKED),
        ("A_NEW_REASON", Verdict.UNKNOWN),
    ],
)
def test_words_for_ends(reason, verdict):
    response = answer({"text": "a"}, reason=reason)
    assert (response.verdict, response.finish_reason) == (verdict, reason)


@pytest.mark.parametrize("reason", ["STOP", "A_NEW_REASON", "FINISH_REASON_UNSPECIFIED"])
def test_calls_wait_for_the_client_whatever_the_reason(reason):
    assert answer(call(), reason=reason).verdict is Verdict.TOOL_USE


def test_a_call_may_be_cut_with_its_answer():
    assert answer(call(), reason="MAX_TOKENS").verdict is Verdict.LENGTH


@pytest.mark.parametrize("args", [{"a": 1}, '{"a": 1}'])
def test_arguments_may_be_an_object_or_its_text(args):
    assert calls(answer(call(args=args))) == [(None, "f", '{"a": 1}')]


@pytest.mark.parametrize(
    "strange",
    [{"aNewPart": {"text": "no"}}, {"toolCall": {"id": "s"}}, "what is this", 7, None, {}],
)
def test_strange_parts_pass(strange):
    response = answer({"text": "H"}, strange, {"text": "i"})
    assert response.text == "Hi"
    assert response.verdict is Verdict.COMPLETE


def test_strange_candidates_pass():
    value = event({"text": "Hi"}, reason="STOP")
    value["candidates"][:0] = ["what is this", None]
    response, failure = read("gemini", value)
    assert failure is None
    assert response.text == "Hi"


def test_an_answer_that_is_to_be_continued_is_paused():
    value = event({"text": "Hi"}, reason="CONTINUATION")
    value["candidates"][0]["continuationToken"] = "dG9rZW4="
    response, failure = read("gemini", value)
    assert failure is None
    assert response.verdict is Verdict.PAUSED


@pytest.mark.parametrize("reason", ["MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE", "OTHER"])
def test_a_reason_that_is_a_failure(reason):
    _, failure = read("gemini", event({"text": "Hi"}, reason=reason))
    assert isinstance(failure, ProviderError)
    assert failure.code == reason


@pytest.mark.parametrize("reason", ["MODEL_ARMOR", "ESCALATION", "PUP_LIMITED_DISABLED", "SPII"])
def test_a_reason_that_withholds_the_answer(reason):
    assert answer({"text": "Hi"}, reason=reason).verdict is Verdict.BLOCKED
