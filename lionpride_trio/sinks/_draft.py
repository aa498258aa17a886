"""A file that is whole or not there: text goes to a draft beside it first."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import trio

from .._channels._entrance import check_on_trio
from .._errors import ConfigurationError
from ._common import failing_as

# O_EXCL: the name is new, so no other program has it and no link is followed.
_FLAGS: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_NAME_CHARS: Final = 40
"""Characters of the target's name in the draft's: a name has 255 bytes at most."""


def checked_target(sink: str, path: str | os.PathLike[str]) -> Path:
    """*path*, if a file can be written there.  Looks at the disk.

    :raises ConfigurationError: it names no file, or something that is no regular file.
    """
    if not isinstance(path, str | bytes | os.PathLike):
        raise ConfigurationError(
            f"{sink} needs the path of a file, such as 'answer.txt', not {path!r:.200}"
        )
    text = os.fsdecode(path)
    # The text is looked at, because Path("answers/") is Path("answers").
    if (
        text.endswith((os.sep, os.altsep or os.sep))
        or Path(text).name in {"", ".."}
        or "\0" in text
    ):
        raise ConfigurationError(
            f"{sink} needs the path of a file, such as 'answer.txt', not {text!r}"
        )
    target = Path(text).absolute()  # the program may change its directory while it writes
    try:
        mode = target.stat().st_mode
    except OSError:
        return target
    if stat.S_ISDIR(mode):
        raise ConfigurationError(
            f"{sink} writes a file, and {text!r} is a directory: name a file in it, such as"
            f" {str(target / 'answer.txt')!r}"
        )
    if not stat.S_ISREG(mode):
        raise ConfigurationError(
            f"{sink} puts a new file in the place of the old one, and {text!r} is no regular file:"
            " for a device or a pipe, write to_stream(open(…))"
        )
    return target


def sync_directory(path: Path) -> None:
    """Bring the names in the directory *path* to the disk, where the file system can.  Blocks.

    Some file systems cannot sync a directory, and its rights may forbid it; the files are in their
    places all the same.
    """
    with suppress(OSError):
        directory = os.open(path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def write_all(fd: int, data: bytes) -> None:
    """Write *data*, in as many steps as the operating system needs.  Blocks."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


class Draft:
    """The file that is being written, under a name of its own beside *target*."""

    def __init__(self, target: Path, fd: int, path: Path) -> None:
        self._target = target
        self._fd = fd
        self.path = path
        self.is_empty = True

    @classmethod
    def open(cls, target: Path, *, mode_of_new: int = 0o666) -> Draft:
        """Make an empty draft with the mode of the old file, or that of a new one.  Blocks."""
        path = target.with_name(f".{target.name[:_NAME_CHARS]}.{secrets.token_hex(8)}.partial")
        try:
            mode = stat.S_IMODE(target.stat().st_mode)
        except FileNotFoundError:
            return cls(target, os.open(path, _FLAGS, mode_of_new), path)
        # The draft has the mode from its beginning: who may not read the old file must not read the draft.
        fd = os.open(path, _FLAGS, mode & 0o777)
        if hasattr(os, "fchmod"):
            os.fchmod(fd, mode)
        return cls(target, fd, path)

    async def write(self, text: str) -> None:
        """Append *text* in UTF-8; a character that cannot be encoded becomes a question mark."""
        data = text.encode("utf-8", "replace")
        if data:
            # Shielded, so that received text is in the draft when its reader is cancelled.
            with trio.CancelScope(shield=True):
                await trio.to_thread.run_sync(self.write_nowait, data)

    def write_nowait(self, data: bytes) -> None:
        """Append *data*.  Blocks for the disk."""
        self.is_empty = False
        write_all(self._fd, data)

    def publish(self) -> None:
        """Put the draft in the target's place in one step, when all of it is on the disk.  Blocks."""
        os.fsync(self._fd)
        self.close()
        self.path.replace(self._target)
        sync_directory(self._target.parent)

    def close(self) -> None:
        """Close the draft and leave it as it is.  Blocks.  May be called twice."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def remove(self) -> None:
        """Remove the draft.  Blocks."""
        self.close()
        self.path.unlink()


@asynccontextmanager
async def open_draft(sink: str, target: Path, *, keep_partial: bool) -> AsyncGenerator[Draft]:
    """A draft that takes the place of *target* when the block ends well.

    When the block fails or is cancelled, the draft stays, and the error has a note that says where; the
    draft is removed if it is empty or *keep_partial* is false.
    """
    check_on_trio()
    with failing_as(sink):
        draft = await trio.to_thread.run_sync(Draft.open, target)
    try:
        yield draft
        with failing_as(sink):
            await trio.to_thread.run_sync(draft.publish)
    except BaseException as error:
        kept = keep_partial and not draft.is_empty
        if kept:
            error.add_note(f"{sink}: what came before is in {draft.path}")
        # Waits for the disk alone.  An error here would hide the error of the block.
        with trio.CancelScope(shield=True), suppress(OSError):
            await trio.to_thread.run_sync(draft.close if kept else draft.remove)
        raise
