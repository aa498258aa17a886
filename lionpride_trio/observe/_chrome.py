"""A timeline in Chrome's trace format, as JSON: complete events, instants, and the edges of flows as arrows.

Perfetto and ``chrome://tracing`` draw one track a thread, and nest what lies within something else on it.  So each
row has a track of its own, with what happened in it.  They drop a slice that ends after the one that it lies in, if
only by a nanosecond: both ends of a slice are rounded to nanoseconds, and its length is the difference of these.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ._bars import Bar
from ._rows import Row, Span, edges_of


def chrome_trace(rows: Sequence[Row], span: Span) -> str:
    """The document."""
    events: list[dict[str, Any]] = [
        {"ph": "M", "pid": 1, "tid": 0, "name": "process_name", "args": {"name": "lionpride_trio"}}
    ]
    track = _Track(span)
    for number, row in enumerate(rows, 1):
        named = {"name": row.label}
        events += [
            {"ph": "M", "pid": 1, "tid": number, "name": "thread_name", "args": named},
            {"ph": "M", "pid": 1, "tid": number, "name": "thread_sort_index", "args": {"sort_index": number}},
            *track.row(row, number),
        ]  # fmt: skip
    for above, below in edges_of(rows):
        events += track.edge(above + 1, rows[above], below + 1, rows[below])
    return json.dumps({"traceEvents": events, "displayTimeUnit": "ms"}, ensure_ascii=False)


class _Track:
    def __init__(self, span: Span) -> None:
        self._span = span
        self._arrows = 0

    def _nanoseconds(self, time: float) -> int:
        return round((time - self._span.began) * 1e9)

    def _at(self, time: float) -> float:
        """Microseconds from the start, as the format wants them."""
        return self._nanoseconds(time) / 1000

    def row(self, row: Row, number: int) -> list[dict[str, Any]]:
        bar, detail = row.bar, row.detail
        facts: dict[str, Any] = {"call_id": bar.id, "outcome": bar.outcome, "how": bar.how}
        if detail.kind == "call":
            facts |= {"chunks": detail.chunks, "output_tokens": detail.tokens}
        until = row.until(self._span)
        events = [self._step(bar.kind, row.label, bar.began, until, number, facts)]
        if detail.kind == "call":
            events += self._call(detail, until, number)
        return events

    def _call(self, bar: Bar, until: float, number: int) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        for begin, end in bar.waits:
            events.append(self._step("wait", "waits", begin, until if end is None else end, number))
        for count, attempt in enumerate(bar.attempts, 1):
            if attempt.sent is not None:
                heads = (attempt.answered, attempt.failed, until)
                head = next(at for at in heads if at is not None)
                events.append(self._step("http", f"asks ({count})", attempt.sent, head, number))
            if attempt.failed is not None:
                events.append(self._mark("retried", attempt.failed, number))
        if bar.first_content is not None:
            events.extend((
                self._step("answer", "answers", bar.first_content, until, number),
                self._mark("first content", bar.first_content, number),
            ))
        for at, count in bar.arrivals:
            events.append(self._mark("chunks", at, number, {"count": count}))
        for at, slow in bar.stalls:
            events.append(self._mark(f"stalled by its {slow}", at, number))
        return events

    def edge(self, above: int, earlier: Row, number: int, row: Row) -> list[dict[str, Any]]:
        self._arrows += 1
        arrow = {"name": "needs", "cat": "flow", "id": self._arrows, "pid": 1}
        leaves = min(earlier.until(self._span), row.bar.began)
        return [
            {**arrow, "ph": "s", "tid": above, "ts": self._at(leaves)},
            {**arrow, "ph": "f", "bp": "e", "tid": number, "ts": self._at(row.bar.began)},
        ]

    def _step(
        self,
        kind: str,
        name: str,
        begin: float,
        end: float,
        number: int,
        facts: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        took = max(0, self._nanoseconds(end) - self._nanoseconds(begin))
        return {
            "ph": "X", "pid": 1, "tid": number, "cat": kind, "name": name,
            "ts": self._at(begin), "dur": took / 1000, "args": facts or {},
        }  # fmt: skip

    def _mark(
        self, name: str, at: float, number: int, facts: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return {
            "ph": "i", "s": "t", "pid": 1, "tid": number, "cat": "mark", "name": name,
            "ts": self._at(at), "args": facts or {},
        }  # fmt: skip
