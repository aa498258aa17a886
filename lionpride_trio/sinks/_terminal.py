"""Sinks that write to a terminal.

What a model wrote is shown and never obeyed: control characters are made visible one by one, so it
does not matter how an escape sequence was cut.  Writing blocks a worker thread, not the event loop.
"""

from __future__ import annotations

import sys
from typing import Any, TextIO

import trio

from .._errors import ConfigurationError
from .._text import escape_controls
from ._common import Readable, Sink, failing_as, opened, text_in


async def stdout(readable: Readable[Any]) -> int:
    """Write the text to the standard output as it comes; the number of characters.

    Control characters but newline and tab are made visible.
    """
    return await to_stream(sys.stdout)(readable)


def to_stream(stream: TextIO, *, end: str = "\n") -> Sink[int]:
    """Make a sink that does as `stdout`, for any text stream."""

    async def write(readable: Readable[Any]) -> int:
        count = 0
        async with opened(readable) as channel:
            async for batch in channel.batches():
                text = text_in(batch)
                count += len(text)
                await _write(stream, escape_controls(text))
        await _write(stream, end)
        return count

    return write


def dots(every: int = 10, *, stream: TextIO | None = None) -> Sink[int]:
    """Make a sink that prints a dot for *every* so many items; the number of items."""
    if not isinstance(every, int) or every < 1:
        raise ConfigurationError(f"every must be a whole number of at least 1, not {every!r}")

    async def write(readable: Readable[Any]) -> int:
        out = stream or sys.stdout
        count = 0
        async with opened(readable) as channel:
            async for batch in channel.batches():
                new = (count + len(batch)) // every - count // every
                count += len(batch)
                if new:
                    await _write(out, "." * new)
        await _write(out, "\n")
        return count

    return write


def progress(*, label: str = "", stream: TextIO | None = None) -> Sink[int]:
    """Make a sink that shows a running count of items and characters; the number of items.

    One line that is written over on a terminal; only the last state elsewhere.
    """

    async def write(readable: Readable[Any]) -> int:
        out = stream or sys.stderr
        live = out.isatty()
        head = f"{escape_controls(label)}: " if label else ""
        items = characters = 0
        async with opened(readable) as channel:
            async for batch in channel.batches():
                items += len(batch)
                characters += len(text_in(batch))
                if live:
                    await _write(out, f"\r{head}{items} items, {characters} characters")
        start = "\r" if live else ""
        await _write(out, f"{start}{head}{items} items, {characters} characters\n")
        return items

    return write


def labelled(*, stream: TextIO | None = None, width: int = 0) -> Sink[int]:
    """Make a sink for what ``merge`` gives: each line begins with its label; the number of lines.

    A line is written at once when it is whole, so two streams never share one.  *width* pads the
    labels.
    """

    async def write(readable: Readable[tuple[Any, Any]]) -> int:
        out = stream or sys.stdout
        held: dict[Any, list[str]] = {}
        count = 0
        async with opened(readable) as channel:
            try:
                async for batch in channel.batches():
                    lines: list[str] = []
                    for label, item in batch:
                        *whole, rest = text_in([item]).split("\n")
                        for line in whole:
                            text = "".join([*held.pop(label, ()), line])
                            lines.append(_labelled(label, text, width))
                        if rest:
                            held.setdefault(label, []).append(rest)
                    count += len(lines)
                    if lines:
                        await _write(out, "".join(lines))
            finally:
                rest_lines = [
                    _labelled(label, "".join(text), width) for label, text in held.items()
                ]
                count += len(rest_lines)
                with trio.CancelScope(shield=True):
                    await _write(out, "".join(rest_lines))
        return count

    return write


def _labelled(label: object, text: str, width: int) -> str:
    return f"{escape_controls(f'[{label}]'.ljust(width))} {escape_controls(text)}\n"


async def _write(stream: TextIO, text: str) -> None:
    def write() -> None:
        encoding = getattr(stream, "encoding", None) or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()

    with failing_as("stdout"):
        await trio.to_thread.run_sync(write)
