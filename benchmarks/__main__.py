"""``python -m benchmarks [NAME …] [--quick] [--json FILE] [--svg FILE]``; ``make bench`` and ``make bench-quick``."""

from __future__ import annotations

import argparse
import importlib
import platform
from pathlib import Path

from ._chart import chart
from ._measure import Options, Report

NAMES = ("decode", "http", "pipeline", "operators", "flow", "memory", "startup")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", default=NAMES, choices=[[], *NAMES], help="which")
    parser.add_argument("--quick", action="store_true", help="fewer items, fewer rounds")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--svg", type=Path, help="draw the figures into this file")
    asked = parser.parse_args()
    report = Report()
    print(f"Python {platform.python_version()}; compare the ratios, not the times")
    for name in asked.names or NAMES:
        importlib.import_module(f"benchmarks.{name}").main(Options(asked.quick), report)
    if asked.json:
        report.save(asked.json)
    if asked.svg:
        asked.svg.write_text(chart(report.tables), "utf-8")


if __name__ == "__main__":
    main()
