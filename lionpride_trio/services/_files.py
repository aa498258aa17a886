"""Files that stand in messages: read when a model is asked, never before."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

import attrs
import trio

from .._checks import listed
from .._errors import ConfigurationError
from .._media import MediaPart
from .._parts import ToolResult

MAX_FILE: Final = 100 * 1024 * 1024
"""Bytes of the largest file that is read: no provider takes more in a request."""
_SUPPOSED: Final = {"image": "image/png", "audio": "audio/wav", "file": "application/pdf"}
"""The media type of an unread file without a telling name, until it is read."""

_Change = Callable[[MediaPart], MediaPart]


def unread_files(messages: Sequence[Mapping[str, Any]]) -> list[MediaPart]:
    """The parts of *messages* whose files are still to be read."""
    found: list[MediaPart] = []

    def note(part: MediaPart) -> MediaPart:
        if part.path is not None:
            found.append(part)
        return part

    for message in messages:
        _changed(message, note)
    return found


def with_empty_files(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """*messages* as they will be, without the bytes: enough to see whether a provider takes them."""

    def empty(part: MediaPart) -> MediaPart:
        if part.path is None:
            return part
        supposed = part.media_type or _SUPPOSED[part.kind]
        try:
            return part.with_data(b"")
        except ConfigurationError:
            return attrs.evolve(part, media_type=supposed).with_data(b"")

    return [_changed(message, empty) for message in messages]


async def with_files(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """*messages* with the bytes of their files.  Reads each file once, in a thread.

    :raises ConfigurationError: a file is not there, cannot be read, or is too large.
    """
    read: dict[str, bytes] = {}
    for part in unread_files(messages):
        if part.path is not None and part.path not in read:
            read[part.path] = await _read(part.path)

    def filled(part: MediaPart) -> MediaPart:
        return part if part.path is None else part.with_data(read[part.path])

    return [_changed(message, filled) for message in messages]


async def _read(path: str) -> bytes:
    try:
        data = await trio.to_thread.run_sync(_read_up_to_bound, path)
    except (OSError, ValueError) as error:  # the second by a zero byte in the path
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"{path} cannot be read: {reason}") from error
    if data is None:
        raise ConfigurationError(
            f"{path} is no file (but a pipe or a device): read it, and give its bytes"
        )
    if len(data) > MAX_FILE:
        raise ConfigurationError(
            f"{path} has more than {MAX_FILE:,} bytes, and no request takes more: send it by the"
            " provider's own upload, and give its URL"
        )
    return data


def _read_up_to_bound(path: str) -> bytes | None:
    """The bytes of a file, one more than the bound at most; None where *path* is no file.

    A pipe would be waited for until somebody writes, in a thread that no cancellation reaches; so it is not
    even opened in a way that waits.
    """
    with open(path, "rb", opener=_open_without_waiting) as file:
        return file.read(MAX_FILE + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _changed(message: Mapping[str, Any], change: _Change) -> Mapping[str, Any]:
    content = message.get("content")
    if isinstance(content, MediaPart | ToolResult):
        content = [content]
    if not isinstance(content, list | tuple):
        return message
    return {**message, "content": [_part(part, change) for part in cast("list[Any]", content)]}


def _part(part: Any, change: _Change) -> Any:
    if isinstance(part, MediaPart):
        return change(part)
    if not isinstance(part, ToolResult):
        return part
    output = [part.output] if isinstance(part.output, MediaPart) else listed(part.output)
    return attrs.evolve(part, output=[_part(each, change) for each in output]) if output else part
