"""Rows: the bars of a timeline in the order in which they are shown, each below the one that it is a part of.

A story that is nothing but another one (an operation that is one turn, a turn that is one call) shares a row
with it, so that a flow of four questions has four rows and not twelve.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import attrs

from ._bars import Bar
from ._text_width import plain


@attrs.frozen
class Span:
    """The time that is shown, by the clock of the run."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """Its length; never 0."""
        return max(self.ended - self.began, 1e-6)


@attrs.frozen
class Row:
    """One line: a story, with the details of the call that it is, where it is one."""

    bar: Bar
    """The outermost of the stories that share the row: its start, end and outcome."""
    detail: Bar
    """The innermost of them."""
    label: str
    depth: int

    def until(self, span: Span) -> float:
        """Its end, or that of the time that is shown."""
        return span.ended if self.bar.ended is None else self.bar.ended


def span_of(bars: Sequence[Bar], now: float | None) -> Span:
    """The time from the first start to the last thing that is known, or until *now*."""
    if not bars:
        return Span(0.0, 0.0)
    last = max(time for bar in bars for time in _times(bar))
    return Span(min(bar.began for bar in bars), last if now is None else max(now, last))


def _times(bar: Bar) -> Iterable[float]:
    yield bar.began
    if bar.ended is not None:
        yield bar.ended
    for at, _ in bar.arrivals[-1:]:
        yield at
    for attempt in bar.attempts[-1:]:
        yield from (at for at in (attempt.sent, attempt.answered, attempt.failed) if at is not None)


def rows_of(bars: Sequence[Bar]) -> list[Row]:
    """The rows of *bars*, by their starts; the parts of each follow it.

    What began in one moment was begun by trio in any order.  It is shown by its place in its flow, its name and
    its end, so that one run gives one picture.
    """
    known = {bar.id for bar in bars}
    parts: defaultdict[str | None, list[Bar]] = defaultdict(list)
    for bar in sorted(bars, key=_order):
        parts[bar.parent_id if bar.parent_id in known else None].append(bar)
    rows: list[Row] = []

    def add(bar: Bar, depth: int) -> None:
        label, detail = bar.label, bar
        inside = parts[bar.id]
        while len(inside) == 1 and _is_all_of(inside[0], detail):
            detail = inside[0]
            if detail.label != label and detail.kind == "call":
                label = f"{label} · {detail.label}"
            inside = parts[detail.id]
        rows.append(Row(bar, detail, plain(label), depth))
        for part in inside:
            add(part, depth + 1)

    for bar in parts[None]:
        add(bar, 0)
    return rows


def edges_of(rows: Sequence[Row]) -> Iterable[tuple[int, int]]:
    """The numbers of each two rows of which the second is an operation that needs the first.

    An operation is told by its flow and its id: one builder may have run several times.
    """
    places = {
        (row.bar.parent_id, row.bar.operation): number
        for number, row in enumerate(rows)
        if row.bar.operation is not None
    }
    for (flow, _), number in places.items():
        for needed in rows[number].bar.needs:
            if (flow, needed) in places:
                yield places[flow, needed], number


def _order(bar: Bar) -> tuple[float, int, str, float, int]:
    return bar.began, bar.place, bar.label, math.inf if bar.ended is None else bar.ended, bar.chunks


def _is_all_of(part: Bar, whole: Bar) -> bool:
    """Whether *part* is nearly the whole of it, by what they are."""
    return part.kind in {"turn", "call"} and whole.kind in {"operation", "turn", "stream"}
