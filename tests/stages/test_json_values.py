"""JSON values one after another."""

import json
import re

import pytest
from hypothesis import given, strategies as st

from lionpride_trio import DecodeError, LimitExceeded
from lionpride_trio.stages import JSONValues
from lionpride_trio.stages._json_parser import JSONParser
from tests.stages.cutting import made_of, outcome, run
from tests.stages.test_partial_json import DOCUMENTS


@given(st.lists(DOCUMENTS, max_size=5), st.sampled_from([" ", "\n", ",", ", ", "\r\n\t"]))
def test_values_are_those_of_json_loads(documents, between):
    text = between.join(documents)
    expected = [json.loads(document) for document in documents]
    for pieces in ([text], text):
        assert run(JSONValues(), pieces) == expected


def test_values_need_nothing_between_them_where_it_is_clear():
    text = '{"a":1}{"b":2}[3]"x"4"y"[5]true[6]'
    expected = [{"a": 1}, {"b": 2}, [3], "x", 4, "y", [5], True, [6]]
    assert run(JSONValues(), [text]) == run(JSONValues(), text) == expected


def test_a_value_is_given_with_its_last_character():
    machine = JSONValues()
    for piece, values in [
        ('{"a": [1', []), ("]", []), ("}", [{"a": [1]}]), (' "x', []), ('y"', ["xy"]), (" nul", []),
        ("l", [None]), (" 1", []), ("2", []), (" ", [12]), ("3", []),
    ]:  # fmt: skip
        assert list(machine.feed(piece)) == values
    assert list(machine.flush()) == [3]


def test_large_integers_are_exact():
    digits = "7" * 6000
    for pieces in ([f"[{digits}] {digits}"], f"[{digits}] {digits}"):
        (inside,), alone = run(JSONValues(), pieces)
        assert inside == alone == (10**6000 - 1) // 9 * 7


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("[1] x", [[1]], "character 4: 'x' where a value is expected"),
        ("truefalse", [True], "character 4: 'f' where white space or a comma is expected"),
        ("1true", [1], "character 1: 't' where white space or a comma is expected"),
        ("1 [2", [1], "cut off after 4 characters"),
        ("1 [}", [1], "character 3: '}' where a value or ] is expected"),
        ("1 -", [1], "character 2: '-' is no number"),
        ("]", [], "character 0: ']' where a value is expected"),
    ],
)
def test_what_is_no_json_is_an_error_after_the_values_before_it(text, values, message):
    for pieces in ([text], text):
        given, error = outcome(JSONValues(), pieces)
        assert given == values
        assert error is not None
        assert error[0] is DecodeError
        assert message in error[1]


def test_prose_is_skipped_where_that_is_wanted():
    text = 'Take {x} or [see {"a": "}"}], "q" 12 [1, [tr[2] and {"b": [3]}, {"c" [4].'
    expected = [{"a": "}"}, [2], {"b": [3]}, [4]]
    for pieces in ([text], text):
        assert run(JSONValues(skip_prose=True), pieces) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Use ["foo, e.g. {"a":1} please', [{"a": 1}]),
        ('Use [1, {"a":1} please', [{"a": 1}]),
        ('Use {"a": [1], and [2] please', [[1], [2]]),
        ('["a\\"[1] {"b":2}', [[1], {"b": 2}]),
        ("[1, [2, [3] x", [[3]]),
        ('["[[" [1] x"x', [[1]]),
    ],
)
def test_what_turns_out_to_be_no_value_is_prose(text, expected):
    for size in (len(text), 1, 2, 3, 7):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        assert run(JSONValues(skip_prose=True), pieces) == expected


@given(made_of("[", "]", "{", "}", '"', ",", ":", "1", " ", "x", "\\", '"a":', max_size=24))
def test_values_in_prose_are_the_first_that_can_be_read(text):
    text += 'x"x'  # no value goes on here, so none is cut off
    decoder = json.JSONDecoder()
    expected, at = [], 0
    while (start := re.compile(r"[\[{]").search(text, at)) is not None:
        try:
            value, at = decoder.raw_decode(text, start.start())
        except ValueError:
            at = start.start() + 1
        else:
            expected.append(value)
    for pieces in ([text], text):
        assert run(JSONValues(skip_prose=True), pieces) == expected


@pytest.mark.parametrize(
    "text",
    ["[" * 200 + "1," * 4000 + "x"]
    + [part * 2000 for part in ('["', "[", '{"a":', '[""', '[""[1,', '{{["', '"]', "[1,[2],")],
    ids=lambda text: text[:9],
)
def test_prose_full_of_brackets_is_read_a_few_times_at_most(text, monkeypatch):
    read = 0
    consume = JSONParser.consume

    def counting(parser, *args):
        nonlocal read
        before = parser.seen
        try:
            return consume(parser, *args)
        finally:
            read += parser.seen - before

    monkeypatch.setattr(JSONParser, "consume", counting)
    for size in (len(text), 7):
        read = 0
        outcome(
            JSONValues(skip_prose=True),
            ['["', *(text[at : at + size] for at in range(0, len(text), size))],
        )
        assert read < 4 * len(text)


def test_depth_is_bounded():
    deepest = "[" * 256 + "]" * 256
    assert len(run(JSONValues(), [deepest])) == len(run(JSONValues(), deepest)) == 1
    for text in ("[" + deepest + "]", "[" * 100_000):
        for pieces in ([text], text[:1000]):
            assert outcome(JSONValues(), pieces)[1] == (
                LimitExceeded,
                "JSON nested more than 256 levels deep",
            )


def test_many_brackets_are_not_deep():
    assert run(JSONValues(), [json.dumps([[]] * 1000)]) == [[[]] * 1000]
    assert run(JSONValues(), [json.dumps(["[" * 1000])]) == [["[" * 1000]]


def test_a_long_value_fed_a_character_at_a_time():
    text = json.dumps([{"id": n, "text": "x" * 20} for n in range(4000)])
    assert run(JSONValues(), text) == [json.loads(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rated [5", []),
        ('here: [1] and {"a": 1, ', [[1]]),
        ('[{"a":1},{"a":2},{"a":', []),
        ('```json\n{"a": {"x":1}, "b": ', []),
    ],
)
def test_a_value_that_is_cut_off_is_an_error_in_prose_too(text, expected):
    """Its inner values are not given for it: they are not what was asked for."""
    given, error = outcome(JSONValues(skip_prose=True), [text])
    assert (given, error and error[0]) == (expected, DecodeError)
