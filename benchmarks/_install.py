"""Install what the benchmarks compare with, one by one; what cannot be installed is left out.

The extra ``bench`` lists the peers.  None of them may change what the library itself needs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

APART = {
    # It asks for trio 0.21 and works with newer ones; the other is what it imports besides.
    "slurry": ("--no-deps", "slurry", "async-generator"),
    # Where there is no wheel it needs a compiler and ICU's headers.
    "PyICU": ("PyICU",),
}
"""Peers that the extra cannot list, for it could not be installed as a whole then."""


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {name: (name,) for name in project["optional-dependencies"]["bench"]} | APART
    with tempfile.TemporaryDirectory() as folder:
        limits = Path(folder) / "constraints.txt"
        limits.write_text("\n".join(project["dependencies"]), "utf-8")
        for name, words in wanted.items():
            reason = _installed(words, limits)
            print(f"  {name}: {reason}" if reason else f"  {name}", flush=True)


def _installed(words: tuple[str, ...], limits: Path) -> str | None:
    """Why a peer could not be installed; None when it was."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    done = subprocess.run(
        [*pip, "--constraint", str(limits), *words], capture_output=True, check=False, text=True
    )
    if not done.returncode:
        return None
    said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return f"left out: {(said or ['pip failed'])[0].removeprefix('ERROR: ')[:200]}"


if __name__ == "__main__":
    main()
