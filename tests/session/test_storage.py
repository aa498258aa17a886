"""Saving under faults: the old file or the new one is whole, whatever happens on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lionpride_trio import Session
from lionpride_trio.session import InstructionContent, Message


def session_with(*texts: str) -> Session:
    session = Session()
    branch = session.create_branch(name="main")
    for text in texts:
        session.conversations.add_item(
            Message(content=InstructionContent(instruction=text)), [branch]
        )
    return session


def texts(path: Path) -> list[str]:
    loaded = Session.load(path)
    return [message.chat_msg["content"] for message in loaded.history("main")]


@pytest.mark.parametrize("text", ["\u2028 \x00 \x1b ü 𝄞", "\ud83d alone", '"\\'])
def test_any_text_comes_back(tmp_path, text):
    path = tmp_path / "session.json"
    session_with(text).save(path)
    assert texts(path) == [text]


@pytest.mark.parametrize(
    ("where", "name"),
    [(os, "fdopen"), (os, "fsync"), (Path, "replace")],
    ids=["open", "sync", "rename"],
)
def test_a_failing_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, where, name):
    path = tmp_path / "session.json"
    session_with("old").save(path)

    def broken(*_args, **_options):
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(where, name, broken)
        with pytest.raises(OSError, match="no space"):
            session_with("new").save(path)
    assert texts(path) == ["old"]
    assert list(tmp_path.iterdir()) == [path]


KILLED = """
import os, sys
from pathlib import Path
from lionpride_trio import Session
from lionpride_trio.session import InstructionContent, Message, _storage

path = Path(sys.argv[1])

def session_with(text):
    session = Session()
    branch = session.create_branch(name="main")
    session.conversations.add_item(Message(content=InstructionContent(instruction=text)), [branch])
    return session

def save_and_die(step):
    seen = 0
    def trace(frame, event, arg):
        nonlocal seen
        if frame.f_code is not _storage.save.__code__:
            return None
        seen += 1
        if seen > step:
            os._exit(9)
        return trace
    sys.settrace(trace)
    session_with("new " * 50_000).save(path)
    os._exit(0)

session_with("old").save(path)
for step in range(1000):
    child = os.fork()
    if child == 0:
        save_and_die(step)
    _, status = os.waitpid(child, 0)
    text = Session.load(path).history("main")[0].chat_msg["content"]
    assert text in {"old", "new " * 50_000}, f"damaged when killed at step {step}"
    if os.waitstatus_to_exitcode(status) == 0:
        break
assert text != "old"
print("killed at", step, "steps")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
def test_killed_at_any_line_of_saving_the_file_is_whole(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "session.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[2]) > 8
