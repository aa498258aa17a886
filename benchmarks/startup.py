"""What an import costs, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from ._measure import Options, Report, Row, Table

IMPORTS = {
    "trio, httpx, attrs, cattrs, stamina, jiter": "import trio, httpx, attrs, cattrs, stamina, jiter",
    "lionpride_trio": "import lionpride_trio",
    "openai SDK": "import openai",
    "anthropic SDK": "import anthropic",
    "google-genai SDK": "from google import genai",
}


def main(options: Options, report: Report) -> None:
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    times: dict[str, list[float]] = {}
    skipped: dict[str, str] = {}
    for _ in range(options.rounds + 1):
        for name, line in IMPORTS.items():
            if name in skipped:
                continue
            began = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", line], env=environment, capture_output=True, check=False
            )
            if done.returncode:
                skipped[name] = "not installed"
            else:
                times.setdefault(name, []).append((time.perf_counter() - began) * 1e3)
    medians = {name: sorted(t[1:])[len(t[1:]) // 2] for name, t in times.items()}
    floor = next(iter(medians.values()))
    rows = tuple(
        Row(name, median, min(times[name]), max(times[name]), median / floor)
        for name, median in medians.items()
    )
    report.add(Table("import, a whole process", "ms", rows, skipped))
