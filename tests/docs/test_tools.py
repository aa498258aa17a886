"""The programs of the page on tools, those with a model against the embedded server."""

from __future__ import annotations

import sys
from pathlib import Path

import mcp.client.stdio
import pytest

from lionpride_trio import ToolCall, Verdict
from lionpride_trio.session import ActionResponseContent
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


async def test_converse(server, capsys):
    reply = await load("converse")["main"]("m-parallel")
    out = capsys.readouterr().out
    assert {"weather is called", "ask_an_expert is called"} <= set(out.splitlines())
    assert '\nweather gave, in turn 0: {"city":"' in out
    opinion = out.partition("\nask_an_expert gave, in turn 0: ")[2].splitlines()[0]
    assert out.count(opinion) == 2  # as it was said, and as the result
    asked, answered = [r.json() for r in server.requests if r.json()["model"] == "m-parallel"]
    assert asked["stream"] is answered["stream"] is True
    roles = [message["role"] for message in answered["messages"]]
    assert roles == ["user", "assistant", "tool", "tool"]
    assert [turn.verdict for turn in reply.turns] == [Verdict.TOOL_USE, Verdict.COMPLETE]


@pytest.mark.parametrize(
    ("said", "told", "is_error"),
    [("y", "is deleted", False), ("", "this call was refused: the user does not want it", True)],
)
async def test_approved_tools(said, told, is_error, server, capsys, monkeypatch):
    asked = []
    monkeypatch.setattr("builtins.input", lambda prompt: asked.append(prompt) or said)
    session = await load("approved_tools")["main"]("m-tools")
    assert capsys.readouterr().out.startswith("\nThe model wants delete_mail({")
    assert len(asked) == 1
    (result,) = [
        message.content
        for message in session.history("mails")
        if isinstance(message.content, ActionResponseContent)
    ]
    assert told in result.output
    assert result.is_error is is_error


async def test_what_is_harmless_is_not_asked_about(server, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail("somebody was asked"))
    example = load("approved_tools")
    call = ToolCall("c0", "find_mails", '{"sender": "ann"}')
    assert await example["approve"](call) is True


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
