"""`Timeline`: an observer that keeps what ran when, and shows it.

It keeps times, counts and names, as events have them: nothing of what was said.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

import trio

from .._checks import check_size
from .._observer import Observer, _events as events
from ._bars import Attempt, Bar, Kind
from ._chrome import chrome_trace
from ._rows import Row, Span, rows_of, span_of
from ._svg import draw_svg
from ._terminal import draw_text, in_ascii
from ._words import describe


class Timeline(Observer):
    """Keeps what ran when: calls, turns, tools, operations, flows and durable streams.

    Give it to models, sessions or flows, to several of one run if you like, and ask it at any time: it shows
    what ended and what is still going on, by the clock of the run.  At most *size* stories are kept; beyond
    that the oldest that has ended is forgotten, and ``forgotten`` counts it.

    A run has a clock of its own: a timeline is for one run.
    """

    def __init__(self, *, size: int = 1000) -> None:
        self._size = check_size("size", size)
        self._bars: OrderedDict[str, Bar] = OrderedDict()
        self._operations: dict[str, dict[str, tuple[int, events.Edges]]] = {}
        """Those of each flow that goes on, with the place of each in it.

        By flow, as one builder may run several times, and in several flows at once: its operations have the same ids
        in all of them.
        """
        self._of_operation: dict[str, str] = {}
        """The last story of each operation."""
        self.forgotten = 0
        """Stories that were forgotten, as there were more than *size*."""

    # What it shows.

    def to_svg(self, *, width: int = 760, title: str = "What ran when") -> str:
        """The waterfall as an SVG, *width* pixels wide, that is as readable on dark as on light.

        A row is a call, a tool or an operation: waiting (dotted), asking (light), answering (full), with a tick
        for each arrival of chunks, a dot for the first content, and marks for retries and stalls.  Operations of
        a flow are joined by their edges.  It has its text (`describe`) for those who do not see it, and asks
        nothing of other hosts.

        :raises ConfigurationError: *width* is under 320 or no number.
        """
        check_size("width", width, least=320)
        rows, span = self._shown()
        return draw_svg(rows, span, width=width, title=title, told=self.describe())

    def to_text(self, *, width: int = 80, ascii: bool = False) -> str:
        """The waterfall in *width* columns of a terminal, a line for each row.

        A row is made of ``·`` waits, ``─`` asks, ``░`` answers and nothing came, ``█`` chunks came, ``●`` the first
        content, ``↻`` repeated, ``!`` a stall, ``✗`` failed; ``▒`` is a tool and ``▓`` an operation.  With *ascii*
        these are ``. - : # * @ ! x + =``, and what else is not ASCII is ``?``: for a terminal or file without them.

        :raises ConfigurationError: *width* is under 40 or no number.
        """
        check_size("width", width, least=40)
        rows, span = self._shown()
        drawn = draw_text(rows, span, width=width)
        return in_ascii(drawn) if ascii else drawn

    def to_json(self) -> str:
        """The same in Chrome's trace format, which Perfetto (ui.perfetto.dev) and ``chrome://tracing`` open."""
        rows, span = self._shown()
        return chrome_trace(rows, span)

    def describe(self) -> str:
        """The same in sentences."""
        rows, span = self._shown()
        return describe(rows, span)

    def save_svg(self, path: str | os.PathLike[str], *, width: int = 760) -> None:
        """Write `to_svg` to a file.  Blocks for the time of writing it."""
        Path(path).write_text(self.to_svg(width=width), encoding="utf-8")

    def times_of(self, operation: str) -> tuple[float, float | None] | None:
        """Seconds from the first story to the start and the end of an operation, by its id.

        None for one that has not begun; its end is None while it runs.  Of one that ran several times: the last run.
        """
        found = self._bars.get(self._of_operation.get(operation, ""))
        if found is None:
            return None
        zero = next(iter(self._bars.values())).began
        return found.began - zero, None if found.ended is None else found.ended - zero

    def __len__(self) -> int:
        return len(self._bars)

    def __repr__(self) -> str:
        running = sum(bar.ended is None for bar in self._bars.values())
        return f"<Timeline of {len(self)} stories, {running} going on>"

    def _shown(self) -> tuple[list[Row], Span]:
        now = None
        if any(bar.ended is None for bar in self._bars.values()):
            try:
                now = trio.current_time()
            except RuntimeError:  # the run is over, and what was left open ended with it
                now = None
        bars = list(self._bars.values())
        return rows_of(bars), span_of(bars, now)

    # What it is told.

    def _begin(self, event: events.Event, kind: Kind, label: str, **facts: Any) -> None:
        self._bars[event.call_id] = Bar(
            kind, event.call_id, event.parent_id, label, event.time, **facts
        )
        if len(self._bars) > self._size:
            over = next((key for key, bar in self._bars.items() if bar.ended is not None), None)
            if over is None:
                over = next(iter(self._bars))
            gone = self._bars.pop(over)
            if gone.operation is not None and self._of_operation.get(gone.operation) == gone.id:
                del self._of_operation[gone.operation]
            self.forgotten += 1

    def _end(self, event: Any, verdict: Any = None) -> Bar | None:
        bar = self._bars.get(event.call_id)
        if bar is not None:
            bar.ended = event.time
            bar.end_wait(event.time)
            bar.outcome = event.outcome
            bar.how = "" if verdict is None else verdict.value
            if event.error is not None:
                bar.how = event.error.__name__
        return bar

    def call_started(self, event: events.CallStarted) -> None:
        """As `Observer.call_started`."""
        self._begin(event, "call", event.model or "")

    def waiting(self, event: events.Waiting) -> None:
        """As `Observer.waiting`."""
        if bar := self._bars.get(event.call_id):
            bar.waits.append((event.time, None))

    def request_sent(self, event: events.RequestSent) -> None:
        """As `Observer.request_sent`."""
        if bar := self._bars.get(event.call_id):
            bar.end_wait(event.time)
            bar.attempts.append(Attempt(sent=event.time))

    def answered(self, event: events.Answered) -> None:
        """As `Observer.answered`."""
        if (bar := self._bars.get(event.call_id)) and bar.attempts:
            bar.attempts[-1].answered = event.time

    def first_content(self, event: events.FirstContent) -> None:
        """As `Observer.first_content`."""
        if bar := self._bars.get(event.call_id):
            bar.first_content = event.time

    def chunks_received(self, event: events.ChunksReceived) -> None:
        """As `Observer.chunks_received`."""
        if bar := self._bars.get(event.call_id):
            bar.add_arrivals(event.arrivals)

    def retried(self, event: events.Retried) -> None:
        """As `Observer.retried`."""
        if bar := self._bars.get(event.call_id):
            if not bar.attempts or bar.attempts[-1].failed is not None:
                bar.attempts.append(Attempt())
            bar.attempts[-1].failed = event.time
            bar.attempts[-1].resumed = event.time + event.delay

    def stalled(self, event: events.Stalled) -> None:
        """As `Observer.stalled`."""
        if bar := self._bars.get(event.call_id):
            bar.stalls.append((event.time, event.slow))

    def finished(self, event: events.Finished) -> None:
        """As `Observer.finished`."""
        bar = self._end(event, event.verdict if event.outcome == "ended" else None)
        if bar is not None and event.usage is not None:
            bar.tokens = event.usage.output_tokens

    def turn_started(self, event: events.TurnStarted) -> None:
        """As `Observer.turn_started`."""
        self._begin(event, "turn", event.model or "turn")

    def turn_finished(self, event: events.TurnFinished) -> None:
        """As `Observer.turn_finished`."""
        self._end(event, event.verdict if event.outcome == "ended" else None)

    def tool_started(self, event: events.ToolStarted) -> None:
        """As `Observer.tool_started`."""
        self._begin(event, "tool", event.tool)

    def tool_finished(self, event: events.ToolFinished) -> None:
        """As `Observer.tool_finished`."""
        self._end(event)

    def operation_started(self, event: events.OperationStarted) -> None:
        """As `Observer.operation_started`."""
        self._of_operation[event.operation] = event.call_id
        of_flow = self._operations.get(event.parent_id or "", {})
        place, edges = of_flow.get(event.operation, (0, None))
        needs = () if edges is None else (*edges.after, *([edges.reads] if edges.reads else ()))
        self._begin(
            event, "operation", event.name, operation=event.operation, place=place, needs=needs
        )

    def operation_finished(self, event: events.OperationFinished) -> None:
        """As `Observer.operation_finished`."""
        self._end(event)

    def flow_started(self, event: events.FlowStarted) -> None:
        """As `Observer.flow_started`."""
        self._begin(event, "flow", f"flow of {len(event.operations)}")
        self._operations[event.call_id] = {
            edges.id: (place, edges) for place, edges in enumerate(event.operations)
        }

    def flow_finished(self, event: events.FlowFinished) -> None:
        """As `Observer.flow_finished`."""
        self._operations.pop(event.call_id, None)
        self._end(event)

    def stream_started(self, event: events.StreamStarted) -> None:
        """As `Observer.stream_started`."""
        self._begin(event, "stream", event.stream)

    def stream_finished(self, event: events.StreamFinished) -> None:
        """As `Observer.stream_finished`."""
        self._end(event)
