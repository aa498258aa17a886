"""The programs of docs/operations.md."""

import json

from tests.docs.markdown import EXAMPLES, load
from tests.docs.test_readme import run_python


async def test_costs_are_added_up_by_model(capsys):
    await load("costs")["main"]()
    name, dollars, sign = capsys.readouterr().out.split()
    assert (name, sign) == ("trigram-1:", "$")
    assert 0 < float(dollars) < 0.001


async def test_structlog_writes_a_line_of_json_a_call(tmp_path):
    out, _ = await run_python(str(EXAMPLES / "log_structlog.py"), cwd=tmp_path)
    (line,) = out.splitlines()
    written = json.loads(line)
    assert written["kind"] == "finished"
    assert written["outcome"] == "ended"
    assert written["output_tokens"] > 0
