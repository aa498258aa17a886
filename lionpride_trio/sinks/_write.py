"""Writing to a text stream without blocking the event loop, so that it can be cancelled."""

from __future__ import annotations

import math
import select
import time
from typing import Final, TextIO

import trio

from ._common import failing_as

_PIECE: Final = 1024
"""Characters written at once: at most 4,096 bytes, which a pipe that has room takes whole."""
_GLANCE: Final = 0.05
"""Seconds that a thread waits for room before it looks whether it was cancelled."""


async def write_text(stream: TextIO, text: str, *, patience: float = math.inf) -> None:
    """Write *text* and flush; a character that the stream's encoding lacks becomes a question mark.

    Waits for room at most *patience* seconds of real time, and then gives up quietly.

    Cancelled while the stream has no room, it writes nothing more.  A write that blocks all the same (a
    terminal that took half a piece, a stream of the user's own) is left to its thread.  The piece comes
    out when there is room, before all later writes, because a stream lets one thread in at a time.
    """
    if text:
        # ValueError is Python's word for a stream that is closed.
        with failing_as("stdout", (OSError, ValueError)):
            await trio.to_thread.run_sync(_write, stream, text, patience, abandon_on_cancel=True)


def _write(stream: TextIO, text: str, patience: float) -> None:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    text = text.encode(encoding, "replace").decode(encoding)
    for start in range(0, len(text), _PIECE):
        if not _wait_for_room(stream, patience):
            return
        # Looked at when there is room: the cancellation may have come meanwhile.
        trio.from_thread.check_cancelled()
        stream.write(text[start : start + _PIECE])
        stream.flush()


def _wait_for_room(stream: TextIO, patience: float) -> bool:
    """Wait until *stream* takes a piece without blocking; return whether it does, as far as that can be known."""
    try:
        poll = select.poll()
        poll.register(stream.fileno(), select.POLLOUT)
    except (AttributeError, OSError, ValueError):
        return True  # Windows has no poll, and this stream no descriptor
    end = time.monotonic() + patience
    while not poll.poll(_GLANCE * 1000):
        trio.from_thread.check_cancelled()
        if time.monotonic() > end:
            return False
    return True
