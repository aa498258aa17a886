"""``write_file``: a file that is whole or not there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import trio

from ._common import Readable, Sink, failing_as, opened, text_in


def write_file(path: str | os.PathLike[str]) -> Sink[Path]:
    """Make a sink that writes the text to *path* in UTF-8; the path.

    The text goes to ``path.partial``, which takes the place of *path* in one step when the stream
    has ended well.  After a failure or a cancellation ``path.partial`` has what came, and *path* is
    as it was.  A symbolic link at ``path.partial`` is not followed.  Writing does not block the
    event loop.

    :raises SinkError: the file cannot be written.
    """
    target = Path(path)
    partial = target.with_name(f"{target.name}.partial")

    async def write(readable: Readable[Any]) -> Path:
        async with opened(readable) as channel:
            with failing_as("write_file"):
                file = await trio.open_file(
                    partial, "w", encoding="utf-8", errors="replace", newline="", opener=_opener
                )
            try:
                async for batch in channel.batches():
                    with failing_as("write_file"):
                        await file.write(text_in(batch))
                        await file.flush()
                with failing_as("write_file"):
                    await trio.to_thread.run_sync(os.fsync, file.fileno())
            finally:
                with trio.CancelScope(shield=True), failing_as("write_file"):
                    await file.aclose()
            with failing_as("write_file"):
                await trio.Path(partial).replace(target)
        return target

    return write


def _opener(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0), 0o666)
