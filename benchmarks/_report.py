"""The findings of a run: tables, and the targets that they were made for."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

import attrs


@attrs.frozen
class Row:
    """One contender's figures, in the unit of its table."""

    name: str
    median: float
    low: float
    high: float
    ratio: float


@attrs.frozen
class Target:
    """A limit for a figure: ``Target("three stages", "<= 1.5 × the generator", 1.2)``.

    No figure is one that could not be measured.
    """

    title: str
    limit: str
    figure: float | None

    @property
    def met(self) -> bool | None:
        if self.figure is None:
            return None
        sign, number, *_ = self.limit.split()
        return self.figure <= float(number) if sign == "<=" else self.figure >= float(number)

    def __str__(self) -> str:
        verdict = {True: "met", False: "NOT MET", None: "not measured"}[self.met]
        figure = "" if self.figure is None else f"{self.figure:.2f}"
        return f"{self.title:62} {self.limit:34} {figure:>9}  {verdict}"


@attrs.frozen
class Table:
    """One comparison."""

    title: str
    unit: str
    rows: tuple[Row, ...]
    skipped: dict[str, str] = attrs.Factory(dict)
    targets: tuple[Target, ...] = ()
    headline: bool = False
    """One of those that the documentation shows."""

    def cost(self, name: str) -> float | None:
        """The figure of a contender; None where it was left out."""
        return next((row.median for row in self.rows if row.name == name), None)

    def ratio(self, name: str, over: str | None = None) -> float | None:
        """How many times the cost of *over* (or of the floor) *name* costs, where both ran."""
        cost, base = self.cost(name), self.cost(over or self.rows[0].name)
        return cost / base if cost is not None and base else None

    def difference(self, name: str, over: str) -> float | None:
        """How much more than *over* *name* costs, where both ran."""
        cost, base = self.cost(name), self.cost(over)
        return cost - base if cost is not None and base is not None else None

    def growth(self) -> float:
        """The last row's cost an item over the first's."""
        return self.rows[-1].ratio

    def show(self) -> None:
        print(f"\n{self.title}")
        for row in self.rows:
            spread = f"{row.low:.2f}–{row.high:.2f}"
            print(f"  {row.name:50} {row.median:10.2f} {self.unit} {spread:>17} {row.ratio:8.2f} ×")
        for name, reason in self.skipped.items():
            print(f"  {name:50} skipped: {reason}")
        for target in self.targets:
            print(f"  → {target}")


@attrs.define
class Report:
    """All comparisons of one run."""

    quick: bool = False
    tables: list[Table] = attrs.Factory(list)
    failed: dict[str, str] = attrs.Factory(dict)
    """Benchmarks that did not come to their end, and why."""
    took: dict[str, float] = attrs.Factory(dict)
    """Seconds, by benchmark."""

    def add(self, table: Table, *targets: Target) -> Table:
        """Show and keep a table with its *targets*."""
        table = attrs.evolve(table, targets=targets)
        table.show()
        self.tables.append(table)
        return table

    @property
    def targets(self) -> list[Target]:
        return [target for table in self.tables for target in table.targets]

    def show_targets(self) -> None:
        """The list that a run ends with."""
        targets = self.targets
        if targets:
            print("\nTargets")
        for target in targets:
            print(f"  {target}")
        met = sum(target.met is True for target in targets)
        print(f"\n{met} of {len(targets)} targets met")
        took = ", ".join(f"{name} {seconds:.0f}" for name, seconds in self.took.items())
        print(f"{sum(self.took.values()):.0f} s: {took}")
        for name, reason in self.failed.items():
            print(f"{name} did not come to its end: {reason}")

    def save(self, path: Path) -> None:
        """All of it as JSON."""
        found: dict[str, Any] = {
            "python": platform.python_version(),
            "processors": os.cpu_count(),
            "quick": self.quick,
            "seconds": {name: round(seconds, 1) for name, seconds in self.took.items()},
            "failed": self.failed,
            "tables": [_as_dict(table) for table in self.tables],
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False), "utf-8")


def _as_dict(table: Table) -> dict[str, Any]:
    made = attrs.asdict(table)
    made["targets"] = [{**attrs.asdict(target), "met": target.met} for target in table.targets]
    return made
