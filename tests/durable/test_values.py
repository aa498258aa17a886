"""Objects of a program's own, written for a journal and read again."""

from __future__ import annotations

import enum
import sys
from collections import namedtuple
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from lionpride_trio import ConfigurationError, DecodeError, Response, TextChunk, TextPart
from lionpride_trio._json_form import read_line, write_line
from lionpride_trio.durable._values import Stored, from_data, write_value


class Level(enum.IntEnum):
    LOW = 1


class Sides(enum.Flag):
    LEFT = 1
    RIGHT = 2


@attrs.frozen
class Node:
    name: str
    below: tuple[Node, ...] = ()
    _hidden: int = 0
    size: int = attrs.field(init=False, default=7)


@dataclass
class Page:
    nodes: list[Node]
    about: dict[Any, Any] = field(default_factory=dict)
    made: int = field(init=False, default=0)


Pair = namedtuple("Pair", "a b")  # ruff: ignore[collections-named-tuple]


def again(value):
    return from_data(read_line(write_line(write_value(value, "it", "give"), "it")))


SAMPLES = [
    Node("a", (Node("b", hidden=3),)),
    Page([Node("a")], {Level.LOW: Sides.LEFT | Sides.RIGHT, (1, 2): {3}}),
    Pair(Node("x"), [1]),
    frozenset({Node("a"), Node("b")}),
    {date(2026, 1, 2): time(3, 4), "t": timedelta(days=1, seconds=2, microseconds=3)},
    [UUID(int=7), Decimal("1.10"), Fraction(1, 3), Path("a/b"), datetime(2026, 1, 1, tzinfo=UTC)],
    Response(parts=(TextPart("Hi"),)),
    [TextChunk("a")],
    {"$": 1, "$map": [2]},
    Stored("a", {"b": 1}).data,
    float("inf"),
]


@pytest.mark.parametrize("value", SAMPLES, ids=lambda value: type(value).__name__)
def test_values_come_back(value):
    read = again(value)
    assert read == value
    assert type(read) is type(value)


def test_fields_that_init_does_not_take_come_back():
    page = Page([])
    page.made = 5
    assert again(page).made == 5


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | st.binary() | st.decimals(allow_nan=False) | st.uuids() | st.dates(),
    lambda inner: st.lists(inner)
    | st.tuples(inner, inner)
    | st.dictionaries(st.text() | st.tuples(st.integers()), inner)
    | st.builds(Pair, inner, inner)
    | st.frozensets(st.text() | st.integers()),
)  # fmt: skip


@given(plain)
def test_whatever_is_made_of_such_comes_back(value):
    assert again(value) == value


def test_classes_that_no_other_process_finds_are_refused():
    @attrs.frozen
    class Local:
        pass

    with pytest.raises(
        ConfigurationError, match=r"it cannot be kept in a journal.*made inside a function"
    ):
        write_value([Local()], "it", "give")
    with pytest.raises(ConfigurationError, match="give text, numbers, lists, mappings, responses"):
        write_value({"a": object()}, "it", "give")


@dataclass(init=False)
class Stubborn:
    size: int

    def __init__(self, width, height):
        self.size = width * height


def test_a_value_that_could_not_be_read_again_is_refused_when_it_is_written():
    with pytest.raises(ConfigurationError, match=r"a stored .*Stubborn cannot be read"):
        write_value(Stubborn(2, 3), "it", "give")


def test_a_class_that_is_gone_cannot_be_read(monkeypatch):
    data = write_value(Node("a"), "it", "give")
    monkeypatch.delattr(sys.modules[__name__], "Node")
    with pytest.raises(DecodeError, match="no such class any more"):
        from_data(data)


def test_a_class_that_refuses_its_fields_now_cannot_be_read():
    with pytest.raises(DecodeError, match="cannot be read"):
        from_data(Stored(f"{__name__}:Node", {"below": []}))


@pytest.mark.parametrize(
    "kind", ["subprocess:Popen", "builtins:exec", "os:system", "nowhere:Class", "os:", ":", "x"]
)
def test_a_database_lets_nothing_run(kind, monkeypatch):
    """Only classes that are made of fields, and are imported already, are called."""
    monkeypatch.delitem(sys.modules, "antigravity", raising=False)
    with pytest.raises(DecodeError):
        from_data(Stored(kind, {"args": ["true"], "value": 1}))
    with pytest.raises(DecodeError):
        from_data(Stored("antigravity:Class", {}))
    assert "antigravity" not in sys.modules
