"""Keys become questions."""

import os
import stat
import threading

import pytest
import trio
from prompt_toolkit.application import create_app_session
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from lionpride_trio.cli._editor import Interrupted, LineEditor, history_path, open_history


@pytest.fixture
def keys():
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield keys


def editor(history=None):
    return LineEditor(history or InMemoryHistory(), ["/help", "/model"], output=DummyOutput())


PASTED = "\x1b[200~one\r\ntwo\nthree\x1b[201~"


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("hi\r", "hi"),
        ("helo\x1b[Dl\r", "hello"),
        ("one\x1b\rtwo\r", "one\ntwo"),
        ("one\\\rtwo\r", "one\ntwo"),
        (PASTED + "\r", "one\ntwo\nthree"),
        (PASTED + " and more\r", "one\ntwo\nthree and more"),
        ("日本\r", "日本"),
        ("/he\t\r", "/help"),
        ("\x04", None),
    ],
)
async def test_keys_become_a_question(typed, question, keys):
    keys.send_text(typed)
    assert await editor().next_question() == question


async def test_what_was_typed_ahead_is_the_next_question(keys):
    reader = editor()
    keys.send_text("one\rtwo\r")
    assert [await reader.next_question() for _ in range(2)] == ["one", "two"]


async def test_ctrl_c_gives_the_question_up(keys):
    reader = editor()
    keys.send_text("half\x03")
    with pytest.raises(Interrupted):
        await reader.next_question()
    keys.send_text("whole\r")
    assert await reader.next_question() == "whole"


class Screen(DummyOutput):
    """Tells when the prompt is shown."""

    def __init__(self):
        self.shown = threading.Event()

    def flush(self):
        self.shown.set()


async def test_it_can_be_interrupted_from_outside(keys):
    screen = Screen()
    reader = LineEditor(InMemoryHistory(), [], output=screen)

    async def interrupt():
        await trio.to_thread.run_sync(screen.shown.wait)
        reader.interrupt()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(interrupt)
        with pytest.raises(Interrupted):
            await reader.next_question()
    keys.send_text("whole\r")
    assert await reader.next_question() == "whole"


async def test_it_can_be_interrupted_before_its_loop_runs(keys, monkeypatch):
    reader = editor()
    prompt = reader._session.prompt

    def interrupted_prompt(**settings):
        reader.interrupt()
        return prompt(**settings)

    monkeypatch.setattr(reader._session, "prompt", interrupted_prompt)
    with pytest.raises(Interrupted):
        await reader.next_question()


async def test_it_can_be_cancelled_and_gives_the_terminal_back(keys):
    screen = Screen()
    reader = LineEditor(InMemoryHistory(), [], output=screen)

    async def cancel():
        await trio.to_thread.run_sync(screen.shown.wait)
        scope.cancel()

    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(cancel)
            await reader.next_question()
    assert scope.cancelled_caught
    with trio.CancelScope() as early:
        early.cancel()
        await reader.next_question()
    assert early.cancelled_caught
    keys.send_text("whole\r")
    assert await reader.next_question() == "whole"


async def test_questions_are_kept_for_the_arrow_keys_where_only_their_owner_reads_them(keys):
    keys.send_text("one\rtwo\x1b\rlines\r")
    reader = editor(open_history(keep=True))
    assert [await reader.next_question() for _ in range(2)] == ["one", "two\nlines"]
    path = history_path()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.is_relative_to(os.environ["XDG_STATE_HOME"])
    keys.send_text("\x10\x10\x10\r")
    assert await editor(open_history(keep=True)).next_question() == "one"


async def test_questions_are_not_kept_where_nobody_wants_or_can(keys, monkeypatch, tmp_path):
    assert isinstance(open_history(keep=False), InMemoryHistory)
    assert not history_path().exists()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert isinstance(open_history(keep=True), InMemoryHistory)
