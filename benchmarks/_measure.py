"""How the figures are made: contenders take turns on the same input, in processor time.

Each contender is a function that does the whole job once.  They are run one after another, round
after round, so that a slow moment of the machine falls on all of them.  What is printed is the
median of the rounds per item, its spread, and the ratio to the floor: the ratios are what to compare.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

Job = Callable[[], Any]


@attrs.define
class Options:
    """What the command line asked for."""

    quick: bool = False

    @property
    def rounds(self) -> int:
        return 3 if self.quick else 7


@attrs.frozen
class Row:
    """One contender's figures, in microseconds of processor time an item."""

    name: str
    median: float
    low: float
    high: float
    ratio: float


@attrs.frozen
class Table:
    """One comparison."""

    title: str
    unit: str
    rows: tuple[Row, ...]
    skipped: dict[str, str]

    def show(self) -> None:
        print(f"\n{self.title}")
        for row in self.rows:
            spread = f"{row.low:.2f}–{row.high:.2f}"
            print(f"  {row.name:44} {row.median:10.2f} {self.unit} {spread:>17} {row.ratio:8.2f} ×")
        for name, reason in self.skipped.items():
            print(f"  {name:44} skipped: {reason}")


@attrs.define
class Report:
    """All comparisons of one run."""

    tables: list[Table] = attrs.Factory(list)

    def add(self, table: Table) -> Table:
        table.show()
        self.tables.append(table)
        return table

    def save(self, path: Path) -> None:
        path.write_text(
            json.dumps([attrs.asdict(table) for table in self.tables], indent=1), "utf-8"
        )


def compare(
    title: str,
    contenders: dict[str, Job | str],
    *,
    items: int,
    options: Options,
    unit: str = "µs/item",
) -> Table:
    """Let *contenders* take turns; the first is the floor.  A string is why one is left out."""
    jobs = {name: job for name, job in contenders.items() if not isinstance(job, str)}
    skipped = {name: job for name, job in contenders.items() if isinstance(job, str)}
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for job in jobs.values():  # warm: imports, caches, specialised byte code
        job()
    for _ in range(options.rounds):
        for name, job in jobs.items():
            gc.collect()
            began = time.process_time()
            job()
            times[name].append((time.process_time() - began) / items * 1e6)
    floor = statistics.median(times[next(iter(jobs))])
    rows = tuple(
        Row(name, median := statistics.median(t), min(t), max(t), median / floor)
        for name, t in times.items()
    )
    return Table(title, unit, rows, skipped)


def growth(title: str, job: Callable[[int], Any], n: int) -> Table:
    """The cost an item at *n* and at 4 *n*: about the same where the whole is linear."""
    rows = []
    for size in (n, 4 * n):
        best = min(_timed(job, size) for _ in range(2)) / size * 1e6
        rows.append(
            Row(f"n = {size:,}", best, best, best, best / (rows[0].median if rows else best))
        )
    return Table(title, "µs/item", tuple(rows), {})


def _timed(job: Callable[[int], Any], size: int) -> float:
    gc.collect()
    began = time.process_time()
    job(size)
    return time.process_time() - began


def peer(make: Callable[[], Job]) -> Job | str:
    """A contender that needs a library which may not be installed."""
    try:
        return make()
    except ImportError as error:
        return str(error)
