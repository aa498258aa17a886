"""Sessions on disk: one JSON document, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

import attrs

from .._errors import ConfigurationError
from .._json_form import read, written
from ..sinks._draft import Draft
from ._branch import Branch, Conversations
from .messages import Message

T = TypeVar("T")

FORMAT: Final = "lionpride_trio session"
VERSION: Final = 1

_SURROGATE = re.compile(r"[\ud800-\udfff]")


@attrs.frozen
class SavedSession:
    """What of a session is on disk."""

    conversations: Conversations
    id: str
    name: str | None


def save(session: SavedSession, path: Path) -> None:
    """Write *session* to *path*: to a draft beside it first, which then takes its place.

    A link at *path* stays, and what it leads to is written.  The file keeps its mode; a new one is for its
    owner alone.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "id": session.id,
        "name": session.name,
        "messages": written(list(session.conversations.messages.values()), "messages"),
        "branches": written(list(session.conversations.branches.values()), "branches"),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    # JSON has escapes for the halves of characters that UTF-8 has no bytes for.
    text = _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    draft = Draft.open(Path(os.path.realpath(path)), mode_of_new=0o600)
    try:
        draft.write_nowait(f"{text}\n".encode())
        draft.publish()
    except BaseException:
        with contextlib.suppress(OSError):
            draft.remove()
        raise


def load(path: Path) -> SavedSession:
    """Read a file that `save` wrote.

    :raises ConfigurationError: the file is damaged or another program's; says where.
    :raises OSError: it cannot be read.
    """
    try:
        value: dict[str, Any] | list[Any] | None = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} is damaged: {error}") from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise ConfigurationError(f"{path} is no saved session of lionpride_trio")
    if value.get("version") != VERSION:
        raise ConfigurationError(
            f"{path} has version {value.get('version')!r}; this library reads {VERSION}"
        )
    try:
        # Files of earlier versions have neither.
        key, name = value.get("id", uuid4().hex), value.get("name")
        if not (isinstance(key, str) and key) or not (name is None or isinstance(name, str)):
            raise ValueError(f"a session with the id {key!r:.100} and the name {name!r:.100}")
        return SavedSession(_conversations(value), key, name)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} is damaged: {error}") from error


def _conversations(value: dict[str, Any]) -> Conversations:
    conversations = Conversations()
    conversations.add_items(_read_all(value, "messages", Message))
    for branch in _read_all(value, "branches", Branch):
        for key in branch.order:
            if key not in conversations.messages:
                raise ValueError(f"branch {branch.name!r} has an unknown message {key!r}")
        conversations.add_branch(branch)
    return conversations


def _read_all(value: dict[str, Any], name: str, kind: type[T]) -> list[T]:
    items: list[Any] | None = read(value.get(name), name)
    if not isinstance(items, list) or not all(isinstance(item, kind) for item in items):
        raise ValueError(f"{name} is no list of them")
    return items
