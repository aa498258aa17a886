"""The program of the page on scaling, on a Ray that it starts by itself."""

from __future__ import annotations

import subprocess
import sys

import pytest
import trio

from tests.distributed.clusters import has_ray
from tests.docs.markdown import DOCS, blocks


@pytest.mark.ray
async def test_the_program_runs(tmp_path):
    if not has_ray():
        pytest.skip("Ray is not installed: 'make ray' runs this in an environment of its own")
    (program,) = blocks(DOCS / "scaling.md", "python")
    (tmp_path / "program.py").write_text(program.text)
    done = await trio.run_process(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        capture_stdout=True,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.split()) > 3
