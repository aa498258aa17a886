"""Arguments of a call that come path by path, as Vertex sends them."""

from __future__ import annotations

import json

import pytest

from lionpride_trio import DecodeError, LimitExceeded
from lionpride_trio.providers._gemini._partial_args import MAX_ITEMS, PartialArguments


def put_together(*pieces):
    arguments = PartialArguments()
    for path, kind, value in pieces:
        arguments.add([{"jsonPath": path, kind: value}])
    return json.loads(arguments.text())


def test_values_of_every_kind_stand_at_their_paths():
    assert put_together(
        ("$.city", "stringValue", "Os"),
        ("$.days", "numberValue", 3),
        ("$.city", "stringValue", "lo"),
        ("$.metric", "boolValue", False),
        ("$.note", "nullValue", "NULL_VALUE"),
    ) == {"city": "Oslo", "days": 3, "metric": False, "note": None}


def test_lists_and_objects_are_made_on_the_way():
    assert put_together(
        ("$.stops[1].name", "stringValue", "b"),
        ("$.stops[0].name", "stringValue", "a"),
        ("$.stops[1].days[0]", "numberValue", 1),
        ("$['odd key'][1]", "boolValue", True),
        ("$[\"a 'key'\"]", "stringValue", "x"),
    ) == {
        "stops": [{"name": "a"}, {"name": "b", "days": [1]}],
        "odd key": [None, True],
        "a 'key'": "x",
    }


def test_a_string_can_be_looked_at_while_it_comes():
    arguments = PartialArguments()
    for piece, so_far in (("He", "He"), ("llo", "Hello")):
        arguments.add([{"jsonPath": "$.a", "stringValue": piece}])
        assert json.loads(arguments.text()) == {"a": so_far}


def test_what_was_refused_spoils_nothing_of_the_rest():
    arguments = PartialArguments()
    arguments.add([{"jsonPath": "$.a", "stringValue": "x"}])
    with pytest.raises(DecodeError):
        arguments.add([{"jsonPath": "a", "stringValue": "y"}])
    assert json.loads(arguments.text()) == {"a": "x"}


@pytest.mark.parametrize("path", ["", "$", "city", "a.b"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(DecodeError, match="is no path of an argument"):
        put_together((path, "numberValue", 1))


def test_a_list_has_a_bound():
    with pytest.raises(LimitExceeded) as caught:
        put_together((f"$.a[{MAX_ITEMS + 1}]", "numberValue", 1))
    assert (caught.value.limit, caught.value.value) == ("argument_items", MAX_ITEMS)
