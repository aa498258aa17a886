"""Where answers and notes go: to a terminal with lines broken between words, elsewhere as they are."""

from __future__ import annotations

import io
import math
import os
import sys
from functools import partial
from typing import Final, TextIO

import trio
from rich.console import Console

from .._channels._nursery import is_cancelled
from .._errors import SinkError
from .._safe_text import escape_controls
from ..sinks._write import write_text
from ._wrap import WordWrap, wrapped

DEFAULT_COLUMNS: Final = 80
END_WITHIN: Final = 1.0
"""Seconds that the end of a line may take when all is to end."""


class AnswerText:
    """The text of one answer on a stream, while it comes.

    A model's text is shown and never obeyed: control characters are made visible, whether
    the stream is a terminal or a pipe that may well end in one.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._wrap = WordWrap(partial(columns, stream)) if stream.isatty() else None
        self._is_at_start = True

    async def write(self, text: str) -> None:
        """Show *text*.  Waits for room, and can be cancelled then."""
        text = _encodable(self._stream, escape_controls(text))
        if text:
            self._is_at_start = text.endswith("\n")
        await self._send(self._wrap.feed(text) if self._wrap else text)

    async def end(self) -> None:
        """End the line, if one was begun.  When cancelled, too, unless nobody reads."""
        if self._is_at_start:
            return
        cancelled = is_cancelled()
        patience = END_WITHIN if cancelled else math.inf
        with trio.move_on_after(patience, shield=cancelled):
            await self._send((self._wrap.flush() if self._wrap else "") + "\n")

    async def _send(self, text: str) -> None:
        try:
            await write_text(self._stream, text)
        except SinkError as error:
            if isinstance(error.__cause__, BrokenPipeError):
                raise error.__cause__ from None  # whose reader has gone is no failure to tell of
            raise


def note(text: str) -> None:
    """Tell the user something beside the answer: one line, on the standard error stream."""
    stream = sys.stderr
    text = _encodable(stream, " ".join(escape_controls(text).split()))
    print(wrapped(text, columns(stream)) if stream.isatty() else text, file=stream, flush=True)


class PlainPipeConsole(Console):
    """rich's console, but whose reader has gone raises `BrokenPipeError`, as everywhere."""

    def on_broken_pipe(self) -> None:
        """Let the error out that rich would make an exit status of its own."""
        raise BrokenPipeError


def settle_output() -> None:
    """Write what is still to be written, or let it go: Python's own flush at exit must not fail."""
    try:
        sys.stdout.flush()
    except OSError:  # nobody reads it, or there is no room for it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def columns(stream: TextIO) -> int:
    """How many cells a line of the terminal has."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or DEFAULT_COLUMNS
    except (OSError, ValueError, io.UnsupportedOperation):
        return DEFAULT_COLUMNS


def _encodable(stream: TextIO, text: str) -> str:
    """*text* with what the stream's encoding does not have as escapes."""
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
