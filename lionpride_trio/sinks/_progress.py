"""``progress``: a running count of a stream's items."""

from __future__ import annotations

import math
import sys
from typing import Any, TextIO

import attrs
import trio

from .._channels._entrance import check_on_trio
from .._channels._text_stages import text_of
from .._checks import check_size
from .._safe_text import escape_controls
from ._common import Readable, Sink, opened
from ._write import write_text


def progress(
    *, total: int | None = None, label: str = "", stream: TextIO | None = None
) -> Sink[int]:
    """Make a sink that shows a running count of items and characters; its result is the number of items.

    With *total*, the number of items that are expected, it shows the rate and the time left too, at
    the mean rate so far.  Items that `map_durable` had in its journal count, and not for the rate.  One line that is written over on a terminal; only the last state
    elsewhere.  Of alternative answers all are counted.
    """
    if total is not None:
        check_size("progress(): total", total)
    head = f"{escape_controls(label)}: " if label else ""

    async def write(readable: Readable[Any]) -> int:
        check_on_trio()
        out = stream or sys.stderr
        live = out.isatty()
        width = 0
        state = _State(total, trio.current_time())

        async def show(end: str = "") -> None:
            nonlocal width
            line = f"{head}{state.text(trio.current_time())}"
            start = "\r" if live else ""
            padded = line.ljust(width) if live else line  # over the rest of a longer line
            width = len(line)
            await write_text(out, f"{start}{padded}{end}")

        async with opened(readable) as channel:
            async for batch in channel.batches():
                state.count(batch)
                if live:
                    await show()
        await show("\n")
        return state.items

    return write


@attrs.define
class _State:
    total: int | None
    began: float
    items: int = 0
    earlier: int = 0
    """Those of them that were there before, and say nothing about the rate."""
    characters: int = 0

    def count(self, batch: list[Any]) -> None:
        self.items += len(batch)
        self.earlier += sum(getattr(item, "from_journal", False) is True for item in batch)
        self.characters += sum(len(text_of(item)) for item in batch)

    def text(self, now: float) -> str:
        """The state as ``12 of 40 items, 345 characters, 4.0 items/s, 0:07 left``."""
        of = "" if self.total is None else f" of {self.total}"
        text = f"{self.items}{of} items, {self.characters} characters"
        seconds = now - self.began
        new = self.items - self.earlier
        if self.total is None or not new or seconds <= 0:
            return text
        rate = new / seconds
        left = max(self.total - self.items, 0) / rate
        return f"{text}, {rate:.1f} items/s, {_minutes(left)} left"


def _minutes(seconds: float) -> str:
    """Seconds as ``0:07`` or ``1:02:03``, rounded up."""
    minutes, second = divmod(math.ceil(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"
