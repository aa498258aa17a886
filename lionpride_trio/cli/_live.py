"""A part of the terminal that is drawn again and again."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text


def live_on(console: Console) -> Live:
    """A part of *console*'s screen that goes when its block ends, and leaves all other output alone."""
    return Live(
        console=console,
        auto_refresh=False,  # rich's own refreshing would start a thread
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


class LiveView:
    """The ground of views that draw when their `show` is called, and at no other time.

    It writes to the terminal, which blocks, as everywhere.
    """

    def __init__(self, console: Console, heading: str) -> None:
        self._console = console
        self._heading = Text(heading, style="bold")
        self._live = live_on(console)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()
