"""A whole message beside deltas adds what they did not tell, and repeats nothing."""

import pytest

from lionpride_trio import Verdict
from tests.providers.openai_chat.events import (
    GOOD_DAY,
    F,
    G,
    call,
    calls,
    choice,
    function,
    message,
    read,
    text,
)


@pytest.mark.parametrize("delta", [{}, {"content": ""}, None, {"role": "assistant"}])
@pytest.mark.parametrize("kind", ["chat.completion", "chat.completion.chunk"])
def test_a_last_chunk_with_the_whole_message_adds_nothing(delta, kind):
    last = choice(delta, "stop", message=message("Good day."))
    assert text(*GOOD_DAY, {**last, "object": kind}) == "Good day."
    assert text(*GOOD_DAY, choice(reason="stop"), {**last, "object": kind}) == "Good day."


def test_a_message_tells_what_no_delta_told():
    assert text(*GOOD_DAY, choice(message=message("Good day. Bye"))) == "Good day. Bye"
    assert text(*GOOD_DAY, choice(message=message("Another answer of them"))) == "Good day."
    assert text(choice(message=message("Good day."))) == "Good day."


def test_messages_that_grow_beside_deltas_or_without_them():
    said = ["Good ", "Good day", "Good day."]
    pieces = ["Good ", "day", "."]
    beside = [
        choice({"content": piece}, message=message(whole))
        for piece, whole in zip(pieces, said, strict=True)
    ]
    assert text(*beside) == "Good day."
    assert text(*[choice(message=message(each)) for each in said]) == "Good day."
    assert text(*[choice(message=message(each)) for each in pieces]) == "Good day."


def test_a_message_repeats_no_tool_call_and_tells_of_those_that_no_delta_told():
    one = function("f", '{"a":1}', id="x")
    assert calls(call({**one, "index": 0}), choice(message=message(None, tool_calls=[one]))) == [
        ("x", "f", '{"a":1}')
    ]
    assert calls(choice({"content": "a"}), choice(message=message("a", tool_calls=[one]))) == [
        ("x", "f", '{"a":1}')
    ]


def last(**told):
    return choice({}, "stop", message=message(**{"said": None, **told}))


@pytest.mark.parametrize(
    ("before", "told", "expected"),
    [
        ([function("f", '{"x":1}', id="a")], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function("f", '{"x"', id="a")], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function("f", "", id="a")], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function("f", '{"x":1}')], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function(None, '{"x":1}', id="a")], '{"x":1}', [("a", "f", '{"x":1}')]),
        ([function("f", '{"x":1}', id="a")], {"x": 1}, [("a", "f", '{"x":1}')]),
        ([function("f", '{"x":2}', id="z")], "{}", [("z", "f", '{"x":2}'), ("a", "f", "{}")]),
    ],
)
def test_a_message_tells_the_rest_of_calls(before, told, expected):
    pieces = [call({**piece, "index": 0}) for piece in before]
    assert calls(*pieces, last(tool_calls=[function("f", told, id="a")])) == expected


def test_a_message_tells_of_calls_after_those_of_the_deltas():
    one, two = function(*F, id="a"), function(*G, id="b")
    assert calls(call({**one, "index": 0}), last(tool_calls=[one, two])) == [("a", *F), ("b", *G)]
    bare = [function(*F), function(*G)]
    first = [call({**each, "index": at}) for at, each in enumerate(bare)]
    assert calls(*first, last(tool_calls=bare)) == [(None, *F), (None, *G)]


@pytest.mark.parametrize("deltas", [[], ["h"], ["h", "m"]])
@pytest.mark.parametrize("field", ["reasoning", "reasoning_content", "refusal"])
def test_a_message_tells_the_rest_of_each_text(field, deltas):
    first = [choice({"content": "Hi"})] if field != "refusal" else [choice({"reasoning": "a"})]
    said = message("Hi") if field != "refusal" else message(None)
    events = [*first, *(choice({field: piece}) for piece in deltas)]
    response, failure, _ = read(*events, choice({}, "stop", message={**said, field: "hm"}))
    assert failure is None
    assert response.refusal + response.reasoning.removeprefix("a") == "hm"
    assert response.verdict is (Verdict.REFUSED if field == "refusal" else Verdict.COMPLETE)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_message_tells_the_rest_of_the_citations(count):
    cited = [{"url": "x"}, {"url": "y"}]
    deltas = [choice({"annotations": [each]}) for each in cited[:count]]
    response, _, _ = read(choice({"content": "Hi"}), *deltas, last(said="Hi", annotations=cited))
    assert list(response.citations) == cited


@pytest.mark.parametrize("parts", [[{"type": "text", "text": "Good day."}], ["Good ", "day."]])
def test_a_message_in_parts_repeats_no_text(parts):
    assert text(*GOOD_DAY, choice(message=message(parts))) == "Good day."
