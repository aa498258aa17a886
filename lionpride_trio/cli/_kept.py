"""Conversations in files: where ``--save`` and ``--resume`` keep one and find it again."""

from __future__ import annotations

from pathlib import Path

import attrs
import trio

from .. import ConfigurationError, Session
from ..session import Branch, Message, SystemContent
from ._paths import check_file

BRANCH = "chat"


@attrs.frozen
class Opened:
    """A conversation to go on with."""

    session: Session
    branch: Branch
    path: str | None
    """The file that it came from; None for a new one."""


def open_conversation(*, save: str | None, resume: str | None, system: str | None) -> Opened:
    """Open the conversation of the file *resume*, or of *save* if it is there, or begin one.

    *system* takes the place of the system text that it had.  A file that cannot be written is
    refused here, before an answer that is to stand in it is paid for.

    :raises ConfigurationError: a file is missing, damaged, or in the way.
    :raises OSError: it cannot be read.
    """
    path = resume
    if save is not None:
        save = check_place(save)
        if Path(save).exists():
            path = resume or save
            if not Path(path).exists() or not Path(save).samefile(path):
                raise ConfigurationError(
                    f"{save} is there already, and --resume {resume} would take its place:"
                    " choose another name for --save"
                )
    if path is None:
        session = Session()
        return Opened(session, session.create_branch(name=BRANCH, system=system), None)
    check_file(path, "--resume takes what --save wrote")
    session = Session.load(path)
    branch = session.branches.get(BRANCH) or next(reversed(list(session.branches.values())), None)
    branch = branch or session.create_branch(name=BRANCH)
    if system is not None:
        set_system(session, branch, system)
    return Opened(session, branch, path)


def check_place(path: str) -> str:
    """Refuse a place where no conversation can be written; gives the path without a ``~``.

    :raises ConfigurationError: says what is in the way.
    """
    place = Path(path).expanduser()
    if place.is_dir():
        raise ConfigurationError(f"{path} is a folder: write the name of a file")
    if not place.parent.is_dir():
        raise ConfigurationError(f"there is no folder {str(place.parent)!r} to save in")
    return str(place)


def check_new(path: str, own_file: str | None) -> None:
    """Refuse to write over a file that is not the conversation's own.

    :raises ConfigurationError: another file has the name.
    """
    if Path(path).exists() and path != own_file:
        raise ConfigurationError(f"{path} is there already: choose another name")


async def save_conversation(session: Session, path: str) -> None:
    """Write what is in the session's branches to *path*: whole, or not at all.

    An answer that another one has replaced is in no branch any more, and not written.
    """
    kept = Session(name=session.name)
    used = {key for branch in session.branches.values() for key in branch.order}
    messages = [message for key, message in session.messages.items() if key in used]
    kept.conversations.add_items(messages)
    for branch in session.branches.values():
        kept.conversations.add_branch(branch)
    await trio.to_thread.run_sync(kept.save, path)


def set_system(session: Session, branch: Branch, text: str) -> None:
    """Let *branch* begin with the system text, in place of the one that it had; none if it is empty."""
    first = session.messages[branch.order[0]] if branch.order else None
    if first is not None and isinstance(first.content, SystemContent):
        del branch.order[0]
    if text:
        message = Message(content=SystemContent(system_message=text))
        session.conversations.add_item(message)
        branch.order.insert(0, message.id)
