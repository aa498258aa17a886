"""The parts without a wire: the text, the directives in a name, and invented arguments."""

import pytest
from hypothesis import given, strategies as st

from lionpride_trio.local._arguments import invent_arguments
from lionpride_trio.local._ask import Ask
from lionpride_trio.local._directives import Directives, read_directives
from lionpride_trio.local._reply import plan
from lionpride_trio.local._trigram import TrigramModel, pieces


@given(st.text())
def test_pieces_joined_are_the_text(text):
    assert "".join(pieces(text)) == text


def test_the_same_seed_walks_the_same_way():
    model = TrigramModel.bundled()
    assert model.answer("a", 50) == model.answer("a", 50)
    assert model.answer("a", 50) != model.answer("b", 50)
    assert len(model.exactly("a", 1000)) == 1000


def test_an_answer_ends_with_its_sentence():
    answers = [TrigramModel.bundled().answer(str(seed), 50) for seed in range(50)]
    assert {answer[-1] for answer in answers} <= {".", "?", "!"}
    assert all(50 <= len(answer) <= 95 for answer in answers)


def test_a_text_of_one_sentence_is_too_short():
    with pytest.raises(ValueError, match="two sentences"):
        TrigramModel("Call me Ishmael")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gpt-4o-mini", Directives(base="gpt-4o-mini")),
        ("claude-3-5-haiku-20241022", Directives(base="claude-3-5-haiku-20241022")),
        ("m-reasoning-tools", Directives(base="m", reasoning=True, tools=True)),
        ("m-error-429", Directives(base="m", status=429)),
        ("m-error-200", Directives(base="m-error-200")),
        ("m-error", Directives(base="m-error")),
        ("m-midstream-error", Directives(base="m", fault="error")),
        ("m-midstream", Directives(base="m-midstream")),
        ("m-cut", Directives(base="m", fault="cut")),
        ("m-pieces-7-x", Directives(base="m-x", length=7)),
        ("m-pieces-9999999", Directives(base="m", length=200_000)),
        ("m-pieces-٣", Directives(base="m-pieces-٣")),
        ("slow", Directives(base="", slow=True)),
        ("", Directives(base="")),
    ],
)
def test_a_name_is_taken_apart(name, expected):
    assert read_directives(name) == expected


def words(seed):
    return f"words {seed[:4]}"


@pytest.mark.parametrize(
    ("schema", "check"),
    [
        ({}, lambda v: v == {}),
        ({"properties": {"a": {"const": 3}}}, lambda v: v == {"a": 3}),
        ({"properties": {"a": {"default": [1]}}}, lambda v: v == {"a": [1]}),
        ({"properties": {"a": {"type": "array", "items": {"type": "boolean"}, "minItems": 3}}},
         lambda v: len(v["a"]) == 3 and set(v["a"]) <= {True, False}),
        ({"properties": {"a": {"type": "number", "minimum": 2, "maximum": 3}}},
         lambda v: 2 <= v["a"] <= 3),
        ({"properties": {"a": {"type": ["null", "string"]}}}, lambda v: isinstance(v["a"], str)),
        ({"properties": {"a": {"anyOf": [{"type": "null"}, {}]}}}, lambda v: v["a"] is None),
        ({"type": "OBJECT", "properties": {"a": {"type": "INTEGER"}}},
         lambda v: isinstance(v["a"], int)),
        ({"properties": {"a": {"$ref": "#/$defs/x~1y"}}, "$defs": {"x/y": {"const": 1}}},
         lambda v: v == {"a": 1}),
    ],
)  # fmt: skip
def test_arguments_follow_the_schema(schema, check):
    assert check(invent_arguments(schema, "seed", words))


def test_a_schema_that_holds_itself_comes_to_an_end():
    node = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    assert "next" in invent_arguments(node, "seed", words)


@given(
    st.sampled_from(["", "reasoning", "tools", "thinktags", "parallel-reasoning"]),
    st.integers(1, 300),
    st.lists(st.text(min_size=1, max_size=3), max_size=3),
)
def test_a_plan_keeps_its_limit_and_its_stop_strings(directives, limit, stop):
    ask = Ask(model="m", prompt="hi", context="hi", limit=limit, stop=tuple(stop))
    reply = plan(ask, read_directives(f"m-{directives}"), seed=0)
    assert reply.count <= limit
    assert not any(one in reply.text("text") for one in stop)
    if reply.stop_string is not None:
        assert reply.finish == "stop_string"
