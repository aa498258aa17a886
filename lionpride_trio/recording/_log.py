"""The file that a recording is appended to while its calls go on."""

from __future__ import annotations

import os
from pathlib import Path

import trio

from .._errors import SinkError
from ..sinks._common import failing_as
from ..sinks._draft import sync_directory, write_all


class Log:
    """Appends lines; each is in the file when `write` returns.

    A line is handed to the operating system in the event loop: it copies the line into its memory
    and waits for no disk.  That takes 2 µs at each read of the network, and a thread would take
    150.  What does wait for the disk, *fsync*, is done by a thread; what several calls have to
    write while it is busy goes into the file together, with one sync.
    """

    def __init__(self, path: Path, *, fsync: bool) -> None:
        self._path = path
        self._fsync = fsync
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
        self._fd = os.open(path, flags, 0o666)
        if fsync:
            sync_directory(path.parent)
        self._waiting: list[str] = []
        self._writing = trio.Lock()
        self.failure: SinkError | None = None
        """Why nothing more can be written."""

    async def write(self, *lines: str) -> None:
        """Append *lines*.  Not cancelled, so that what was read of the network is not lost.

        :raises SinkError: the file cannot be written, or was closed.
        """
        self._waiting += lines
        if self._fsync:
            with trio.CancelScope(shield=True):
                async with self._writing:
                    if self._waiting:
                        await trio.to_thread.run_sync(self._append, self._take())
        else:
            self._append(self._take())
        if self.failure is not None:
            raise self.failure

    def _take(self) -> bytes:
        waiting, self._waiting = self._waiting, []
        return "".join(waiting).encode()

    def _append(self, data: bytes) -> None:
        if self.failure is not None:
            return
        try:
            with failing_as("record"):
                write_all(self._fd, data)
                if self._fsync:
                    os.fsync(self._fd)
        except SinkError as error:
            self.failure = error

    async def aclose(self) -> None:
        """Close the file.  Calls that go on are not recorded any further."""
        with trio.CancelScope(shield=True):
            async with self._writing:
                if self.failure is None:
                    self.failure = SinkError(
                        f"the recording {self._path} was closed", sink="record"
                    )
                await trio.to_thread.run_sync(os.close, self._fd)
