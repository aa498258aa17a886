"""Which tool call a piece belongs to, where servers number calls carelessly."""

import itertools
import json

import pytest

from tests.providers.openai_chat.events import F, G, call, calls, choice, function, whole


def test_an_id_that_changes_while_a_call_goes_on():
    assert calls(
        call(function("f", "", index=0, id="a")),
        call(function(None, '{"x"', index=0, id="b")),
        call(function(None, ":", index=0, id="c")),
        call(function(None, "1}", index=0)),
    ) == [("a", "f", '{"x":1}')]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("numbered", [{"index": 0}, {}])
@pytest.mark.parametrize("named", [(F, G), (F, F), (F, G, F)])
def test_whole_calls_without_ids_on_one_index(together, numbered, named):
    pieces = [function(*each, **numbered) for each in named]
    events = [call(*pieces)] if together else [call(piece) for piece in pieces]
    assert calls(*events) == [(None, *each) for each in named]


@pytest.mark.parametrize("index", [{"index": 0}, {"index": None}, {}])
def test_whole_calls_with_ids_on_one_index(index):
    events = [call(function(*each, id=i, **index)) for i, each in (("a", F), ("b", G))]
    assert calls(*events) == [("a", *F), ("b", *G)]


def test_calls_without_arguments():
    both = [function("f", "", index=0, id="a"), function("g", "", index=0, id="b")]
    expected = [("a", "f", "{}"), ("b", "g", "{}")]
    assert calls(call(*both)) == calls(*map(call, both)) == expected
    assert calls(call(function("f", ""), function("g", ""))) == [
        (None, "f", "{}"),
        (None, "g", "{}"),
    ]


@pytest.mark.parametrize("numbers", [(None, None), (0, 0), (0, 1), (1, 0), (3, 7)])
def test_pieces_with_ids_that_alternate(numbers):
    names, halves = "ab", ('{"x"', ":1}")
    pieces = [
        call(function(name if half == halves[0] else None, half, id=name, index=index))
        for half, (name, index) in itertools.product(halves, zip(names, numbers, strict=True))
    ]
    assert calls(*pieces) == [("a", "a", '{"x":1}'), ("b", "b", '{"x":1}')]


def test_one_id_for_calls_of_two_indexes():
    pieces = [call(function(*each, id="same", index=i)) for i, each in enumerate((F, G))]
    assert calls(*pieces) == [("same", *F), (None, *G)]
    bare = [call(function(name, "", id="same", index=i)) for i, name in enumerate("fg")]
    assert calls(*bare) == [("same", "f", "{}"), (None, "g", "{}")]


@pytest.mark.parametrize("ids", [("z", None), (None, None), ("z", "z")])
def test_a_name_in_pieces(ids):
    one, two = ids
    assert calls(
        call(function("get_", "", index=0, id=one)),
        call(function("weather", "", index=0, id=two)),
        call(function(None, "{}", index=0, id=two)),
    ) == [(one, "get_weather", "{}")]


@pytest.mark.parametrize("ids", [("z", "z", "z"), (None, None, None), ("z", None, None), "abc"])
def test_a_name_that_comes_again_with_each_piece(ids):
    pieces = ['{"x"', ":", "1}"]
    events = [call(function("f", p, index=0, id=i)) for p, i in zip(pieces, ids, strict=True)]
    assert calls(*events) == [(ids[0], "f", '{"x":1}')]


@pytest.mark.parametrize("given", [{"a": [1, "é"]}, {}, [1]])
def test_arguments_that_are_no_text(given):
    ((_, _, arguments),) = calls(call(function("f", given, index=0, id="z")))
    assert json.loads(arguments) == given
    said = whole({"tool_calls": [function("f", given, id="z")]})
    assert said.tool_calls[0].parsed() == given


@pytest.mark.parametrize("cut", [0, 3, 7])
@pytest.mark.parametrize("bears", [{}, {"id": "a"}, {"id": "a", "name": "f"}])
def test_arguments_that_come_again_as_a_whole_are_told_once(cut, bears):
    named = {"id": bears["id"]} if "id" in bears else {}
    pieces = [function("f", F[1][:cut], id="a", index=0), function(None, F[1][cut:], index=0)]
    again = function(bears.get("name"), F[1], **named, index=0)
    assert calls(*map(call, [*pieces, again])) == [("a", *F)]


@pytest.mark.parametrize("empty", ["{}", {}, " {} "])
def test_an_empty_input_at_the_start_is_not_a_part_of_the_arguments(empty):
    first = function("f", empty, index=0, id="a")
    assert calls(call(first), call(function(None, F[1], index=0))) == [("a", *F)]
    assert calls(call(first)) == [("a", "f", "{}")]


@pytest.mark.parametrize("named", [0, 1, 2])
def test_a_name_that_comes_late(named):
    pieces = [function("f" if at == named else None, p, index=0) for at, p in enumerate("{ }")]
    assert calls(*(call({**piece, "id": "a"}) for piece in pieces)) == [("a", "f", "{ }")]


def test_an_index_that_the_opening_lacks_or_alone_has():
    one, two = function("f", '{"x"', id="a"), function(None, ":1}")
    assert calls(call(one), call({**two, "index": 0})) == [("a", "f", '{"x":1}')]
    assert calls(call({**one, "index": 0}), call(two)) == [("a", "f", '{"x":1}')]


def test_calls_that_are_no_list():
    piece = function(*F, id="a", index=0)
    assert calls(choice({"tool_calls": piece})) == [("a", *F)]
    assert whole({"tool_calls": piece}).tool_calls[0].parsed() == {"a": 1}


def test_inner_objects_are_told_piece_by_piece():
    told = '{"a":{"b":{}},"c":[{},{}]}'
    events = [call(function("f" if not at else None, p, index=0)) for at, p in enumerate(told)]
    assert calls(*events) == [(None, "f", told)]


def test_the_input_of_a_custom_tool_may_repeat_itself():
    pieces = [{"name": "sh", "input": '{"a":1}'}, {"input": '{"a":1}'}]
    assert calls(*(call({"index": 0, "custom": piece}) for piece in pieces)) == [
        (None, "sh", '{"a":1}{"a":1}')
    ]


def test_a_custom_tool():
    pieces = [{"name": "sh", "input": ""}, {"input": "echo "}, {"input": "hi"}]
    events = [call({"index": 0, "custom": piece}) for piece in pieces]
    assert calls(*events) == [(None, "sh", "echo hi")]
    said = whole({"tool_calls": [{"id": "z", "custom": {"name": "sh", "input": "ls"}}]})
    assert [(c.id, c.name, c.arguments) for c in said.tool_calls] == [("z", "sh", "ls")]
