"""The programs of the page on tools, those with a model against the embedded server."""

from __future__ import annotations

import sys
from pathlib import Path

import mcp.client.stdio

from tests.docs.markdown import DOCS, blocks, load
from tests.docs.test_readme import run_python

# Its servers inherit the stderr of when it is imported, which a test's own capture is not fit for.
assert mcp.client.stdio

SERVER = Path(__file__).parents[1] / "tools" / "mcp_server.py"
PAGE = DOCS / "tools.md"


async def test_tools(server, capsys):
    await load("tools")["main"]("m-tools")
    called, answer = capsys.readouterr().out.split("\n", 1)
    assert called.startswith('weather({"city":')
    assert '"sky":"rain"' in called
    assert answer.strip()


async def test_mcp_tools(server, capsys):
    await load("mcp_tools")["main"](sys.executable, [str(SERVER)], "m-tools")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "<Tool weather(city)>"
    assert lines[-1].startswith("weather gives rain in ")


async def test_the_page_shows_what_its_programs_print(tmp_path):
    first, wrong, *_ = blocks(PAGE, "python")
    out, _ = await run_python("-c", first.text, cwd=tmp_path)
    assert out.splitlines() == [
        "rain in Oslo, 3 C",
        "rain in Oslo, 3 F",
        "{'type': 'string', 'enum': ['C', 'F'], 'default': 'C'}",
    ]
    out, _ = await run_python("-c", wrong.text, cwd=tmp_path)
    assert [out] == [block.text for block in blocks(PAGE, "text")]


def test_the_tools_of_the_page_keep_the_laws():
    names = {}
    for block in blocks(PAGE, "python"):
        program = block.text.replace("\ntrio.run(main)\n", "\n")
        exec(compile(program, str(block), "exec"), names)
    names["test_my_tools"]()
