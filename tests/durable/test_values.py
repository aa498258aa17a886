"""Objects of a program's own, written for a journal and read again."""

from __future__ import annotations

import enum
import functools
import sys
from collections import Counter, OrderedDict, defaultdict, namedtuple
from dataclasses import InitVar, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import MappingProxyType
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs
import pytest
from hypothesis import given, strategies as st

from lionpride_trio import ConfigurationError, DecodeError, Response, TextChunk, TextPart
from lionpride_trio._json_form import read_line, write_line
from lionpride_trio.durable import State
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


@attrs.define(on_setattr=attrs.setters.NO_OP)
class Small:
    size: int = attrs.field(validator=attrs.validators.lt(10))


def test_a_value_that_could_not_be_read_again_is_refused_when_it_is_written():
    small = Small(1)
    small.size = 11
    with pytest.raises(ConfigurationError, match=r"a stored .*Small cannot be read.*< 10"):
        write_value(small, "it", "give")


@dataclass
class Cents:
    price: float
    made: list[str] = field(default_factory=list, init=False)

    def __post_init__(self):
        self.price *= 100
        self.made.append("made")
        self.rounded = round(self.price)

    @functools.cached_property
    def words(self):
        return object()


@dataclass(frozen=True, slots=True)
class Corner:
    place: tuple[int, int]
    side: str = field(init=False, default="left")

    def __post_init__(self):
        object.__setattr__(self, "place", (self.place[0] + 1, self.place[1]))


@dataclass(init=False)
class Area:
    size: int

    def __init__(self, width, height):
        self.size = width * height


@dataclass
class Given:
    size: int
    times: InitVar[int] = 5

    def __post_init__(self, times):
        self.size *= times


@attrs.define
class Counted:
    count: int = attrs.field(converter=lambda count: count + 1)
    late: int = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self):
        self.count *= 2


@attrs.frozen(cache_hash=True)
class Hashed:
    name: str


@attrs.frozen(cache_hash=True, slots=False)
class HashedToo:
    name: str


T = TypeVar("T")


@attrs.define(slots=False)
class Crate(Generic[T]):
    inside: T


class Even(namedtuple("Even", "number")):  # ruff: ignore[collections-named-tuple]
    __slots__ = ()

    def __new__(cls, number):
        return super().__new__(cls, 2 * number)


@pytest.mark.parametrize(
    "value",
    [
        Cents(1.5), Corner((1, 2)), Area(2, 3), Given(2), Counted(1), Even(3), Crate[int](1),
        OrderedDict(b=1, a=[Level.LOW]), Counter("aab"), PurePosixPath("a"), PureWindowsPath("a/b"),
        State.ENDED,
    ],
    ids=repr,
)  # fmt: skip
def test_what_a_class_does_with_its_fields_is_not_done_again(value):
    """However often it comes back."""
    before = repr(value)
    for _ in range(3):
        value, was = again(value), value
        assert type(value) is type(was)
        assert (repr(value), value) == (before, was)


def test_what_was_set_on_an_object_comes_back_and_what_it_can_find_again_does_not():
    value = Cents(1.501)
    value.note = {1}
    assert value.words is value.words
    read = again(value)
    assert (read.rounded, read.note) == (150, {1})
    assert "words" not in vars(read)
    assert not hasattr(again(Counted(1)), "late")


@pytest.mark.parametrize("cls", [Hashed, HashedToo])
def test_a_hash_that_an_object_keeps_is_found_anew(cls):
    value = cls("a")
    assert hash(value) == hash(cls("a"))
    assert "hash" not in write_line(write_value(value, "it", "give"), "it").replace(
        '"_attrs_cached_hash":null', ""
    ).replace(cls.__name__, "")
    assert {again(value)} == {value}


def test_a_class_may_have_other_fields_now(monkeypatch):
    """New ones have their defaults; old ones do not count."""

    @attrs.define
    class Node:
        name: str
        added: int = 3
        made: list[str] = attrs.field(factory=list)
        twice: str = attrs.field(default=attrs.Factory(lambda self: self.name * 2, takes_self=True))

    @dataclass
    class Page:
        nodes: list[Any]
        added: list[int] = field(default_factory=list)
        more: int = 4

    node, page = (
        write_value(globals()["Node"]("a"), "it", "give"),
        write_value(globals()["Page"]([]), "it", "give"),
    )
    monkeypatch.setitem(globals(), "Node", Node)
    monkeypatch.setitem(globals(), "Page", Page)
    assert from_data(node) == Node("a", 3, [], "aa")
    assert from_data(page) == Page([], [], 4)


class Text(str):  # ruff: ignore[subclass-builtin]
    __slots__ = ()


class Many(list):  # ruff: ignore[subclass-builtin]
    pass


class Moment(datetime):
    pass


@dataclass
class Shelf(dict):  # ruff: ignore[subclass-builtin]
    size: int = 1


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (Text("a"), "str"), (Many(), "list"), (Moment(2026, 1, 1), "datetime"), (Shelf(), "dict"),
        (defaultdict(int), "dict"), (MappingProxyType({}), "dict"), (type("Set", (set,), {})(), "set"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_would_come_back_as_another_class_is_refused(value, base):
    kind = type(value).__name__
    with pytest.raises(
        ConfigurationError, match=rf"is a {kind}, and would come back as a {base}: make it a {base}"
    ):
        write_value([{"a": value}], "it", "give")
    with pytest.raises(ConfigurationError, match="would come back as a str"):
        write_value({Text("key"): 1}, "it", "give")


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
