"""Saving under faults: the old file or the new one is whole, whatever happens on the way."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from lionpride_trio import ConfigurationError, Session
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
    [(os, "write"), (os, "fsync"), (Path, "replace")],
    ids=["write", "sync", "rename"],
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
from lionpride_trio.sinks._draft import Draft

CODES = [one.__code__ for one in (_storage.save, Draft.open.__func__, Draft.write_nowait, Draft.publish, Draft.close)]
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
        if frame.f_code not in CODES:
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


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(os.name != "posix", reason="needs the modes of POSIX")
def test_the_file_keeps_its_mode_and_a_new_one_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "session.json"
    session_with("one").save(path)
    assert mode(path) == 0o600
    path.chmod(0o664)
    session_with("two").save(path)
    assert mode(path) == 0o664
    assert texts(path) == ["two"]


@pytest.mark.skipif(os.name != "posix", reason="needs links")
@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path, is_there):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target, link, outer = elsewhere / "s.json", tmp_path / "link.json", tmp_path / "outer.json"
    if is_there:
        session_with("old").save(target)
        target.chmod(0o640)
    link.symlink_to(Path("elsewhere") / "s.json")
    outer.symlink_to(link)
    session_with("new").save(outer)
    assert link.is_symlink()
    assert outer.is_symlink()
    assert texts(target) == ["new"]
    assert mode(target) == (0o640 if is_there else 0o600)
    assert [*elsewhere.iterdir()] == [target]


def test_the_name_and_the_id_come_back(tmp_path):
    path = tmp_path / "session.json"
    session = Session(name="mine")
    session.save(path)
    again = Session.load(path)
    assert (again.name, again.id) == ("mine", session.id)


def test_a_file_from_before_names_were_saved_is_read(tmp_path):
    path = tmp_path / "session.json"
    session = session_with("old")
    session.save(path)
    document = json.loads(path.read_text())
    del document["id"], document["name"]
    path.write_text(json.dumps(document))
    assert texts(path) == ["old"]
    again = Session.load(path)
    assert again.name is None
    assert again.id not in {"", session.id}


@pytest.mark.parametrize("wrong", [{"id": ""}, {"id": 7}, {"name": 7}])
def test_a_wrong_name_or_id_is_damage(tmp_path, wrong):
    path = tmp_path / "session.json"
    session_with("old").save(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **wrong}))
    with pytest.raises(ConfigurationError, match="is damaged: a session with the id"):
        Session.load(path)
