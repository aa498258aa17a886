"""Gemini's parts: signatures stay where they came, strange parts pass."""

import pytest

from lionpride_trio import ProviderError, Verdict
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
