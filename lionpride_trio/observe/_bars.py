"""Bars: what a timeline keeps of each story."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import attrs

from .._observer._events import Outcome

Kind: TypeAlias = Literal["call", "turn", "tool", "operation", "flow", "stream"]
MAX_ARRIVALS: Final = 1024
"""Arrivals of chunks that a bar keeps; of more, neighbours are joined."""


@attrs.define(eq=False)
class Attempt:
    """One attempt of a call: when which step of it was there."""

    sent: float | None = None
    answered: float | None = None
    failed: float | None = None
    """When it failed, if there was another after it."""
    resumed: float | None = None
    """When the next attempt began."""


@attrs.define(eq=False)
class Bar:
    """One call, turn, tool, operation, flow or durable stream: from when to when, and what was in between."""

    kind: Kind
    id: str
    parent_id: str | None
    label: str
    """The name of it: of a model, a tool, an operation, a durable stream."""
    began: float
    ended: float | None = None
    outcome: Outcome | None = None
    how: str = ""
    """The verdict, or the class of the error."""
    operation: str | None = None
    """The operation's id, where it is one."""
    place: int = 0
    """Its place among the operations of its flow."""
    needs: tuple[str, ...] = ()
    """The ids of the operations of its flow that it waits for."""
    waits: list[tuple[float, float | None]] = attrs.Factory(list[tuple[float, float | None]])
    """From when to when it waited for a slot or a limit."""
    attempts: list[Attempt] = attrs.Factory(list[Attempt])
    first_content: float | None = None
    arrivals: list[tuple[float, int]] = attrs.Factory(list[tuple[float, int]])
    """When chunks came, and how many."""
    chunks: int = 0
    stalls: list[tuple[float, str]] = attrs.Factory(list[tuple[float, str]])
    """When a stall was told, and who was slow."""
    tokens: int | None = None
    """Tokens of the answer."""

    def add_arrivals(self, arrivals: tuple[tuple[float, int], ...]) -> None:
        """Keep *arrivals*; of too many, each two neighbours become one."""
        self.arrivals += arrivals
        self.chunks += sum(count for _, count in arrivals)
        while len(self.arrivals) > MAX_ARRIVALS:
            first, last = self.arrivals[::2], self.arrivals[1::2]
            joined = [(at, one + two) for (at, one), (_, two) in zip(first, last, strict=False)]
            self.arrivals = joined + first[len(last) :]

    def end_wait(self, at: float) -> None:
        """What was waited for is there, if anything was."""
        if self.waits and self.waits[-1][1] is None:
            self.waits[-1] = (self.waits[-1][0], at)
