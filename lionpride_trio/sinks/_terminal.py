"""Sinks that write to a terminal.

A terminal shows the model's text and never obeys it: control characters are made visible one by one, so it
does not matter how an escape sequence was cut.

Writing blocks a worker thread, not the event loop.  A sink that waits for room, on a pipe that
nobody reads or a slow terminal, can be cancelled: it then writes nothing more, but for a piece of at
most 1,024 characters that was already handed to the operating system.
"""

from __future__ import annotations

import sys
from itertools import starmap
from typing import Any, Final, TextIO

import trio

from .._checks import check_size
from .._safe_text import escape_controls
from ._common import Readable, Sink, opened, shown, text_in
from ._write import write_text


async def stdout(readable: Readable[Any], *, index: int = 0) -> int:
    """Write the text to the standard output as it comes; return the number of characters.

    Control characters but newline and tab are made visible.  Of alternative answers *index* is
    written.
    """
    return await to_stream(sys.stdout, index=index)(readable)


def to_stream(stream: TextIO, *, end: str = "\n", index: int = 0) -> Sink[int]:
    """Make a sink as `stdout`, for any text stream.

    *end* is written after the text when the stream has ended well.
    """
    check_size("to_stream(): index", index, 0)

    async def write(readable: Readable[Any]) -> int:
        count = 0
        async with opened(readable) as channel:
            async for batch in channel.batches():
                text = text_in(batch, index)
                count += len(text)
                await write_text(stream, escape_controls(text))
        await write_text(stream, end)
        return count

    return write


def dots(every: int = 10, *, stream: TextIO | None = None) -> Sink[int]:
    """Make a sink that prints a dot for *every* so many items; its result is the number of items."""
    check_size("dots(): every", every)

    async def write(readable: Readable[Any]) -> int:
        out = stream or sys.stdout
        count = 0
        async with opened(readable) as channel:
            async for batch in channel.batches():
                new = (count + len(batch)) // every - count // every
                count += len(batch)
                await write_text(out, "." * new)
        await write_text(out, "\n")
        return count

    return write


def labelled(*, stream: TextIO | None = None, width: int = 0, index: int = 0) -> Sink[int]:
    """Make a sink for the items of ``merge``: each line begins with its label; its result is the number of lines.

    A line is written when it is whole, so two streams never share one.  A line without an end is
    written when the stream ends, fails or is cancelled.  *width* pads the labels.  Of
    alternative answers *index* is written.
    """
    check_size("labelled(): width", width, 0)
    check_size("labelled(): index", index, 0)

    async def write(readable: Readable[tuple[Any, Any]]) -> int:
        out = stream or sys.stdout
        lines = _LabelledLines(width, index)
        async with opened(readable) as channel:
            try:
                async for batch in channel.batches():
                    await write_text(out, lines.feed(batch))
            except BaseException:
                with trio.CancelScope(shield=True):
                    await write_text(out, lines.flush(), patience=_LAST_WORDS)
                raise
        await write_text(out, lines.flush())
        return lines.count

    return write


_LAST_WORDS: Final = 1.0
"""Seconds that a sink waits for room at most after it was cancelled or its stream failed."""


def _pair(item: Any) -> tuple[Any, Any]:
    """*item*, which must be a pair: a text of two characters would be taken for one."""
    if item.__class__ is tuple and len(item) == 2:
        label, of_label = item
        return label, of_label
    raise TypeError(
        f"labelled() reads merge(…), which gives pairs of a label and an item, not {shown(item)}:"
        " write merge({'label': source}) for one source alone"
    )


class _LabelledLines:
    """Puts the lines of several streams together, each under its label."""

    def __init__(self, width: int, index: int) -> None:
        self._width = width
        self._index = index
        self._whole: list[str] = []
        self._held: dict[Any, list[str]] = {}
        self.count = 0

    def feed(self, batch: list[Any]) -> str:
        """The lines that *batch* completes.

        :raises TypeError: an item is no pair of a label and an item; `flush` has the lines before it.
        """
        for label, item in map(_pair, batch):
            *whole, rest = text_in((item,), self._index).split("\n")
            for line in whole:
                self._whole.append(self._line(label, [*self._held.pop(label, ()), line]))
            if rest:
                self._held.setdefault(label, []).append(rest)
        return self._take_whole()

    def flush(self) -> str:
        """The lines that have no end."""
        held, self._held = self._held, {}
        return self._take_whole() + "".join(list(starmap(self._line, held.items())))

    def _take_whole(self) -> str:
        whole, self._whole = self._whole, []
        return "".join(whole)

    def _line(self, label: object, pieces: list[str]) -> str:
        self.count += 1
        head = escape_controls(f"[{label}]".ljust(self._width))
        return f"{head} {escape_controls(''.join(pieces))}\n"
