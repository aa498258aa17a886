"""The page's command: what it serves, what it refuses, and how Ctrl-C ends it."""

import re
import signal
import socket
import sys
from contextlib import contextmanager

import httpx
import pytest

from lionpride_trio.cli import main
from lionpride_trio.durable import open_streams
from tests.cli.process import start

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a child")


@contextmanager
def serving(*arguments):
    """The process, and a client of its page."""
    with start("web", "--port", "0", *arguments) as process:
        url = process.stdout.readline().decode().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
        try:
            with httpx.Client(base_url=url, trust_env=False) as client:
                yield process, client
        finally:
            process.kill()


def ask(client, models=(0,)):
    asked = {"question": "Why?", "models": list(models)}
    return client.post("questions", json=asked).json()["id"]


@needs_signals
def test_without_a_model_it_asks_three_of_its_own():
    with serving("--rate", "5000") as (process, client):
        names = client.get("models").json()
        assert process.stdout.readline().decode() == (
            f"{', '.join(names)}. Ctrl-C stops the answers and the server.\n"
        )
        told = client.get(f"questions/{ask(client, range(len(names)))}").text
        assert len(names) == 3
        assert all(name.startswith("local/") for name in names)
        assert told.count('"end":"complete"') == 3
        assert re.search(r'"lane":2.*"name":"clock"', told)
        assert re.search(r'"lane":2.*"result":"\d\d:\d\d in \w+"', told)
        process.send_signal(signal.SIGINT)
        assert process.communicate() == (b"", b"")
    assert process.returncode == 0


@needs_signals
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_stops_what_runs_and_marks_it(number, tmp_path):
    store = f"sqlite:///{tmp_path}/answers.db"
    arguments = ["--model", "local/pieces-9999-slow", "--store", store]
    with serving(*arguments) as (process, client):
        key = ask(client)
        with client.stream("GET", f"questions/{key}") as answer:
            lines = answer.iter_lines()
            while '"text"' not in next(lines):
                pass
            process.send_signal(number)
            rest = list(lines)
        assert "event: end" in rest
        process.communicate()
    assert process.returncode == 0
    async with open_streams(store) as streams:
        assert (await streams.status(key)).state.value == "stopped"


def test_a_busy_port_is_a_failure_in_one_line(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["web", "--port", str(port)]) == 1
    told = capsys.readouterr().err
    assert re.fullmatch(rf"error: cannot listen on port {port} of 127.0.0.1: .*in use.*\n", told)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["--model", "local/a", "--model", "local/a"],
            "--model is given twice with the same name: each lane needs another",
        ),
        (["--model", "opnai/m"], "unknown provider 'opnai': did you mean 'openai'?"),
        (
            ["--model", "groq/m"],
            "no key for provider 'groq': set the environment variable GROQ_API_KEY",
        ),
        (
            ["--store", "file.db"],
            "the URL of a store is 'memory:', 'sqlite:///app.db' or 'redis://…', not 'file.db'",
        ),
    ],
)
def test_what_is_wrong_is_one_line(arguments, line, capsys, monkeypatch):
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    assert main(["web", "--port", "0", *arguments]) == 2
    assert capsys.readouterr() == ("", f"error: {line}\n")
