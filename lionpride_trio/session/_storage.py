"""Sessions on disk: one JSON document, written whole or not at all."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import attrs
from cattrs import Converter, transform_error
from cattrs.errors import BaseValidationError
from cattrs.strategies import configure_tagged_union

from .._errors import ConfigurationError
from ._branch import Branch, Conversations
from .messages import Content, Message

FORMAT: Final = "lionpride_trio session"
VERSION: Final = 1

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


@attrs.frozen
class _Document:
    format: str
    version: int
    messages: list[Message]
    branches: list[Branch]


@functools.cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    configure_tagged_union(Content, converter, tag_name="kind")
    converter.register_unstructure_hook(datetime, lambda moment: moment.isoformat())
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    return converter


def save(conversations: Conversations, path: Path) -> None:
    """Write *conversations* to *path*: to a file beside it first, which then takes its name."""
    document = _Document(
        FORMAT,
        VERSION,
        list(conversations.messages.values()),
        list(conversations.branches.values()),
    )
    text = json.dumps(_converter().unstructure(document), ensure_ascii=False, indent=1)
    # What UTF-8 has no bytes for, JSON can still name.
    text = _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
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
    """Read what `save` wrote.

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
        document = _converter().structure(value, _Document)
    except BaseValidationError as error:
        raise ConfigurationError(
            f"{path} is damaged: {'; '.join(transform_error(error))}"
        ) from error
    conversations = Conversations()
    conversations.add_items(document.messages)
    for branch in document.branches:
        unknown = [key for key in branch.order if key not in conversations.messages]
        if unknown:
            raise ConfigurationError(
                f"{path} is damaged: branch {branch.name!r} has an unknown message {unknown[0]!r}"
            )
        conversations.add_branch(branch)
    return conversations
