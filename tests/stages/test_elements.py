"""The elements of a list, each as soon as it is whole."""

import json

import attrs
import pytest

from lionpride_trio import ConfigurationError, LimitExceeded, OutputInvalid
from lionpride_trio.stages import TypedElements
from tests.stages.cutting import outcome, run


@attrs.frozen
class Step:
    text: str
    minutes: int = 5


STEPS = [Step("boil", 10), Step("eat")]
LIST = '[{"text": "boil", "minutes": 10}, {"text": "eat"}]'


def test_an_element_comes_with_its_last_character():
    machine = TypedElements(Step, at="steps")
    text = f'{{"title": "a", "steps": {LIST}, "more": [1]}}'
    came = [(step, place) for place, char in enumerate(text) for step in machine.feed(char)]
    machine.flush()
    assert [step for step, _ in came] == STEPS
    assert [text[place] for _, place in came] == ["}", "}"]


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("", LIST),
        ("", f'{{"output": {LIST}}}'),
        ("", f"The steps:\n```json\n{LIST}\n```"),
        ("steps", f'{{"steps": {LIST}}}'),
        ("steps", f'{{"output": {{"steps": {LIST}}}}}'),
        ("output", f'{{"output": {LIST}}}'),
        ("dishes[1].steps", f'{{"dishes": [{{"steps": [1]}}, {{"steps": {LIST}}}]}}'),
        ("[1]", f"[[], {LIST}]"),
    ],
)
def test_the_place_of_the_list(at, text):
    for pieces in ([text], text):
        assert run(TypedElements(Step, at=at), pieces) == STEPS


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ('{"a": [1], "a": [2]} {"a": [3]}', [1]),
        ('{"a": [1], {"a": [2]}', [1]),
        ('{"a": []2 {"a": [3]}', []),
        ('{"b": {"a": [1], oops {"a": [2]}', [2]),
    ],
)
def test_the_first_list_at_the_place_is_it_however_it_is_cut(text, given):
    for pieces in ([text], text):
        assert outcome(TypedElements(int, at="a"), pieces) == (given, None)


def test_scalars_are_elements_when_their_end_is_seen():
    machine = TypedElements(int)
    assert list(machine.feed("[1, 2")) == [1]
    assert list(machine.feed("3")) == []
    assert list(machine.feed("]")) == [23]
    assert run(TypedElements(str), '["a", "", "\\u00e9"]') == ["a", "", "é"]


def test_a_wrong_element_ends_the_stream_after_those_before_it():
    text = '{"steps": [{"text": "a"}, {"text": "b", "minutes": "x"}, {"text": "c"}]}'
    for pieces in ([text], text):
        machine = TypedElements(Step, at="steps")
        given = []
        with pytest.raises(OutputInvalid) as caught:
            for piece in pieces:
                given += machine.feed(piece)
            given += machine.flush()
        assert given == [Step("a")]
        assert caught.value.path == "steps[1].minutes"
        assert str(caught.value) == "steps[1].minutes: expected int, got 'x'"
        with pytest.raises(OutputInvalid):
            machine.flush()


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        ('{"steps": [{"text": "a"}, {"text"', [Step("a")], "steps[1].text: the JSON is cut off after 33"),
        ('{"steps": [{"text": "a"}, oops', [Step("a")], "not JSON at character 26: 'o'"),
        ('{"steps": 3}', [], "steps: there is no list"),
        ('{"title": []}', [], "steps: there is no list"),
        ("none", [], "there is no JSON in the answer"),
    ],
)  # fmt: skip
def test_a_list_that_is_cut_broken_or_missing_is_an_error(text, given, message):
    for pieces in ([text], text):
        came, error = outcome(TypedElements(Step, at="steps"), pieces)
        assert came == given
        assert error[0] is OutputInvalid
        assert error[1].startswith(message)


def test_an_answer_that_is_no_list_is_an_error():
    _, error = outcome(TypedElements(Step), ['{"steps": []}'])
    assert error == (OutputInvalid, "the answer is no list")


def test_a_list_may_be_longer_than_what_is_held():
    text = json.dumps([{"text": "x" * 40}] * 1000)
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    assert run(TypedElements(Step, max_hold=100), pieces) == [Step("x" * 40)] * 1000
    for cut in (pieces, [text]):
        _, error = outcome(TypedElements(Step, max_hold=30), cut)
        assert error[0] is LimitExceeded


@pytest.mark.parametrize("at", [".steps", "a..b", "a[x]", "a[", "a]", 3, None])
def test_a_place_that_is_none_is_refused(at):
    with pytest.raises(ConfigurationError, match="at= takes a place such as"):
        TypedElements(Step, at=at)
