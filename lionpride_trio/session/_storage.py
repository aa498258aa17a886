"""Sessions on disk: one JSON document, written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Final, TypeVar

from .._errors import ConfigurationError
from .._json_form import read, written
from ._branch import Branch, Conversations
from .messages import Message

T = TypeVar("T")

FORMAT: Final = "lionpride_trio session"
VERSION: Final = 1

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def save(conversations: Conversations, path: Path) -> None:
    """Write *conversations* to *path*: to a file beside it first, which then takes its name."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "messages": written(list(conversations.messages.values()), "messages"),
        "branches": written(list(conversations.branches.values()), "branches"),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    # JSON has escapes for the halves of characters that UTF-8 has no bytes for.
    text = _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def load(path: Path) -> Conversations:
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
        return _conversations(value)
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
