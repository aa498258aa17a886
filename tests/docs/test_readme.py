"""Every command and every program in the README works as it stands."""

import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from functools import partial
from pathlib import Path

import pytest
import trio

from lionpride_trio import local

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# A block that is no whole program stands inside an open session with a model in it.
FRAME = """\
import trio
import lionpride_trio
from lionpride_trio import *

async def main():
    async with Session() as session:
        model = iModel("openai", "gpt-4o-mini", stream=True)
        session.services.register(model)
{body}

trio.run(main)
"""


# An endpoint stands in an application, which is asked once and then told to end.
WEB = """\
import httpx
import trio
from fastapi import FastAPI
from hypercorn.config import Config
from hypercorn.trio import serve
from lionpride_trio import Session, iModel
from lionpride_trio.web import respond

app = FastAPI()
model = iModel("openai", "gpt-4o-mini")

{program}

async def main():
    config = Config()
    config.bind = ["127.0.0.1:0"]
    config.loglevel = "ERROR"
    async with Session() as session, trio.open_nursery() as nursery:
        session.services.register(model)
        [address] = await nursery.start(serve, app, config)
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{{address}}/ask", params={{"question": "hi"}})
        print(answer.text)
        nursery.cancel_scope.cancel()

trio.run(main)
"""


def blocks(*languages):
    """The fenced blocks in one of the languages, with the line that each begins at."""
    fence = re.compile(r"^([ ]*)(`{3,})(\w+)[^\n]*\n(.*?)^\1\2[ ]*$", re.MULTILINE | re.DOTALL)
    return [
        pytest.param(
            textwrap.dedent(match[4]), id=f"line {README[: match.start()].count(chr(10)) + 1}"
        )
        for match in fence.finditer(README)
        if match[3] in languages
    ]


def commands():
    """Each command of the shell blocks, without prompt and comment."""
    lines = "\n".join(block.values[0] for block in blocks("sh", "bash", "shell", "console"))
    lines = lines.replace("\\\n", " ")
    words = [shlex.split(line.removeprefix("$ "), comments=True) for line in lines.splitlines()]
    return [pytest.param(found, id=shlex.join(found)) for found in words if found]


def environment(server):
    """An environment whose providers are all played by the server."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not re.match(r"(OPENAI|ANTHROPIC|GEMINI|GOOGLE|GROQ|OPENROUTER|OLLAMA)_", name)
    }
    keys = [f"{name}_API_KEY" for name in ("OPENAI", "ANTHROPIC", "GEMINI", "GROQ", "OPENROUTER")]
    return {
        **kept,
        **dict.fromkeys(keys, "any"),
        "OPENAI_BASE_URL": server.url("openai"),
        "ANTHROPIC_BASE_URL": server.url("anthropic"),
        "GOOGLE_GEMINI_BASE_URL": server.url("gemini"),
        "GROQ_BASE_URL": server.url("groq"),
        "OPENROUTER_BASE_URL": server.url("openrouter"),
        "OLLAMA_HOST": server.url("ollama"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }


async def run_python(*arguments, cwd):
    """Run this interpreter beside a server, and give what it wrote."""
    async with local.serve() as server:
        done = await trio.run_process(
            [sys.executable, "-W", "error", *arguments],
            env=environment(server),
            cwd=cwd,
            capture_stdout=True,
            capture_stderr=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode(), server.requests


@pytest.mark.parametrize("program", blocks("python", "py"))
async def test_a_program_runs(program, tmp_path):
    if program.startswith("@app."):
        program = WEB.format(program=program)
    elif "trio.run(" not in program:
        program = FRAME.format(body=textwrap.indent(program, " " * 8))
    out, requests = await run_python("-c", program, cwd=tmp_path)
    assert "Traceback" not in out
    if "print(" in program and requests:
        assert out.strip()


def make(*words):
    return subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        # Make's own variables would make this a part of the make that runs the tests.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
    ).stdout


async def check_make(words, cwd):
    targets = [word for word in words if "=" not in word and not word.startswith("-")]
    for target in targets:
        planned = make("-n", target)
        if target == "help":
            assert "make demo" in make("help")
        elif target == "test":
            # Running it would run this test, and so on.
            assert re.search(r"python -m pytest\b", planned)
        elif target == "demo":
            assert re.search(r"python -m lionpride_trio demo\b", planned)
            await check_cli(["demo", "--rate", "10000"], cwd)
        else:
            assert planned.strip()


async def check_cli(words, cwd):
    """Run what comes to an end by itself; of the others, see that their options are real."""
    if words[:1] == ["demo"] or not words or "--help" in words:
        out, _ = await run_python("-m", "lionpride_trio", *words, cwd=cwd)
        assert "\x1b" not in out
        if words[:1] == ["demo"]:
            for provider in ("openai", "anthropic", "gemini", "groq"):
                assert re.search(rf"^{provider} .*chunks.*complete$", out, re.MULTILINE)
        return
    from lionpride_trio.cli._commands import app

    app.parse_args(words, exit_on_error=False)


def check_install(words):
    """This project is installed, and the extras that are named are there."""
    for word in words:
        match = re.fullmatch(r"(lionpride[\w-]*|\.)(?:\[([\w,-]+)\])?", word)
        if match:
            assert match[1] in {".", PROJECT["name"], PROJECT["name"].replace("_", "-")}
            extras = set(filter(None, (match[2] or "").split(",")))
            assert extras <= PROJECT["optional-dependencies"].keys()


@pytest.mark.parametrize("words", commands())
async def test_a_command_works(words, tmp_path):
    match words:
        case ["make", *rest]:
            await check_make(rest, tmp_path)
        case [("python" | "python3"), "-m", "lionpride_trio", *rest] | ["lionpride-trio", *rest]:
            await check_cli(rest, tmp_path)
        case ["pip", "install", *rest] | [("python" | "python3"), "-m", "pip", "install", *rest]:
            check_install(rest)
        case ["uv", ("add" | "pip"), *rest]:
            check_install(rest)
        case [("python" | "python3"), script] if (ROOT / script).is_file():
            await run_python(str(ROOT / script), cwd=tmp_path)
        case ["export", assignment]:
            assert re.fullmatch(r"[A-Z_]+=.*", assignment)
        case _:
            pytest.fail(f"the README has a command that this test cannot check: {words}")


async def test_the_demo_runs_as_make_would_run_it(tmp_path):
    await check_make(["demo"], tmp_path)


def test_every_target_in_the_makefiles_help_is_real():
    targets = re.findall(r"^ *make (\w+)", make("help"), re.MULTILINE)
    assert {"demo", "test", "lint", "types", "docs", "bench"} <= set(targets)
    list(map(partial(make, "-n"), targets))
