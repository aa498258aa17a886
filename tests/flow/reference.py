"""The outcome that a flow with ``on_error="skip"`` must come to, told without running anything.

A graph is a list of `Plan`; operations are named by their places in it and need earlier ones only.
`expect` goes through it once, in that order.  Nothing here depends on time, on slots or on who reads
the flow: neither may the outcome.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

DONE, FAILED, SKIPPED = "done", "failed", "skipped"

CAUGHT = -1
"""The chunk of a reader that catches the failure of what it reads."""


@attrs.frozen
class Plan:
    """One operation: what it needs, and what it does."""

    after: tuple[int, ...] = ()
    reads: int | None = None
    """The operation whose chunks it reads."""
    size: int = 1
    form: str = "function"
    """``function``, ``generator``, ``source`` or ``transform``."""
    reading: str = "all"
    """``all``, ``catches`` (all, and goes on after a failure), ``leaves`` (reads `most` and goes on),
    ``closes`` (the same, and closes the channel) or ``ignores``."""
    most: int = 1
    pause: float = 0.0
    """Seconds between what it reads."""
    own: int = 1
    """How many chunks it gives after those that it read."""
    holds: str = "nothing"
    """The block that is open around these: ``nothing``, a ``nursery``, or a ``scope`` around each that runs out."""
    ends: str = "well"
    """``well``, ``fails first``, ``fails``; ``deadline`` (which it catches), ``too slow``, ``child``
    (a task of its nursery fails), ``stray`` (it raises a cancellation that was kept)."""


@attrs.define
class Outcome:
    """The outcome that one operation must come to."""

    state: str
    chunks: list[int] = attrs.Factory(list)
    """The chunks that it gives, its failure or not."""
    error: str | None = None
    """The name of the exception's class."""
    causes: frozenset[int] = frozenset()
    """The failed operations that it may be skipped for: which one comes first is a matter of time."""
    ran: bool = True


def number(place: int, chunk: int) -> int:
    """A chunk of an operation's own."""
    return place * 1000 + chunk


def changed(chunk: int) -> int:
    """The chunk that an operation makes of one that it reads."""
    return chunk + 1_000_000


def expect(plans: Sequence[Plan]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for place, plan in enumerate(plans):
        producer = None if plan.reads is None else outcomes[plan.reads]
        lost = [outcomes[one] for one in plan.after if outcomes[one].state != DONE]
        if producer is not None and not producer.ran:
            lost.append(producer)
        if lost:
            causes = frozenset().union(*(one.causes for one in lost))
            outcomes.append(Outcome(SKIPPED, causes=causes, ran=False))
        else:
            outcomes.append(_run(place, plan, producer))
    return outcomes


def _run(place: int, plan: Plan, producer: Outcome | None) -> Outcome:
    itself = frozenset([place])
    if plan.ends == "fails first":
        return Outcome(FAILED, [], "Broken", itself)
    chunks: list[int] = []
    if producer is not None and plan.reading != "ignores":
        has_enough = plan.reading in {"leaves", "closes"} and plan.most <= len(producer.chunks)
        read = producer.chunks[: plan.most] if has_enough else producer.chunks
        chunks += map(changed, read)
        if producer.error is not None and not has_enough:
            if plan.reading != "catches":
                return Outcome(SKIPPED, chunks, producer.error, producer.causes)
            chunks.append(CAUGHT)
    chunks += (number(place, chunk) for chunk in range(plan.own))
    match plan.ends:
        case "fails":
            return Outcome(FAILED, chunks, "Broken", itself)
        case "stray":
            return Outcome(FAILED, chunks, "LocalProtocolError", itself)
        case "deadline":
            return Outcome(DONE, [*chunks, number(place, 100), number(place, 101)])
        case "too slow":
            return Outcome(FAILED, [*chunks, number(place, 100)], "TooSlowError", itself)
        case "child":
            return Outcome(FAILED, [*chunks, number(place, 100)], "ExceptionGroup", itself)
    return Outcome(DONE, chunks)


def is_refused(plans: Sequence[Plan]) -> bool:
    """Whether operations that streams join wait for each other: the slow and obvious way."""
    lines = list(range(len(plans)))  # of each operation, the first one of its line
    for place, plan in enumerate(plans):
        if plan.reads is not None:
            lines[place] = lines[plan.reads]
    waits = {(lines[place], lines[one]) for place, plan in enumerate(plans) for one in plan.after}
    while True:
        further = {(a, d) for a, b in waits for c, d in waits if b == c} - waits
        if not further:
            return any(a == b for a, b in waits)
        waits |= further


def longest_line(plans: Sequence[Plan]) -> int:
    """How many operations that take a slot the longest line has."""
    lines: list[int] = []
    counts = [0] * len(plans)
    for place, plan in enumerate(plans):
        lines.append(place if plan.reads is None else lines[plan.reads])
        counts[lines[place]] += plan.form != "transform"
    return max(counts)
