"""Types that an answer may have, with values of them; and the ways in which models write answers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import uuid
from types import GenericAlias
from typing import Any, Final, Literal, TypeAlias

import attrs
from hypothesis import strategies as st

from ..._typed_data import to_json_text

TypedValue: TypeAlias = tuple[Any, Any]
"""A type, and a value of it."""


class _Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


_NAMES: Final = ("title", "steps", "n", "output", "a_b", "über")
_TEXTS: Final = st.text(max_size=6)
_SCALARS: Final[list[tuple[Any, st.SearchStrategy[Any]]]] = [
    (str, _TEXTS),
    (int, st.integers()),
    (float, st.floats(allow_nan=False, allow_infinity=False)),
    (bool, st.booleans()),
    (Literal["a", "b", 3] | None, st.sampled_from(["a", "b", 3, None])),
    (_Color, st.sampled_from(_Color)),
    (dt.date, st.dates()),
    (dt.datetime, st.datetimes(timezones=st.just(dt.UTC))),
    (uuid.UUID, st.uuids()),
]


def typed_values() -> st.SearchStrategy[TypedValue]:
    """A type that an answer may have, and a value of it: ``(list[int], [1, 2])``.

    Scalars, choices, dates, lists, mappings, tuples, attrs classes and dataclasses, each inside others.
    """
    return _typed_values()


@st.composite
def _typed_values(draw: st.DrawFn) -> TypedValue:
    hint, values = _draw_type(draw, 2)
    return hint, draw(values)


def _draw_type(draw: st.DrawFn, depth: int) -> tuple[Any, st.SearchStrategy[Any]]:
    kind = draw(st.integers(0, 6 if depth else 0))
    if not kind:
        scalar: tuple[Any, st.SearchStrategy[Any]] = draw(st.sampled_from(_SCALARS))
        return scalar
    hint, values = _draw_type(draw, depth - 1)
    if kind == 1:
        return GenericAlias(list, (hint,)), st.lists(values, max_size=3)
    if kind == 2:
        return GenericAlias(dict, (str, hint)), st.dictionaries(
            st.text(max_size=3), values, max_size=3
        )
    if kind == 3:
        return hint | None, st.none() | values
    if kind == 4:
        other, others = _draw_type(draw, depth - 1)
        return GenericAlias(tuple, (hint, other)), st.tuples(values, others)
    names = draw(st.lists(st.sampled_from(_NAMES), unique=True, max_size=4))
    fields = {name: _draw_type(draw, depth - 1) for name in names}
    made = _made_class({name: one for name, (one, _) in fields.items()}, is_attrs=kind == 5)
    return made, st.builds(made, **{name: one for name, (_, one) in fields.items()})


def _made_class(fields: dict[str, Any], *, is_attrs: bool) -> Any:
    if is_attrs:
        return attrs.define(type("Answer", (), {"__annotations__": fields}))
    return dataclasses.make_dataclass("Answer", fields.items())


@attrs.frozen
class Writing:
    """How a model writes an answer."""

    before: str = ""
    after: str = ""
    indent: int | None = None
    is_ascii: bool = False
    as_call: bool = False
    """In the arguments of a tool call."""

    def text(self, data: Any) -> str:
        """*data* so written."""
        document = json.dumps(data, ensure_ascii=self.is_ascii, indent=self.indent)
        return f"{self.before}{document}{self.after}"


_PREFACES: Final = ("Here it is:\n\n", "As {you} asked (see [below]):\n```json\n", "The answer: ")
_ENDS: Final = ("\n", "\n```\n", "\n```\nAnything else? {}")


def writings(*, prose: bool) -> st.SearchStrategy[Writing]:
    """Ways of writing an answer: alone, in a fence, as a tool call; and, with *prose*, with it around."""
    around: list[st.SearchStrategy[tuple[str, str]]] = [
        st.just(("", "")),
        st.just(("```json\n", "\n```")),
    ]
    if prose:
        around.append(st.tuples(st.sampled_from(_PREFACES), st.sampled_from(_ENDS)))
    texts = st.builds(
        lambda sides, indent, is_ascii: Writing(
            before=sides[0], after=sides[1], indent=indent, is_ascii=is_ascii
        ),
        st.one_of(around),
        st.sampled_from([None, 1]),
        st.booleans(),
    )
    return texts | st.just(Writing(as_call=True)) if prose else texts


def data_of(value: Any) -> Any:
    """The plain data that *value* is in JSON."""
    return json.loads(to_json_text(value))
