"""The ``flow`` command: a builder in a file, shown as a tree."""

import io
import re

import pytest
from rich.console import Console

from lionpride_trio import ConfigurationError
from lionpride_trio.cli import main
from lionpride_trio.cli._flow import show
from lionpride_trio.cli._target import load

PROGRAM = """
from lionpride_trio import Session, iModel
from lionpride_trio.operations import Builder
from lionpride_trio.transformers import sentences

session = Session()
session.services.register(iModel("local", "trigram-1{directive}", name="m", stream=True))
builder = Builder(session=session)
story = builder.communicate(instruction="Tell", imodel="m", branch="story")
cut = builder.transform(story, sentences(), name="by [sentences]")
last = builder.communicate(instruction="Sum up", imodel="m", branch="sum", context_from=[cut])


async def nothing(context):
    await context.send("evil \\x1b]0;title\\x07 text")


inner = Builder()
inner.add(nothing, name="inside")
builder.subflow(inner)


def made():
    return builder


async def made_later():
    return builder


def made_of(what):
    return builder


number = 3
"""


@pytest.fixture
def program(tmp_path):
    def write(directive=""):
        path = tmp_path / "program.py"
        path.write_text(PROGRAM.replace("{directive}", directive), encoding="utf-8")
        return str(path)

    return write


def printing(**options):
    return Console(file=io.StringIO(), width=100, **options)


async def test_the_tree_is_printed_when_all_has_ended(program):
    console = printing()
    assert await show(f"{program()}:made", max_concurrent=2, console=console) == 0
    out = console.file.getvalue()
    lines = [line.strip("│ ├└─") for line in out.splitlines()]
    signs = [line.partition("  ")[0] for line in lines if line.startswith("✓")]
    assert signs == ["✓ story", "✓ by [sentences]", "✓ sum", "✓ subflow", "✓ inside"]
    assert lines[0] == "flow of 4 operations"
    assert "chunks, first after" in out
    times = [re.search(r"  (\d+\.\d\d) → (\d+\.\d\d) s", line) for line in lines if "✓" in line]
    begun = [(float(found[1]), float(found[2])) for found in times]
    assert all(begin <= end for begin, end in begun)
    assert begun[0][0] == min(begun)[0]  # the story, which the others read
    assert "\x1b" not in out


async def test_a_terminal_sees_it_live(program):
    console = printing(force_terminal=True)
    assert await show(program(), console=console) == 0
    assert console.file.getvalue().count("flow of 4 operations") > 1
    assert "\x1b]0;" not in console.file.getvalue()


@pytest.mark.parametrize("terminal", [False, True])
async def test_a_failure_is_shown_and_raised(program, terminal):
    console = printing(force_terminal=terminal)
    with pytest.raises(Exception, match="without the provider's end mark"):
        await show(program("-cut"), console=console)
    out = console.file.getvalue()
    assert "✗ story" in out
    assert "StreamTruncated" in out
    assert "for story: StreamTruncated" in out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("number", "'number' in {path} is no Builder, but 3"),
        ("builde", "{path} has no 'builde': did you mean {path}:builder?"),
        ("mad", "{path} has no 'mad': did you mean {path}:made?"),
        ("unknown", "{path} has no 'unknown': its builders are builder, inner"),
        (
            "made_later",
            "'made_later' in {path} is an async function: name a Builder, or a plain function that"
            " makes one",
        ),
        (
            "made_of",
            "'made_of' in {path} cannot be called without arguments: missing a required argument:"
            " 'what'",
        ),
    ],
)
def test_what_is_no_builder_is_refused(name, words, program, capsys):
    path = program()
    assert main(["flow", f"{path}:{name}"]) == 2
    assert capsys.readouterr() == ("", f"error: {words.replace('{path}', path)}\n")


def test_a_file_without_a_builder_says_what_to_write(tmp_path):
    path = tmp_path / "empty.py"
    path.write_text("")
    with pytest.raises(ConfigurationError, match=r"write FILE\.py:NAME"):
        load(str(path))
    with pytest.raises(ConfigurationError, match=r"no file 'gone\.py'"):
        load("gone.py:builder")
