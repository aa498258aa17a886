"""The law of bounds: a stage holds no more than its bound of an endless input."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterable
from typing import Any, Final

from ..._errors import LionprideError
from ...stages import Stage
from ._broken import LawBroken, shown
from ._outcomes import Make

FILLERS: Final = (
    "a",
    " ",
    "\n",
    '"',
    "[",
    "{",
    "`",
    "<",
    "a b\n",
    "a. ",
    "\\",
    'a, b; c: (d) "e" `f`.\n\n',
)
_OVERHEAD: Final = 64 * 1024


def check_bounded(make: Make, max_hold: int, fillers: Iterable[Any] = FILLERS) -> None:
    """Refuse a machine that holds much more than *max_hold* characters of an endless input.

    Measured in bytes of memory: at most eight for each character, and 64 KiB beside.
    """
    for filler in filter(None, fillers):
        piece = filler * max(1, max(256, max_hold // 4) // len(filler))
        total = max(32 * max_hold, 4 * _OVERHEAD)
        allowed = 8 * max_hold + _OVERHEAD
        held = _held_after(make(), piece, total, allowed)
        if held > allowed:
            raise LawBroken(
                "bounded",
                f"fed with {total} characters of {shown(filler)} over and over it held {held} bytes"
                f" more than at the start, and did not raise LimitExceeded: max_hold={max_hold}",
            )


def _held_after(machine: Stage[Any, Any], piece: Any, total: int, allowed: int) -> int:
    """The bytes that *machine* holds after *total* characters; exactly only if that is more than *allowed*."""
    gc.collect()
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(total // len(piece)):
            # A new string each time: holding the same one again would cost no memory.
            for _given in machine.feed(piece[:1] + piece[1:]):
                pass
        if tracemalloc.get_traced_memory()[0] - before > allowed:
            gc.collect()  # exceptions that were caught may wait for the collector, and are not held
        return tracemalloc.get_traced_memory()[0] - before
    except LionprideError:
        return 0
    finally:
        if not traced:
            tracemalloc.stop()
