"""The programs of docs/operations.md."""

import json
import logging

from tests.docs.markdown import load


async def test_costs_are_added_up_by_model(capsys):
    await load("costs")["main"]()
    name, dollars, sign = capsys.readouterr().out.split()
    assert (name, sign) == ("trigram-1:", "$")
    assert 0 < float(dollars) < 0.001


async def test_structlog_writes_a_line_of_json_a_call(capsys, monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])  # a program of its own has none, and pytest has
    level = root.level
    try:
        await load("log_structlog")["main"]()
    finally:
        root.setLevel(level)
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    (written,) = [line for line in lines if line.get("kind") == "finished"]
    assert written["outcome"] == "ended"
    assert written["output_tokens"] > 0
