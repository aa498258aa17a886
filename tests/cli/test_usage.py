"""Wrong commands and settings: one line, in the command line's own words, and the nearest name."""

import re
import subprocess
import sys

import pytest

from lionpride_trio.cli import main
from lionpride_trio.cli._commands import app
from tests.cli.process import environment, start

LOCAL = ["--provider", "openai_compatible"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["chatt"], "unknown command 'chatt': did you mean 'chat'?"),
        (["qqq"], "unknown command 'qqq': --help lists them"),
        (["chat", "--provder", "x"], "unknown option '--provder': did you mean '--provider'?"),
        (["chat", "--qqq"], "unknown option '--qqq': chat --help lists them"),
        (["chat", "--provider"], "--provider needs a value"),
        (["demo", "more"], "demo does not know what to do with 'more'"),
        (["flow"], "flow needs TARGET"),
        (["record", "call.jsonl"], "record needs QUESTION"),
        (["serve", "--port", "abc"], "--port takes a whole number, not 'abc'"),
        (["serve", "--port", "99999"], "--port takes a number from 0 to 65535, not 99999"),
        (["serve", "--port=-1"], "--port takes a number from 0 to 65535, not -1"),
        (["serve", "--rate", "0"], "--rate takes pieces a second above 0, not 0"),
        (["demo", "--rate", "nan"], "--rate takes pieces a second above 0, not nan"),
        (["demo", "--rate", "fast"], "--rate takes a number, not 'fast'"),
        (
            ["flow", "f.py", "--max-concurrent", "0"],
            "--max-concurrent takes a whole number of at least 1, not 0",
        ),
        (
            ["flow", "f.py", "--on-error", "skipp"],
            "--on-error does not take 'skipp': did you mean 'skip'?",
        ),
        (["completion", "fsh"], "SHELL does not take 'fsh': did you mean 'fish'?"),
        (
            ["completion", "tcsh"],
            "SHELL does not take 'tcsh': it takes bash, zsh, fish, powershell",
        ),
        (["flow", "nobody.py"], "there is no file 'nobody.py': write FILE.py:NAME"),
        (["replay", "nobody.jsonl"], "there is no file 'nobody.jsonl'"),
        (["replay", "/dev/null"], "'/dev/null' is a device or a pipe, and no file"),
        (["replay", "/"], "'/' is a folder, and no file"),
        (["flow", "/"], "'/' is a folder, and no file: write FILE.py:NAME"),
        (
            ["runs", "/dev/null"],
            "'/dev/null' is a device or a pipe, and no file: name the one that 'flow --journal' was given",
        ),
        (["chat", "--provider", "opnai"], "unknown provider 'opnai': did you mean 'openai'?"),
        (["ask", "--model", "opnai/m"], "unknown provider 'opnai': did you mean 'openai'?"),
        (["chat", "--provider", "openai"], "provider 'openai' needs a model: write --model MODEL"),
        (
            ["chat", "--model", "gemini/m"],
            "no key for provider 'gemini': set the environment variable GOOGLE_API_KEY or GEMINI_API_KEY",
        ),
        (
            ["ask", *LOCAL, "--model", "m"],
            "provider 'openai_compatible' has no address: give --base-url",
        ),
        (
            ["ask", *LOCAL, "--model", "m", "--base-url", "ftp://x"],
            "--base-url must be like 'https://host/path', not 'ftp://x'",
        ),
        (
            ["ask", *LOCAL, "--model", "ä", "--base-url", "http://127.0.0.1/"],
            "--model must be printable ASCII without blanks at its ends; 'ä' is not",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_is_wrong_is_one_line(arguments, line, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", f"error: {line}\n")


def test_a_setting_of_the_environment_is_called_by_its_name(capsys, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "two words ")
    assert main(["ask", "--model", "openai/m"]) == 2
    assert capsys.readouterr().err.startswith("error: OPENAI_API_KEY must be printable")
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    monkeypatch.setenv("OPENAI_BASE_URL", "nowhere")
    assert main(["ask", "--model", "openai/m"]) == 2
    assert capsys.readouterr().err.startswith("error: OPENAI_BASE_URL must be like")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://me:pass@host/v1")
    assert main(["ask", "--model", "openai/m"]) == 2
    assert capsys.readouterr().err.endswith("password in it: set OPENAI_API_KEY\n")


def test_plain_http_is_warned_of_on_one_line(capsys, monkeypatch):
    from lionpride_trio.services import _address

    monkeypatch.setattr(_address, "_warned", set())
    address = ["--base-url", "http://provider.invalid/v1"]
    assert main(["ask", "Why?", *LOCAL, "--model", "m", *address, "--resume", "nobody"]) == 2
    warned, _ = capsys.readouterr().err.splitlines()
    assert warned == "warning: prompts and keys go to provider.invalid unencrypted"


@pytest.mark.parametrize("command", ["", *(name for name in app if not name.startswith("-"))])
def test_a_help_screen_fits_80_columns_and_says_what_each_option_does(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*command.split(), "--help"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert max(map(len, captured.out.splitlines())) <= 80
    for row in re.findall(r"^│ \*?\s*(--.*?)│$", captured.out, re.MULTILINE):
        assert re.search(r"(?:  |\) )\S.*[\w.,…:]", row), row


def test_the_version_is_the_package_s():
    from lionpride_trio import __version__

    with start("--version") as process:
        assert process.communicate() == (f"{__version__}\n".encode(), b"")


def test_a_reader_that_goes_is_no_traceback():
    for command in (["demo", "--rate", "10000"], ["--help"]):
        with start(*command) as process:
            process.stdout.close()
            err = process.stderr.read()
            process.wait()
        assert (process.returncode, err) == (141, b"")


BASH = """
source <(printf '%s' "$SCRIPT")
complete_words() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _lionpride_trio
    echo "${COMPREPLY[@]}"
}
complete_words lionpride-trio c
complete_words lionpride-trio chat --s
complete_words lionpride-trio flow f.py --on-error ''
"""


def test_a_shell_completes_commands_options_and_choices(capsys):

    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    done = subprocess.run(
        ["bash", "-c", BASH], env={"SCRIPT": script}, capture_output=True, text=True, check=True
    )
    commands, options, choices = map(str.split, done.stdout.splitlines())
    assert {"chat", "completion"} == set(commands)
    assert {"--system", "--save"} == set(options)
    assert {"cancel", "skip"} == set(choices)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_has_a_script_that_knows_the_commands(shell, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(word in script for word in ("ask", "base-url", "resume"))


def test_completion_is_installed_where_the_shell_looks(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["completion", "bash", "--install"]) == 0
    path = tmp_path / ".local/share/bash-completion/completions/lionpride-trio"
    assert str(path) in capsys.readouterr().out
    assert "_lionpride_trio" in path.read_text()


@pytest.mark.parametrize(
    ("missing", "command", "status", "line"),
    [
        (
            "cyclopts",
            ["ask"],
            1,
            "the command line needs cyclopts: pip install 'lionpride_trio[cli]'",
        ),
        (
            "prompt_toolkit",
            ["chat", "--provider", "local"],
            1,
            "the command line needs prompt_toolkit: pip install 'lionpride_trio[cli]'",
        ),
        (
            "starlette",
            ["demo"],
            2,
            "error: the embedded server needs starlette: pip install 'lionpride_trio[cli]'",
        ),
        ("starlette", ["ask", "--model", "x/y"], 2, None),  # which needs no server
    ],
)
def test_a_part_that_is_not_installed_is_named(missing, command, status, line):
    program = (
        f"import sys; sys.modules[{missing!r}] = None; from lionpride_trio.cli import main;"
        f" sys.exit(main({command}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (status, "")
    if line is None:
        assert "starlette" not in done.stderr
    else:
        assert done.stderr == f"{line}\n"
