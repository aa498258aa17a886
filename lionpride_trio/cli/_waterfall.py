"""A timeline that grows on a terminal."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.text import Text

from ..observe import Timeline
from ._live import LiveView

LEAST_COLUMNS = 40


class Waterfall(LiveView):
    """A live view of *timeline*."""

    def __init__(self, console: Console, heading: str, timeline: Timeline) -> None:
        super().__init__(console, heading)
        self._timeline = timeline

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
