"""Where an extra is not installed, what needs it says which one, and the rest works."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("missing", "wanted", "extra"),
    [
        ("hypothesis", "import lionpride_trio.testing", "testing"),
        ("starlette", "import lionpride_trio.web", "web"),
        ("opentelemetry", "from lionpride_trio.observe import OpenTelemetry", "otel"),
        ("ray", "from lionpride_trio.distributed import remote; remote(dict)", "ray"),
        ("coredis", "import lionpride_trio.durable._redis", "redis"),
        (
            "cyclopts",
            "import lionpride_trio.cli, sys; sys.exit(lionpride_trio.cli.main([]))",
            "cli",
        ),
    ],
)
def test_what_needs_an_extra_names_it(missing, wanted, extra):
    script = f"import sys; sys.modules[{missing!r}] = None; import lionpride_trio; {wanted}"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert f"pip install 'lionpride_trio[{extra}]'" in done.stderr.splitlines()[-1]
