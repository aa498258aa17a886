"""A terminal or pipe without the signs of the command line shows others, and columns stay."""

import pytest

from tests.cli.process import run, start

FLOW = """
from lionpride_trio.operations import Builder

builder = Builder()


async def work(context):
    return 1


async def fails(context):
    raise ValueError("\u2603")


builder.add(work, name="well")
builder.add(fails, name="badly")
"""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_waterfall_has_one_character_a_cell(encoding, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    with start("demo", "--rate", "10000", "--question", "Why?", "--timeline") as process:
        out, _ = process.communicate()
    assert process.returncode == 0
    *_, waterfall, _ = out.decode(encoding).strip("\n").split("\n\n")
    _, *rows = waterfall.split("\n")
    assert len(rows) == 4
    for row in rows:
        assert "\\" not in row
        assert "*" in row
        assert row.endswith("complete")
        assert len(row) <= 100


def test_a_flow_has_its_signs_and_what_else_is_missing_is_an_escape(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    (tmp_path / "work.py").write_text(FLOW, encoding="utf-8")
    status, out, err = run("flow", f"{tmp_path / 'work.py'}:builder")
    assert status == 1
    assert "x badly" in out
    assert "\\u2603" in out + err
    assert "\\u2717" not in out + err
