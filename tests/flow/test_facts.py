"""Operations known again in another process: their keys, and what decides about their results."""

from __future__ import annotations

import enum
import functools
import re
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import attrs
import pytest

from lionpride_trio import ConfigurationError
from lionpride_trio.flow import Graph, Operation, fork
from lionpride_trio.flow._facts import changed_fact, digest, facts_of, keys_of
from lionpride_trio.transformers import map_each, sentences, text

ROOT = Path(__file__).parents[2]


async def work(context):
    return None


def op(name, **settings):
    return Operation(work=work, name=name, **settings)


def keys(*operations, before=""):
    named = keys_of(Graph(operations), before)
    return [named[operation] for operation in Graph(operations).walk()]


def test_names_are_made_unique_by_their_place():
    assert keys(op("a"), op("b"), op("a"), op("a")) == ["a", "b", "a#2", "a#3"]


def test_a_given_id_is_the_key_and_names_make_way():
    assert keys(op("a"), op("x", id="a"), op("a")) == ["a#2", "a", "a#3"]


def test_inner_flows_stand_under_their_operation():
    inner = op("sub", inner=Graph([op("a"), op("a", id="given")]))
    assert keys(op("a"), inner, before="x/") == ["x/a", "x/sub", "x/sub/a", "x/sub/given"]
    # A name that looks like a place in another flow is no trouble.
    one, other = op("sub/a"), op("sub", inner=Graph([op("a")]))
    assert keys(one, other) == ["sub%2Fa", "sub", "sub/a"]


def test_an_id_or_a_name_is_no_place_and_no_number():
    assert keys(op("x", id="a/b"), op("x", id="a#2"), op("a"), op("a")) == [
        "a%2Fb",
        "a%232",
        "a",
        "a#2",
    ]
    assert len(set(keys(op("a/b"), op("a%2Fb"), op("x", id="a%252Fb")))) == 3


def test_which_fact_has_changed():
    first, second = op("a"), op("b")
    one, other = fork(first, 2)
    ours = {first: "a", second: "b"}

    def facts(**settings):
        return facts_of(op(**{"name": "x", "after": [first], **settings}), ours)

    before = facts()
    assert changed_fact(before, facts()) is None
    assert changed_fact(before, facts(name="y")) == "name"
    assert changed_fact(before, facts(after=[first, second])) == "edges"
    assert changed_fact(before, facts(parameters={"n": 1})) == "parameters"
    assert changed_fact(facts(stream_from=one), facts(stream_from=other)) == "edges"


def test_what_a_function_was_given_before_counts():
    def facts(work, **settings):
        return facts_of(Operation(work=work, name="x", **settings), {})

    oslo = facts(functools.partial(work, "Oslo", unit="C"))
    assert changed_fact(oslo, facts(functools.partial(work, "Oslo", unit="C"))) is None
    assert changed_fact(oslo, facts(functools.partial(work, "Bergen", unit="C"))) == "parameters"
    assert changed_fact(oslo, facts(functools.partial(work, "Oslo", unit="F"))) == "parameters"
    assert changed_fact(oslo, facts(work)) == "parameters"
    # The operations of a flow inside have facts of their own.
    inner = functools.partial(work, "Oslo")
    assert changed_fact(facts(inner, inner=Graph([])), facts(work, inner=Graph([]))) is None


def test_what_makes_one_result_of_chunks_counts():
    def facts(**settings):
        return facts_of(op("x", **settings), {})

    assert changed_fact(facts(), facts(reduce=list)) is None
    assert changed_fact(facts(), facts(reduce=sum)) == "parameters"
    joined = [functools.partial(str.join, glue) for glue in (", ", "; ")]
    assert changed_fact(facts(reduce=joined[0]), facts(reduce=joined[1])) == "parameters"


@attrs.frozen
class Settings:
    size: int
    hook: object = None


@dataclass
class Order:
    day: date
    lines: list[Settings]
    seen: object = field(default=None, compare=False)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Opaque:
    pass


def value(size=1):
    """One of each kind of parameter, as two processes make them."""
    return {
        "text": "é",
        "set": {f"item {n}" for n in range(50)},
        "function": value,
        "class": Settings,
        "partial": functools.partial(value, size),
        "recipe": text() | sentences() | map_each(str),
        "object": Settings(size, Opaque()),
        "opaque": Opaque(),
        "bytes": b"\xff",
        "nested": [(1, None, True, 2.5, size)],
        "dataclass": Order(date(2026, 1, size), [Settings(2)], seen=object()),
        "inner": Order(date(2026, 1, 1), [Settings(size)]),
        "enumeration": Colour(size),
        "flags": Rights(4 - size),
        "keys": {Colour(size): 1},
        "date": date(2026, 1, size),
        "time": time(size, tzinfo=UTC),
        "moment": datetime(2026, 1, size, tzinfo=UTC),
        "span": timedelta(size),
        "decimal": Decimal(size),
        "fraction": Fraction(size, 7),
        "path": Path(f"folder/{size}"),
        "uuid": UUID(int=size),
        "complex": complex(0, size),
        "range": range(size),
        "pattern": re.compile("a" * 300 + "b" * size),
        "bytearray": bytearray(size),
        "deque": deque([size]),
        "large": 10**9999 + size,
    }


def test_an_equal_value_has_the_same_digest_in_another_process():
    program = "from tests.flow.test_facts import digest, value; print(digest(value()))"
    there = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == digest(value())


FIXED = {"text", "set", "function", "class", "recipe", "opaque", "bytes"}
"""What does not depend on the *size*."""


@pytest.mark.parametrize("key", sorted(value().keys() - FIXED))
def test_what_a_value_is_made_of_counts(key):
    assert digest(value(1)[key]) != digest(value(2)[key])


def test_values_of_two_classes_differ():
    assert digest(Colour.RED) != digest(Rights.READ)
    assert digest(UUID(int=1)) != digest(str(UUID(int=1)))


@attrs.define
class Loop:
    inside: object = None


def test_a_value_that_contains_itself_is_refused():
    loop = Loop()
    loop.inside = [loop]
    with pytest.raises(ConfigurationError, match="contains itself"):
        digest(loop)
