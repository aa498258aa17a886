"""The laws of typed answers: what was written comes back, and each partial is a part of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, TypeAlias

import attrs
import hypothesis
from hypothesis import strategies as st

from ..._chunks import Chunk, FinishChunk, TextChunk, ToolCallChunk, Verdict
from ...stages import AnswerType, Partial, Stage, TypedElements, TypedOutput
from ...stages._json_events import Path
from ...stages._record import path_text
from ..strategies._cutting import cuts, one_by_one
from ..strategies._typed import Writing, data_of, typed_values, writings
from ._broken import LawBroken, for_all, shown

Make: TypeAlias = Callable[[Any], Stage[Any, Any]]


@attrs.frozen
class _Written:
    """An answer, how it was written, and how that was cut."""

    hint: Any
    value: Any
    data: Any
    text: str
    pieces: list[str]
    as_call: bool

    def chunks(self, pieces: list[str]) -> list[Chunk]:
        if not self.as_call:
            return [*map(TextChunk, pieces), FinishChunk(verdict=Verdict.COMPLETE)]
        calls = [ToolCallChunk(name="answer", arguments=piece) for piece in pieces]
        return [*calls, FinishChunk(verdict=Verdict.TOOL_USE)]


def check_typed(
    output: Any = None,
    answers: st.SearchStrategy[Any] | None = None,
    *,
    make: Make = TypedOutput,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that answers of the type *output* come back whole, however models write and networks cut them::

        def test_recipes():
            check_typed(Recipe)

    *answers* is a strategy of its values, by default ``hypothesis.strategies.from_type(output)``.  Without
    *output* types are drawn, too.  Each value is written as JSON: alone, in a fence, after prose, as a
    tool call; and read by the stage that *make* makes of the type.  The last partial has the value; each
    one is a prefix of the next, and stays as it was; what it calls complete does not change.

    :raises LawBroken: says which law, and on which answer.
    """
    values = typed_values()
    if output is not None:
        drawn = st.from_type(output) if answers is None else answers
        values = drawn.map(lambda value: (output, value))
    for_all(values.flatmap(_with_writing), lambda one: _check_partials(one, make), settings)


def check_elements(
    element: Any = None,
    lists: st.SearchStrategy[list[Any]] | None = None,
    *,
    make: Callable[..., Stage[Any, Any]] = TypedElements,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that lists of the type *element* come back element by element, however they are cut::

        def test_steps():
            check_elements(Step)

    *lists* is a strategy of them.  Each list is written as the whole answer, and as a part of one, and
    read by the stage that *make* makes of the type and ``at=``.

    :raises LawBroken: says on which answer.
    """
    given = typed_values().flatmap(_repeated)
    if element is not None:
        drawn = st.lists(st.from_type(element), max_size=4) if lists is None else lists
        given = drawn.map(lambda values: (element, values))
    for_all(given.flatmap(_with_place), lambda one: _check_list(one[0], one[1], make), settings)


def _repeated(one: tuple[Any, Any]) -> st.SearchStrategy[tuple[Any, list[Any]]]:
    hint, value = one
    return st.integers(0, 3).map(lambda times: (hint, [value] * times))


def _with_writing(one: tuple[Any, Any]) -> st.SearchStrategy[_Written]:
    hint, value = one
    answer = AnswerType(hint)
    data = data_of(value)
    bare = st.just(data)
    if answer.wrapper is not None:
        bare |= st.just({answer.wrapper: data})
    return bare.flatmap(
        lambda written: writings(prose=isinstance(written, dict | list)).flatmap(
            lambda way: _cut(hint, value, data, written, way)
        )
    )


def _with_place(one: tuple[Any, list[Any]]) -> st.SearchStrategy[tuple[_Written, str]]:
    hint, values = one
    data = data_of(values)
    places = st.sampled_from([
        ("", data),
        ("", {"output": data}),
        ("steps", {"title": "a", "steps": data, "end": [1, {}]}),
        ("dishes[1].steps", {"dishes": [{"steps": [1]}, {"steps": data}]}),
    ])
    return places.flatmap(
        lambda place: writings(prose=True).flatmap(
            lambda way: _cut(hint, values, data, place[1], way).map(lambda one: (one, place[0]))
        )
    )


def _cut(
    hint: Any, value: Any, data: Any, written: Any, way: Writing
) -> st.SearchStrategy[_Written]:
    text = way.text(written)
    return cuts(text).map(lambda pieces: _Written(hint, value, data, text, pieces, way.as_call))


def _check_partials(one: _Written, make: Make) -> None:
    for pieces in (one.pieces, one_by_one(one.text)):
        kept, seen = _read(one, pieces, make, is_seen=True)
        late, _ = _read(one, pieces, make, is_seen=False)
        where = f"{shown(one.value)} written as {shown(pieces)}"
        if not seen or seen[-1].output != one.value or seen[-1].value != one.data:
            last = seen[-1] if seen else None
            raise LawBroken("the answer comes back", f"{where} is read as {shown(last)}")
        if any(partial.output is not None for partial in seen[:-1]):
            raise LawBroken("the last has the output", f"{where} has it in an earlier partial")
        for others in (kept, late):
            if others != seen:
                when = "each was" if others is kept else "none was"
                raise LawBroken(
                    "partials stay as they are",
                    f"{where} gives {shown(seen)}; where {when} looked at before the end, they then are"
                    f" {shown(others)}",
                )
        _check_growth(seen, one, where)


def _read(
    one: _Written, pieces: list[str], make: Make, *, is_seen: bool
) -> tuple[list[Partial[Any]], list[Partial[Any]]]:
    """The partials; and, where they are looked at when they come, copies of what they then were."""
    machine = make(one.hint)
    partials: list[Partial[Any]] = []
    copies: list[Partial[Any]] = []
    for chunk in [*one.chunks(pieces), None]:
        given = list(machine.flush() if chunk is None else machine.feed(chunk))
        partials += given
        if is_seen:
            copies += [
                Partial(copy.deepcopy(each.value), list(each.complete), each.output)
                for each in given
            ]
    return partials, copies


def _check_growth(partials: list[Partial[Any]], one: _Written, where: str) -> None:
    final = dict(_places(one.data, ()))
    for before, after in pairwise([*partials, partials[-1]]):
        if not _is_prefix(before.value, after.value):
            raise LawBroken(
                "each partial is a prefix of the next",
                f"{where}: {shown(before)} is none of {shown(after)}",
            )
        there = dict(_places(before.value, ()))
        wrong = [
            path for path in before.complete if path not in there or there[path] != final[path]
        ]
        if wrong or not before.complete <= after.complete:
            raise LawBroken(
                "what is complete stays", f"{where}: {shown(before)} calls {shown(wrong)} complete"
            )


def _is_prefix(part: Any, whole: Any) -> bool:
    """Whether *part* may be what came first of *whole*."""
    if isinstance(whole, str) and isinstance(part, str):
        return whole.startswith(part)
    if isinstance(whole, dict) and isinstance(part, dict):
        keys = list(part)
        same = keys == list(whole)[: len(keys)]
        return same and all(_is_prefix(part[key], whole[key]) for key in keys)
    if isinstance(whole, list) and isinstance(part, list):
        return len(part) <= len(whole) and all(map(_is_prefix, part, whole))
    return bool(part == whole)


def _places(data: Any, path: Path) -> Iterator[tuple[str, Any]]:
    if path:
        yield path_text(path), data
    inner = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for step, item in inner:
        yield from _places(item, (*path, step))


def _check_list(one: _Written, at: str, make: Callable[..., Stage[Any, Any]]) -> None:
    for pieces in (one.pieces, one_by_one(one.text)):
        machine = make(one.hint, at=at)
        read: list[Any] = []
        for chunk in one.chunks(pieces):
            read += machine.feed(chunk)
        read += machine.flush()
        if read != one.value:
            raise LawBroken(
                "the elements are those of the list",
                f"{shown(one.value)} at {at!r}, written as {shown(pieces)}, is read as {shown(read)}",
            )
