"""Keys that are pressed while an answer comes, and what they do."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator
from typing import Any


@contextlib.contextmanager
def keys_kept_for_later() -> Generator[None]:
    """Show nothing of what is typed while an answer comes: it is there for the next question.

    Ctrl-C goes on being a signal, and pasted lines stay one question.
    """
    if sys.platform == "win32" or not sys.stdin.isatty():
        yield
        return
    import termios

    fd = sys.stdin.fileno()
    before: list[Any] = termios.tcgetattr(fd)
    quiet = [*before]
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    termios.tcsetattr(fd, termios.TCSANOW, quiet)
    _set_bracketed_paste(on=True)
    try:
        yield
    finally:
        _set_bracketed_paste(on=False)
        termios.tcsetattr(fd, termios.TCSANOW, before)


def _set_bracketed_paste(*, on: bool) -> None:
    """Let the terminal say what of its input was pasted, so that pasted lines are told from asked ones."""
    if sys.stdout.isatty():
        print(f"\x1b[?2004{'h' if on else 'l'}", end="", flush=True)
