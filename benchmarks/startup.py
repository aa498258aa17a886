"""§6: what an import costs, each in a process of its own, without the start of Python itself."""

from __future__ import annotations

import os
import subprocess
import sys

from ._measure import Contender, Entry, Options, compare
from ._report import Report, Target

OURS = "lionpride_trio"
IMPORTS = {
    "trio, httpx, attrs, cattrs, stamina, jiter": "import trio, httpx, attrs, cattrs, stamina, jiter",
    OURS: "import lionpride_trio",
    "openai SDK": "import openai",
    "anthropic SDK": "import anthropic",
    "google-genai SDK": "from google import genai",
    "groq SDK": "import groq",
    "pydantic-ai": "import pydantic_ai",
    "langgraph": "import langgraph.graph",
}


def seconds(statement: str) -> float:
    """The processor time of *statement*, from compiled files as in any second run of a program.

    :raises ImportError: it failed.
    """
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    program = (
        f"import time; began = time.process_time(); {statement}; print(time.process_time() - began)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise ImportError(done.stderr.strip().splitlines()[-1])
    return float(done.stdout.splitlines()[-1]) * 1e-3  # counted by the thousand: milliseconds


def main(options: Options, report: Report) -> None:
    contenders: dict[str, Entry] = {
        name: Contender(lambda statement=statement: seconds(statement), own_clock=True)
        for name, statement in IMPORTS.items()
    }
    title = "an import, in a new process"
    table = compare(
        title,
        contenders,
        items=1,
        options=options,
        unit="ms",
        headline=True,
        rounds=2 if options.quick else None,
    )
    limit = "<= 1.3 × its dependencies alone"
    report.add(table, Target("import lionpride_trio", limit, table.ratio(OURS)))
