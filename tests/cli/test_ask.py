"""One question, one answer: on a pipe, in JSON, in files."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lionpride_trio import Session, iModel, local
from lionpride_trio.cli import main
from lionpride_trio.cli._ask import ask
from tests.cli.process import PYTHON, environment, run, start


def ask_local(*arguments):
    return main(["ask", "--provider", "local", *arguments])


def test_the_answer_is_printed_as_it_came(stdin, capsys):
    stdin("")
    assert ask_local("Why", "is", "it?") == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.count("\n") >= 1
    assert ask_local("Why is it?") == 0
    assert capsys.readouterr().out == captured.out


async def test_what_is_piped_in_is_the_context(stdin, capsys):
    async with local.serve() as server:
        url = server.url("local")
        stdin("first\r\nsecond\n")
        assert (
            await ask("Sum up.", provider="local", model="m", base_url=url, system="Be kind.") == 0
        )
        stdin("What is this?\n")
        assert await ask("", provider="local", model="m", base_url=url) == 0
        asked = [request.json()["messages"] for request in server.requests]
    assert [message["content"] for message in asked[0]] == [
        "Be kind.",
        "<context>\nfirst\nsecond\n</context>\n\nSum up.",
    ]
    assert [message["content"] for message in asked[1]] == ["What is this?\n"]


def test_json_is_one_object_with_all_there_is_to_know(stdin, capsys):
    stdin("")
    assert ask_local("Why?", "--json", "--model", "m-reasoning") == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.isascii()
    assert captured.out.count("\n") == 1
    answer = json.loads(captured.out)
    assert list(answer) == [
        *("text", "verdict", "finish_reason", "provider", "model", "usage", "reasoning", "refusal")
    ]
    assert (answer["verdict"], answer["provider"], answer["model"]) == (
        *("complete", "local", "m-reasoning"),
    )
    assert answer["reasoning"]
    assert answer["usage"]["output_tokens"] > 10
    assert ask_local("Why?", "--model", "m-reasoning") == 0
    assert capsys.readouterr().out.rstrip("\n") == answer["text"].rstrip("\n")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("m-filtered", "(the answer was cut: blocked)"),
        ("m-refusal", "(the model declined: I'm sorry, but I can't help with that.)"),
        ("m-tools", "(the model called a tool, and nothing here runs tools)"),
    ],
)
def test_an_answer_that_is_not_whole_says_so_beside_it(model, words, stdin, capsys):
    stdin("")
    assert ask_local("Why?", "--model", model) == 3
    assert capsys.readouterr().err == f"{words}\n"
    assert ask_local("Why?", "--model", model, "--json") == 3
    captured = capsys.readouterr()
    assert captured.err == f"{words}\n"
    assert json.loads(captured.out)["verdict"] != "complete"


@pytest.mark.parametrize("model", ["m-cut", "m-error-403", "m-midstream-error"])
def test_an_error_is_one_line_and_no_json(model, stdin, capsys):
    stdin("")
    assert ask_local("Why?", "--model", model, "--json") == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"error: local/{model}: ")
    assert captured.err.count("\n") == 1


def test_what_came_before_an_error_is_shown(stdin, capsys):
    stdin("")
    assert ask_local("Why?", "--model", "m-cut") == 1
    captured = capsys.readouterr()
    assert len(captured.out) > 20
    assert captured.out.endswith("\n")
    assert "end mark" in captured.err


async def test_a_saved_conversation_goes_on(stdin, capsys, tmp_path):
    path = tmp_path / "talk.json"
    async with local.serve() as server:
        model = {"provider": "local", "model": "m", "base_url": server.url("local")}
        for words, settings in (
            ("One?", {"save": str(path)}),
            ("Two?", {"save": str(path)}),
            ("Three?", {"resume": str(path)}),
            ("Four?", {"resume": str(path), "save": str(tmp_path / "copy.json"), "system": "Sh."}),
            ("Five?", {"resume": str(path), "save": str(path)}),
        ):
            stdin("")
            assert await ask(words, **model, **settings) == 0
        asked = [request.json()["messages"] for request in server.requests]
    said = [message["content"] for message in asked[1]]
    assert [said[0], said[2]] == ["One?", "Two?"]
    assert [len(messages) for messages in asked] == [1, 3, 5, 6, 5]
    assert asked[3][0] == {"role": "system", "content": "Sh."}
    assert len(Session.load(path).messages) == 6
    assert len(Session.load(tmp_path / "copy.json").messages) == 7


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--save", "{tmp}/none/talk.json"], "there is no folder"),
        (["--save", "{tmp}"], "is a folder"),
        (["--resume", "{tmp}/nobody.json"], "there is no file"),
        (["--save", "{tmp}/other.txt"], "is damaged"),
        (["--save", "{tmp}/other.txt", "--resume", "{tmp}/talk.json"], "is there already"),
    ],
)
def test_a_file_that_is_in_the_way_is_refused_before_anything_is_asked(
    arguments, words, stdin, capsys, tmp_path
):
    (tmp_path / "other.txt").write_text("a letter")
    Session().save(tmp_path / "talk.json")
    stdin("")
    arguments = [word.replace("{tmp}", str(tmp_path)) for word in arguments]
    assert ask_local("Why?", "--model", "m-error-403", *arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err
    assert captured.err.count("\n") == 1
    assert (tmp_path / "other.txt").read_text() == "a letter"


def test_a_failed_answer_leaves_the_file_as_it_was(stdin, capsys, tmp_path):
    path = tmp_path / "talk.json"
    stdin("")
    assert ask_local("One?", "--save", str(path)) == 0
    before = path.read_bytes()
    stdin("")
    assert ask_local("Two?", "--save", str(path), "--model", "m-cut") == 1
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["talk.json"]


def test_what_a_model_says_is_shown_and_not_obeyed(stdin, capsys, monkeypatch):
    from lionpride_trio.local import _trigram

    monkeypatch.setattr(
        _trigram.TrigramModel, "answer", lambda *_: ("\x1b]0;", "title\x07", " \u202eend")
    )
    stdin("")
    assert ask_local("Why?") == 0
    assert capsys.readouterr().out == "\\x1b]0;title\\x07 \\u202eend\n"


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a child")
@pytest.mark.parametrize("command", [["ask", "Why?"], ["chat"]])
def test_ctrl_c_breaks_it_off(command):
    with start(*command, "--provider", "local", "--model", "m-stall") as asking:
        asking.stdin.write(b"hi\n")
        asking.stdin.close()
        assert asking.stdout.read(20), asking.stderr.read()
        asking.send_signal(signal.SIGINT)
        out, err = asking.stdout.read(), asking.stderr.read()
        asking.wait()
    assert (asking.returncode, err) == (130, b"")
    assert out.endswith(b"\n")


async def test_a_pipe_without_a_reader_ends_it_quietly():
    with start("ask", "Why?", "--provider", "local", "--model", "m-pieces-4000") as asking:
        asking.stdin.close()
        assert asking.stdout.read(1)
        asking.stdout.close()
        err = asking.stderr.read()
        asking.wait()
    assert (asking.returncode, err) == (141, b"")


async def test_the_name_of_a_model_may_say_its_provider(stdin, capsys, monkeypatch):
    async with local.serve() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url("openai"))
        stdin("")
        assert await ask("Why?", provider=None, model="openai/gpt-4o-mini") == 0
        answer = await iModel("openai", "gpt-4o-mini").complete("Why?")
    assert capsys.readouterr().out.strip() == answer.text.strip()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_told_of():
    for command in (["ask", "Why?", "--provider", "local"], ["--version"]):
        with Path("/dev/full").open("wb") as full, start(*command, stdout=full) as asking:
            asking.stdin.close()
            err = asking.stderr.read()
            asking.wait()
        assert asking.returncode == 1
        assert re.fullmatch(rb"error: (stdout: )?no space left on device\n", err)


CLOSED = [
    ("1>&-", ["demo", "--rate", "10000"], (1, "", "")),
    ("1>&-", ["--version"], (1, "", "")),
    (
        "0<&-",
        ["chat", "--provider", "local"],
        (2, "", "error: there is no question: standard input is empty\n"),
    ),
    ("2>&-", ["ask", "hi", "--provider", "nobody"], (2, "", "")),
]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
@pytest.mark.parametrize(("closed", "command", "expected"), CLOSED)
def test_closed_streams_end_it_quietly(closed, command, expected):
    done = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *PYTHON, *command],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == expected


def test_nothing_to_ask_is_a_usage_error():
    assert run("ask", "--provider", "local") == (
        *(2, "", 'error: ask needs a question: write ask "…", or pipe one in\n'),
    )
