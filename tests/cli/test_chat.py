"""Chat: lines in, answers out, Ctrl-C in between."""

import json
import os
import signal
import subprocess
import sys

import pytest
import trio

from lionpride_trio import BadRequest, iModel, local
from lionpride_trio.cli._chat import talk
from lionpride_trio.cli._lines import Lines
from lionpride_trio.testing import Answer, FaultyServer


@pytest.fixture
def stdin(monkeypatch):
    """Give `sys.stdin` a text; its end follows."""
    opened = []

    def give(text):
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
        opened.append(os.fdopen(reading))
        monkeypatch.setattr(sys, "stdin", opened[-1])

    yield give
    for file in opened:
        file.close()


async def test_each_line_is_answered_and_the_past_is_kept(stdin, capsys):
    stdin("hi\n\nand then?\n")
    async with local.serve() as server:
        url = server.url("openai_compatible")
        assert await talk("openai_compatible", "m", base_url=url, system="Be kind.") == 0
        model = iModel("openai_compatible", "m", base_url=url)
        first = (await model.complete("hi")).text
        asked = [request.json()["messages"] for request in server.requests]
    assert capsys.readouterr().out.startswith(first + "\n")
    assert [message["role"] for message in asked[0]] == ["system", "user"]
    assert [message["content"] for message in asked[1]] == ["Be kind.", "hi", first, "and then?"]


async def test_an_error_is_one_line_and_leaves_no_trace(stdin, capsys):
    stdin("hi\n")
    async with local.serve() as server:
        url = server.url("local")
        assert await talk("local", "m-error-403", base_url=url) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: local/m-error-403: ")
    assert captured.err.count("\n") == 1


async def test_what_came_before_an_error_is_shown(stdin, capsys):
    stdin("hi\n")
    async with local.serve() as server:
        assert await talk("local", "m-cut", base_url=server.url("local")) == 1
    captured = capsys.readouterr()
    assert len(captured.out) > 20
    assert captured.out.endswith("\n")
    assert "end mark" in captured.err


async def test_a_cut_answer_says_so_and_is_kept(stdin, capsys):
    stdin("hi\nand then?\n")
    said = b'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n'
    cut = b'data: {"choices":[{"index":0,"finish_reason":"length"}]}\n\ndata: [DONE]\n\n'
    async with FaultyServer(Answer(body=said + cut)) as server:
        assert await talk("local", "m", base_url=server.url("local")) == 0
        messages = json.loads(server.requests[1].body)["messages"]
    captured = capsys.readouterr()
    assert captured.out == "Hel\nHel\n"
    assert captured.err == "(the answer was cut: length)\n" * 2
    assert [message["content"] for message in messages] == ["hi", "Hel", "and then?"]


async def test_lines_come_however_they_were_written():
    reading, writing = os.pipe()
    try:
        lines = Lines(reading)
        os.write(writing, "ä\r\nb\n\nlast".encode())
        assert [await lines.next_line() for _ in range(3)] == ["ä", "b", ""]
        with trio.CancelScope() as scope:  # a reader that waits can be cancelled
            scope.cancel()
            await lines.next_line()
        assert scope.cancelled_caught
    finally:
        os.close(writing)
    lines = Lines(reading)
    assert await lines.next_line() is None
    os.close(reading)


def start(*arguments):
    """The command line as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "lionpride_trio", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a child")
def test_ctrl_c_stops_the_answer_and_then_leaves():
    with start("chat", "--provider", "local", "--model", "m-stall") as chat:
        chat.stdin.write(b"hi\n")
        chat.stdin.flush()
        assert chat.stdout.read(20), chat.stderr.read()
        chat.send_signal(signal.SIGINT)
        assert b"(stopped)\n" in iter(chat.stdout.readline, b"")
        chat.send_signal(signal.SIGINT)
        out, err = chat.communicate()
    assert (chat.returncode, out, err) == (0, b"\n", b"")


def test_a_missing_key_and_a_wrong_provider_are_usage_errors():
    for arguments, words in (
        (["--provider", "openai", "--model", "m"], b"OPENAI_API_KEY"),
        (["--provider", "opnai", "--model", "m"], b"did you mean 'openai'"),
        (["--provider", "openai"], b"model"),
    ):
        with start("chat", *arguments) as chat:
            out, err = chat.communicate()
        assert (chat.returncode, out, err.count(b"\n")) == (2, b"", 1)
        assert words in err


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a child")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_server_says_where_it_is_and_stops_when_told(number):
    with start("serve", "--seed", "3") as process:
        lines = [process.stdout.readline().decode().split() for _ in local.PROVIDERS]
        urls = dict(lines)
        assert tuple(urls) == local.PROVIDERS
        assert b"Ctrl-C" in process.stdout.readline()
        model = iModel("anthropic", "m", api_key="any", base_url=urls["anthropic"])
        async with local.serve(seed=3) as server:
            same = iModel("anthropic", "m", api_key="any", base_url=server.url("anthropic"))
            assert await model.complete("hi") == await same.complete("hi")
        process.send_signal(number)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a child")
@pytest.mark.parametrize("flags", [[], ["--strict"], ["--no-strict"]])
async def test_the_server_is_strict_unless_it_is_told_not_to_be(flags):
    with start("serve", *flags) as process:
        url = process.stdout.readline().decode().split()[1]  # OpenAI's
        model = iModel("openai", "m", api_key="any", base_url=url, extra_body={"wether": 1})
        if flags == ["--no-strict"]:
            assert (await model.complete("hi")).text
        else:
            with pytest.raises(BadRequest, match="wether"):
                await model.complete("hi")
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0


def test_help_and_version():
    with start() as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert all(command in out for command in (b"demo", b"chat", b"serve"))
    with start("--version") as process:
        assert process.communicate()[0].count(b".") == 2


def test_a_reader_that_goes_is_no_traceback():
    with start("demo", "--rate", "10000") as process:
        process.stdout.close()
        err = process.stderr.read()
        process.wait()
    assert (process.returncode, err) == (1, b"")
