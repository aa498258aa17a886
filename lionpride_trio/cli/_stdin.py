"""The whole of standard input, for a task that may be cancelled while it waits for it."""

from __future__ import annotations

import os
import sys

import trio

_READ_SIZE = 65536


def has_piped_input() -> bool:
    """Whether standard input is something other than a terminal: a pipe, a file, nothing at all."""
    return not sys.stdin.isatty()


async def read_piped_input() -> str:
    """The text of standard input up to its end.

    Each read waits in a thread, which is left behind when the task is cancelled.  It reads the
    descriptor itself: a thread left behind inside ``sys.stdin`` would hold its lock, and Python
    cannot end in peace then.
    """
    fd = sys.stdin.fileno()
    data = bytearray()
    while piece := await trio.to_thread.run_sync(os.read, fd, _READ_SIZE, abandon_on_cancel=True):
        data += piece
    return data.decode(sys.stdin.encoding or "utf-8", "replace").replace("\r\n", "\n")
