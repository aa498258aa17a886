"""``python -m tests.mutants``, as ``make mutants`` runs it: do our tests notice when our code is wrong?

Each mutant is one small change that a person might make by mistake.  It is put into a copy of the
package, and the tests named beside it must fail.  The exit status says whether enough did.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .list_of_mutants import MUTANTS

ROOT = Path(__file__).parents[2]
ENOUGH = 0.9


def main() -> int:
    if not _passes(ROOT, sorted({name for *_, tests in MUTANTS for name in tests.split()})):
        print("the tests fail without any mutant")
        return 1
    survived = []
    for number, (file, right, wrong, tests) in enumerate(MUTANTS, 1):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            shutil.copytree(ROOT / "lionpride_trio", home / "lionpride_trio")
            shutil.copytree(ROOT / "tests", home / "tests")
            for name in ("pyproject.toml", "README.md"):
                shutil.copy(ROOT / name, home / name)
            target = home / "lionpride_trio" / file
            text = target.read_text(encoding="utf-8")
            target.write_text(text.replace(right, wrong), encoding="utf-8")
            noticed = not _passes(home, tests.split())
        print(f"{number:3} {'noticed ' if noticed else 'SURVIVED'} {file}: {right!r} -> {wrong!r}")
        if not noticed:
            survived.append(number)
    share = 1 - len(survived) / len(MUTANTS)
    print(f"{len(MUTANTS) - len(survived)} of {len(MUTANTS)} mutants noticed ({share:.0%})")
    return 0 if share >= ENOUGH else 1


def _passes(home: Path, tests: list[str]) -> bool:
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*words, *(f"tests/{name}" for name in tests)],
            cwd=home,
            env={**os.environ, "PYTHONPATH": str(home)},
            capture_output=True,
            timeout=300,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False  # waiting for ever is a way of failing
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
