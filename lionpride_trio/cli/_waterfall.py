"""A timeline that grows on a terminal."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from ..observe import Timeline

LEAST_COLUMNS = 40


class Waterfall:
    """A live view of *timeline*.  It draws when `show` is called, as `Panels` does, and writes to the terminal."""

    def __init__(self, console: Console, heading: str, timeline: Timeline) -> None:
        self._console = console
        self._heading = Text(heading, style="bold")
        self._timeline = timeline
        self._live = Live(
            console=console,
            auto_refresh=False,  # rich's own refreshing would start a thread
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

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

    def show(self, _answers: object = None) -> None:
        """Draw the timeline as it is now."""
        self._live.update(self._drawn(), refresh=True)

    def print_whole(self, _answers: object = None) -> None:
        """Print the timeline, to stay."""
        self._console.print(self._drawn())

    def _drawn(self) -> RenderableType:
        width = max(LEAST_COLUMNS, self._console.width - 1)
        text = Text(self._timeline.to_text(width=width), no_wrap=True, overflow="crop")
        return Group(self._heading, text)
