"""The commands of the page about the command line do what stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.process import environment
from tests.cli.tmux import Terminal, needs_tmux

PAGE = (Path(__file__).parents[2] / "docs" / "command_line.md").read_text(encoding="utf-8")
NEXT = "--- the next command\n"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def commands(block):
    """Each command, and what it is to print."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [tuple(part.split("\n", 1)) for part in parts]


@pytest.fixture
def program(tmp_path):
    """A folder for the PATH in which `lionpride-trio` is this checkout's."""
    path = tmp_path / "bin" / "lionpride-trio"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lionpride_trio "$@"\n')
    path.chmod(0o755)
    return f"{path.parent}:{os.environ['PATH']}"


def expected(text):
    """A pattern of *text*, in which an ellipsis stands for anything."""
    return re.escape(text).replace("…", r"[\s\S]+?")


@pytest.mark.parametrize("block", blocks("console"))
def test_a_command_prints_what_the_page_says(block, program, tmp_path):
    told = commands(block)
    script = f"\necho '{NEXT.strip()}'\n".join(command for command, _ in told)
    # The status of a command is asked for by the command after it.
    script = script.replace(
        f"\necho '{NEXT.strip()}'\necho $?", f"; s=$?\necho '{NEXT.strip()}'\necho $s"
    )
    done = subprocess.run(
        ["bash", "-c", script],
        env={**environment(), "PATH": program},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    printed = done.stdout.split(NEXT)
    assert len(printed) == len(told)
    for (command, text), output in zip(told, printed, strict=True):
        assert re.fullmatch(expected(text), output), (command, output)


@needs_tmux
async def test_the_chat_goes_as_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (block,) = (text for text in blocks("text") if "lionpride-trio chat" in text)
    ((command, text),) = commands(block)
    chat = Terminal(tmp_path / "tmux", *command.split()[1:], width=80)
    try:
        await chat.wait_for_prompt()
        for line in re.findall(r"^> (.+)$", text, re.MULTILINE):
            await chat.ask(line)
        assert re.fullmatch(expected(text.rstrip()), chat.screen())
    finally:
        chat.close()
    assert (tmp_path / "whales.json").exists()


def test_every_key_and_line_of_the_help_is_on_the_page():
    from lionpride_trio.cli._slash import COMMANDS

    for command, (argument, _) in COMMANDS.items():
        assert f"| `{command} {argument}".rstrip() in PAGE
    for key in ("Enter", "Alt-Enter", "Ctrl-C", "Ctrl-D"):
        assert key in PAGE
