"""How the figures are made: contenders take turns on the same input, in processor time.

Each contender is a function that does the whole job once.  They are run one after another, round
after round, so that a slow moment of the machine falls on all of them.  What is printed is the
median of the rounds per item, its spread, and the ratio to the floor: the ratios are what to compare.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ._report import Row, Table

Job = Callable[[], Any]


@attrs.frozen
class Options:
    """The options of the command line."""

    quick: bool = False

    @property
    def rounds(self) -> int:
        return 3 if self.quick else 7

    @property
    def seconds(self) -> float:
        """A comparison that has taken so long makes no more rounds than it must."""
        return 1.0 if self.quick else 5.0

    @property
    def fewest(self) -> int:
        """The rounds that each comparison must make."""
        return 1 if self.quick else 3


@attrs.frozen
class Contender:
    """A job that is counted in another way than the others of its comparison."""

    job: Job
    items: int | None = None
    """How many items it does, where that is not as many as the others: a slow one does fewer."""
    own_clock: bool = False
    """It returns the seconds that count, because only a part of what it does does."""


Entry = Job | Contender | str
"""A string is why a contender is left out."""


def compare(
    title: str,
    contenders: Mapping[str, Entry],
    *,
    items: int,
    options: Options,
    unit: str = "µs/item",
    headline: bool = False,
    rounds: int | None = None,
) -> Table:
    """Let *contenders* take turns; the first is the floor, and may not fail.

    Another that fails, in whatever round, is left out with the first line of its error.  *rounds*
    says how many are made, without one to warm up, where the jobs are long and do that themselves.
    """
    entries: dict[str, Contender] = {}
    skipped: dict[str, str] = {}
    for name, entry in contenders.items():
        if isinstance(entry, str):
            skipped[name] = entry
        else:
            entries[name] = entry if isinstance(entry, Contender) else Contender(entry)
    floor = next(iter(entries))
    times: dict[str, list[float]] = {name: [] for name in entries}
    began = time.monotonic()
    for turn in range(1 + options.rounds) if rounds is None else range(1, 1 + rounds):
        if turn > options.fewest and time.monotonic() - began > options.seconds:
            break
        for name, entry in entries.items():
            if name in skipped:
                continue
            try:
                seconds = _seconds(entry)
            except Exception as error:
                if name == floor:
                    raise
                skipped[name] = first_line(error)
                continue
            if turn:  # the first warms up: imports, caches, specialised byte code
                times[name].append(seconds / (entry.items or items) * 1e6)
    base = statistics.median(times[floor])
    rows = tuple(
        Row(name, median := statistics.median(t), min(t), max(t), median / base)
        for name, t in times.items()
        if name not in skipped
    )
    return Table(title, unit, rows, skipped, headline=headline)


def growth(
    title: str,
    job: Callable[[int], Any],
    n: int,
    *,
    own_clock: bool = False,
    unit: str = "µs/item",
) -> Table:
    """The cost an item at *n* and at 4 *n*: about the same where the whole is linear.

    Without the garbage collector, which costs as much again as soon as one full collection more
    falls into the larger of the two.
    """
    job(max(1, n // 10))
    costs = {}
    for size in (n, 4 * n):
        contender = Contender(lambda size=size: job(size), own_clock=own_clock)
        costs[size] = min(_uncollected(contender) for _ in range(2)) / size * 1e6
    return sizes(title, costs, unit)


def sizes(title: str, costs: Mapping[int, float], unit: str) -> Table:
    """Costs an item by the number of items, each beside the first."""
    first = next(iter(costs.values()))
    rows = [Row(f"n = {size:,}", cost, cost, cost, cost / first) for size, cost in costs.items()]
    return Table(title, unit, tuple(rows))


def peer(make: Callable[[], Entry]) -> Entry:
    """A contender that needs a library which may not be installed, or may have changed."""
    try:
        return make()
    except Exception as error:
        return first_line(error)


def peers(makers: Mapping[str, Callable[[], Entry]]) -> dict[str, Entry]:
    """`peer` for several."""
    return {name: peer(make) for name, make in makers.items()}


def first_line(error: BaseException) -> str:
    """The text of *error*, in one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = (str(error).strip() or "no message").splitlines()[0][:120]
    return said if isinstance(error, ImportError) else f"{type(error).__name__}: {said}"


def _seconds(contender: Contender) -> float:
    gc.collect()
    began = time.process_time()
    returned = contender.job()
    return returned if contender.own_clock else time.process_time() - began


def _uncollected(contender: Contender) -> float:
    gc.collect()
    gc.disable()
    try:
        return _seconds(contender)
    finally:
        gc.enable()
