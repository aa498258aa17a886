"""Types of each kind that a user may write, with values of them."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    TypedDict,
    TypeVar,
)

import attrs
from msgspec import Meta

T = TypeVar("T")


class Color(enum.Enum):
    """How it looks."""

    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Mood(enum.StrEnum):
    GOOD = "good"


@attrs.define
class Step:
    """One thing to do."""

    what: Annotated[str, "in a few words"]
    minutes: Annotated[int, Meta(ge=0)] = attrs.field(default=1, validator=attrs.validators.le(99))
    inner: list[Step] = attrs.Factory(list)
    color: Color = Color.RED


@dataclass
class Recipe:
    name: str
    steps: list[Step]
    when: dt.date | None = None
    tags: set[str] = field(default_factory=set)


class Note(TypedDict):
    text: str
    by: NotRequired[str]


class Point(NamedTuple):
    x: int
    y: int = 0


@attrs.frozen
class Page(Generic[T]):
    items: list[T]
    best: T | None = None


@attrs.frozen
class Circle:
    radius: float
    kind: Literal["circle"] = "circle"


@attrs.frozen
class Square:
    side: float
    kind: Literal["square"] = "square"


UserId = NewType("UserId", int)

# Values that must come back from their JSON.
ROUND = [
    (str, "x"),
    (int, 3),
    (float, 2.5),
    (bool, True),
    (None, None),
    (Any, {"a": [1]}),
    (object, "x"),
    (UserId, 7),
    (bytes, b"ab"),
    (dt.datetime, dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)),
    (dt.date, dt.date(2024, 1, 2)),
    (dt.time, dt.time(1, 2, 3)),
    (dt.timedelta, dt.timedelta(hours=3)),
    (uuid.UUID, uuid.UUID(int=5)),
    (decimal.Decimal, decimal.Decimal("1.50")),
    (Color, Color.BLUE),
    (Level, Level.HIGH),
    (Mood, Mood.GOOD),
    (Literal["a", 1], 1),
    (list[int], [1, 2]),
    (list, [1, "x"]),
    (Sequence[Color], [Color.RED]),
    (deque[int], deque([1])),
    (tuple[int, str], (1, "x")),
    (tuple[int, ...], (1, 2, 3)),
    (set[int], {1, 2}),
    (frozenset[Color], frozenset([Color.RED])),
    (dict[str, Step], {"a": Step("x")}),
    (dict[int, str], {1: "x"}),
    (dict[dt.date, int], {dt.date(2024, 1, 2): 1}),
    (dict[Color, int], {Color.RED: 1}),
    (dict[Level, int], {Level.LOW: 1}),
    (dict[Literal["a", "b"], int], {"a": 1}),
    (dict[Annotated[str, Meta(min_length=2)], int], {"ab": 1}),
    (dict, {"a": 1}),
    (Mapping[str, int], {"a": 1}),
    (Point, Point(1, 2)),
    (Note, {"text": "x"}),
    (Note, {"text": "x", "by": "y"}),
    (Step, Step("a", 3, [Step("b", inner=[Step("c")])], Color.BLUE)),
    (Recipe, Recipe("r", [Step("a")], dt.date(2024, 1, 2), {"t"})),
    (Page[Step], Page([Step("a")], Step("b"))),
    (Page[Page[int]], Page([Page([1])])),
    (Circle | Square, Square(1.5)),
    (list[Square | Circle | None], [Circle(1.5), None, Square(2.0)]),
    (int | str | None, None),
    (int | float, 5),
    (int | float, 5.5),
    (float | int, 5),
    (dt.date | str, dt.date(2024, 1, 2)),
    (str | dt.date, dt.date(2024, 1, 2)),
    (str | dt.date, "soon"),
    (Annotated[list[int], Meta(min_length=2)], [1, 2]),
    (Annotated[int | None, Meta(ge=3)], 3),
]
