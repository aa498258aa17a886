"""Runs with a journal on the command line: begun, killed, gone on with, listed, shown, stopped, answered."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio.cli import main
from lionpride_trio.cli._flow import show
from lionpride_trio.cli._runs import list_runs, show_run, stop_run, url_of
from lionpride_trio.durable import State, open_streams
from tests.durable.waiting import until, until_it_waits
from tests.operations.test_command import printing

PROGRAM = """
import attrs

from lionpride_trio.operations import Builder

builder = Builder()


@attrs.frozen
class Plan:
    steps: int


async def plan(context):
    with open({log!r}, "a") as log:
        log.write("planned ")
    return Plan(3)


async def publish(context):
    with open({log!r}, "a") as log:
        log.write(f"published {{context.results[answer]}} ")


planned = builder.add(plan)
answer = builder.wait_for("approval", depends_on=[planned])
builder.add(publish, depends_on=[answer])
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.format(log=str(tmp_path / "log")), encoding="utf-8")
    return str(path)


@pytest.fixture
def journal(tmp_path):
    return str(tmp_path / "app db.db")


def words_of(console):
    return console.file.getvalue()


async def run_until_it_waits(program, journal, console):
    """Run the flow, and leave it as it waits for somebody."""
    async with open_streams(url_of(journal)) as streams, trio.open_nursery() as nursery:
        nursery.start_soon(lambda: show(program, journal=journal, console=console))
        await until_it_waits(streams)
        running = printing()
        await list_runs(journal, console=running)
        await show_run("program", journal, console=running)
        nursery.cancel_scope.cancel()
    return words_of(running)


async def test_a_flow_goes_on_where_it_was(program, journal, tmp_path):
    running = await run_until_it_waits(program, journal, printing())
    lines = [line.split() for line in running.splitlines()]
    assert lines[0][:4] == ["run", "kind", "state", "done"]
    assert lines[1][:6] == ["program", "flow", "running", "1", "of", "3"]
    assert lines[1][-1] == "approval"
    assert "waits for the answer 'approval'" in running
    await trio.to_thread.run_sync(
        main, ["send", "program", "approval", '{"by": "Ada"}', "--journal", journal]
    )
    console = printing()
    assert await show(program, journal=journal, console=console) == 0
    assert [line.strip("│ ├└─").partition("  ")[0] for line in words_of(console).splitlines()] == [
        "flow of 3 operations", "✓ plan", "✓ approval", "✓ publish"
    ]  # fmt: skip
    log = (tmp_path / "log").read_text()
    assert log == "planned published {'by': 'Ada'} "
    console = printing()
    await show_run("program", journal, console=console)
    shown = [line.split() for line in words_of(console).splitlines()]
    assert shown[0][:5] == ["program:", "ended,", "3", "of", "3"]
    assert [line[:2] for line in shown[2:]] == [["✓", "plan"], ["✓", "approval"], ["✓", "publish"]]
    assert shown[2][2].startswith("+")


async def test_a_run_has_the_name_that_it_is_given(program, journal):
    async with open_streams(url_of(journal)) as streams:
        await streams.send("monday", "approval", True)
        assert await show(program, journal=journal, run_id="monday", console=printing()) == 0
        assert [one.id for one in await streams.journals()] == ["monday"]


async def test_a_run_is_stopped(program, journal, capsys):
    async with open_streams(url_of(journal)) as streams, trio.open_nursery() as nursery:

        async def run():
            status = await trio.to_thread.run_sync(main, ["flow", program, "--journal", journal])
            assert status == 1

        nursery.start_soon(run)
        await until_it_waits(streams)
        console = printing()
        await stop_run("program", journal, console=console)
        assert words_of(console).strip() == "program: stopped, 1 of 3 done"
    assert "error: the run 'program' was stopped" in capsys.readouterr().err


async def test_a_run_that_goes_on_elsewhere_is_followed_and_says_so(program, journal, capsys):
    async with open_streams(url_of(journal)) as streams, trio.open_nursery() as nursery:
        nursery.start_soon(lambda: show(program, journal=journal, console=printing()))
        await until_it_waits(streams)
        nursery.start_soon(lambda: show(program, journal=journal, console=printing()))
        await until(lambda: "following" in capsys.readouterr().err)
        await streams.send("program", "approval", True)
    async with open_streams(url_of(journal)) as streams:
        assert (await streams.journal("program").status()).state is State.ENDED


@pytest.fixture
def begun(journal):
    """The file of a journal in which nothing stands yet."""

    async def begin():
        async with open_streams(url_of(journal)):
            pass

    trio.run(begin)
    return journal


def test_a_second_answer_does_not_count(begun, capsys):
    words = ["send", "program", "approval", "yes", "--journal", begun]
    assert main(words) == 0
    assert main(words) == 1
    assert capsys.readouterr().out.splitlines() == [
        "sent",
        "there was an answer before, and it counts",
    ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["runs", "missing.db"], "there is no file 'missing.db'"),
        (["show", "x", "--journal", "missing.db"], "there is no file 'missing.db'"),
        (["stop", "x", "missing.db"], "there is no file 'missing.db'"),
        (["runs", "sqlite:///missing.db"], "there is no file 'missing.db'"),
        (["send", "x", "y", "z", "--journal", "memory:"], "name a file, or a redis:// URL"),
        (["flow", "program.py", "--run", "x"], "give --journal FILE, too"),
        (["runs", "ftp://host"], "the URL of a store is"),
    ],
)
def test_what_is_wrong_is_said(words, error, capsys):
    assert main(words) != 0
    assert error in capsys.readouterr().err


@pytest.mark.parametrize("form", ["{path}", "sqlite:///{path}"])
def test_an_answer_to_a_file_that_is_not_there_is_refused(form, tmp_path, capsys):
    """A word that was misspelled makes no database in which the answer waits for nobody."""
    path = tmp_path / "typo.db"
    words = ["send", "program", "approval", "yes", "--journal", form.format(path=path)]
    assert main(words) == 2
    said = capsys.readouterr()
    assert (said.out, path.exists()) == ("", False)
    assert f"there is no file {str(path)!r}" in said.err


def test_a_run_that_is_not_there(begun, capsys):
    assert main(["send", "program", "approval", "yes", "--journal", begun]) == 0
    assert main(["show", "other", "--journal", begun]) == 1
    assert "there is no journal 'other'" in capsys.readouterr().err


def test_a_journal_is_a_file_or_a_url():
    assert url_of("a b.db") == "sqlite:///a%20b.db"
    assert url_of("/var/app.db") == "sqlite:////var/app.db"
    assert url_of("redis://host/1") == "redis://host/1"
