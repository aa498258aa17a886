"""Lines of standard input for a task that may be cancelled while it waits for one."""

from __future__ import annotations

import codecs
import os

import trio


class Lines:
    """The lines of a file descriptor.

    Each read waits in a thread, which is left behind when the task is cancelled.  It reads the
    descriptor itself: a thread left behind inside ``sys.stdin`` would hold its lock, and Python
    cannot end in peace then.
    """

    def __init__(self, fd: int, *, encoding: str = "utf-8") -> None:
        self._fd = fd
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._pending = ""
        self._ended = False

    async def next_line(self) -> str | None:
        """The next line without its end, None after the last."""
        while "\n" not in self._pending and not self._ended:
            data = await trio.to_thread.run_sync(os.read, self._fd, 65536, abandon_on_cancel=True)
            self._ended = not data
            self._pending += self._decoder.decode(data, final=not data)
        if not self._pending:
            await trio.lowlevel.checkpoint()
            return None
        line, _, self._pending = self._pending.partition("\n")
        return line.removesuffix("\r")
