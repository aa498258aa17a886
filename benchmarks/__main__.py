"""``python -m benchmarks [NAME …] [--quick] [--json FILE] [--svg FILE] [--docs]``."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
import traceback
from pathlib import Path

from ._chart import chart
from ._measure import Options, first_line
from ._report import Report

MODULES = {
    "decode": "decode",
    "one_event": "one_event",
    "paced": "paced",
    "calls": "calls",
    "scale": "many_at_once",
    "http": "http",
    "pipeline": "pipeline",
    "operators": "operators",
    "typed": "typed",
    "converse": "converse",
    "observers": "observers",
    "many": "many",
    "flow": "flow",
    "durable": "durable",
    "asyncio": "on_asyncio",
    "memory": "memory",
    "startup": "startup",
    "sentences": "sentences.report",
}
DOCS = Path(__file__).resolve().parents[1] / "docs/_static/performance.svg"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(MODULES)}")
    parser.add_argument("--quick", action="store_true", help="fewer items, fewer rounds")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--svg", type=Path, help="draw the figures into this file")
    parser.add_argument(
        "--docs", action="store_true", help=f"draw the documentation's chart, {DOCS.name}"
    )
    asked = parser.parse_args()
    for name in asked.names:
        if name not in MODULES:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(MODULES)}")
    options = Options(asked.quick)
    report = Report(asked.quick)
    print(f"Python {platform.python_version()}; compare the ratios, not the times")
    for name in asked.names or MODULES:
        began = time.monotonic()
        try:
            importlib.import_module(f"benchmarks.{MODULES[name]}").main(options, report)
        except Exception as error:  # the others are still worth having
            traceback.print_exc()
            report.failed[name] = first_line(error)
        report.took[name] = time.monotonic() - began
    report.show_targets()
    if asked.json:
        report.save(asked.json)
    if asked.svg:
        _draw(asked.svg, chart(report.tables))
    if asked.docs:
        _draw(DOCS, chart(table for table in report.tables if table.headline))
    return 1 if report.failed else 0


def _draw(path: Path, drawing: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drawing, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
