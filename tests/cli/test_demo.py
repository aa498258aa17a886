"""The demo, on a pipe and on a terminal."""

import io
import re

import pytest
from rich.console import Console

from lionpride_trio import local
from lionpride_trio.cli import main
from lionpride_trio.cli._demo import MODELS, Answer, show
from lionpride_trio.cli._panels import Panels

SUMMARY = re.compile(
    r"(?P<provider>\w+) +(?P<chunks>\d+) chunks +(?P<chars>\d+) characters  "
    r"first after +\d+\.\d{3} s  (?P<verdict>\w+)"
)


def test_a_pipe_gets_the_answers_and_then_the_summary_in_plain_text(capsys):
    assert main(["demo", "--rate", "10000", "--question", "Why?"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "\x1b" not in captured.out
    *answers, summary = captured.out.strip().split("\n\n")
    lines = [SUMMARY.fullmatch(line) for line in summary.split("\n")]
    assert [line["provider"] for line in lines] == list(MODELS)
    assert {line["verdict"] for line in lines} == {"complete"}
    told = "\n\n".join(answers)
    for line, (provider, model) in zip(lines, MODELS.items(), strict=True):
        assert int(line["chars"]) > int(line["chunks"]) > 10
        assert f"{provider} · {model}\n" in told


def test_the_seed_and_the_question_change_the_answers(capsys):
    outputs = set()
    for arguments in ([], ["--seed", "1"], ["--question", "Who?"]):
        assert main(["demo", "--rate", "10000", *arguments]) == 0
        outputs.add(capsys.readouterr().out.split("\n")[1])
    assert len(outputs) == 3


async def test_a_terminal_sees_them_side_by_side():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, height=24, legacy_windows=False)
    assert await show("Why?", rate=2000, seed=0, console=console) == 0
    final = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    for provider, model in MODELS.items():
        assert f"{provider} · {model}" in final
    assert screen.getvalue().count("\x1b[?25l") == screen.getvalue().count("\x1b[?25h") == 1


def test_a_pipe_gets_the_waterfall_after_the_answers(capsys):
    assert main(["demo", "--rate", "10000", "--question", "Why?", "--timeline"]) == 0
    *_, waterfall, summary = capsys.readouterr().out.strip("\n").split("\n\n")
    axis, *rows = waterfall.split("\n")
    assert axis.strip().startswith("0")
    assert sorted(row.split(" ")[0] for row in rows) == sorted(MODELS.values())
    assert all(row.endswith("complete") and "●" in row for row in rows)
    assert len(summary.split("\n")) == len(MODELS)


async def test_a_terminal_sees_the_waterfall_grow():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, height=24, legacy_windows=False)
    assert await show("Why?", rate=2000, seed=0, console=console, timeline=True) == 0
    shown = screen.getvalue()
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1
    final = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert "Why?" in final
    for model in MODELS.values():
        assert model[:10] in final
    assert "●" in final


async def test_a_failure_is_told_in_its_line_and_by_the_exit_code(monkeypatch, capsys):
    monkeypatch.setitem(MODELS, "groq", "m-cut")
    monkeypatch.setitem(MODELS, "gemini", "m-error-403")
    assert await show("Why?", rate=None, seed=0, console=Console(file=io.StringIO())) == 1
    summary = capsys.readouterr().out.strip().split("\n")[-4:]
    assert summary[0].endswith("complete")
    assert "failed: groq/m-cut" in summary[3]
    assert "never" in summary[2]


def test_what_a_model_says_cannot_drive_the_terminal():
    answer = Answer("evil", "m")
    for piece in ("\x1b]0;title\x07", "\x1b[2J", "\x9b31m", "\r", "[bold red]ok[/]"):
        answer.take(piece, 0.0)
    assert not set(answer.text) & set("\x1b\x07\x9b\r")
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=False, width=200)
    Panels(console, "?").print_whole([answer])
    assert "[bold red]ok[/]" in screen.getvalue()
    assert "\x1b" not in screen.getvalue()


@pytest.mark.parametrize("width", [20, 59, 60, 200])
def test_any_width_will_do(width):
    answers = [Answer(p, m, text="word " * 200) for p, m in MODELS.items()]
    console = Console(file=io.StringIO(), force_terminal=True, width=width, height=5)
    with Panels(console, "?") as panels:
        panels.show(answers)
    panels.print_whole(answers)


def test_the_server_plays_all_that_the_demo_asks():
    assert MODELS.keys() <= set(local.PROVIDERS)
