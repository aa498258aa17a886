"""Reading takes all that a schema allows: one walk over the type decides both."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import uuid
from collections import deque
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from msgspec import Meta

from lionpride_trio._typed_data import Misfit, reader_of, schema_of, to_json_text
from lionpride_trio.testing import json_of

from .shapes import ROUND, Circle, Color, Level, Mood, Note, Page, Point, Recipe, Square, Step

ANY_SETTINGS = settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
HINTS = list(dict.fromkeys(hint for hint, _ in ROUND))


def tried(read, data):
    """The reader's result for the data, and the faults that it finds."""
    try:
        return read(data), ()
    except Misfit as error:
        return None, error.places


@pytest.mark.parametrize("hint", HINTS, ids=str)
def test_whatever_the_schema_allows_can_be_read_and_written_again(hint):
    schema = schema_of(hint)
    valid = jsonschema.Draft202012Validator(schema)
    read = reader_of(hint)

    @ANY_SETTINGS
    @given(json_of(schema))
    def check(data: Any) -> None:
        valid.validate(data)
        value, faults = tried(read, data)
        assert all(place.by_validator for place in faults)
        if not faults:
            assert read(json.loads(to_json_text(value))) == value

    check()


LEAVES = st.sampled_from([
    str,
    int,
    float,
    bool,
    None,
    dt.date,
    dt.datetime,
    dt.timedelta,
    uuid.UUID,
    decimal.Decimal,
    bytes,
    Color,
    Level,
    Mood,
    Literal["a", 1],
    Note,
    Point,
    Step,
    Recipe,
    Circle | Square,
    Annotated[str, Meta(min_length=2, max_length=4)],
    Annotated[float, Meta(gt=0, le=1)],
    Annotated[int, Meta(multiple_of=3, ge=2, lt=20)],
    Annotated[str, Meta(pattern="^[a-c]+$")],
])
TYPES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda one: list[one]),
        inner.map(lambda one: Annotated[list[one], Meta(min_length=1, max_length=2)]),
        inner.map(lambda one: dict[str, one]),
        inner.map(lambda one: tuple[one, int]),
        inner.map(lambda one: tuple[one, ...]),
        inner.map(lambda one: deque[one]),
        inner.map(lambda one: Page[one]),
        inner.map(lambda one: one | None if one is not None else None),
    ),
    max_leaves=3,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(hint=TYPES, data=st.data())
def test_this_holds_for_types_of_types(hint, data):
    schema = schema_of(hint)
    jsonschema.Draft202012Validator.check_schema(schema)
    drawn = data.draw(json_of(schema))
    jsonschema.Draft202012Validator(schema).validate(drawn)
    assert all(place.by_validator for place in tried(reader_of(hint), drawn)[1])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(hint=TYPES, data=json_of({}))
def test_whatever_can_be_read_the_schema_allows_and_nothing_else_is_raised(hint, data):
    allowed = jsonschema.Draft202012Validator(schema_of(hint)).is_valid(data)
    _, faults = tried(reader_of(hint), data)
    assert faults or allowed
