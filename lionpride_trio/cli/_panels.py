"""Answers side by side on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ._live import LiveView


class Shown(Protocol):
    """The text and frame of a panel; the text is safe for a terminal."""

    text: str

    @property
    def title(self) -> str:
        """The words in its frame."""
        ...


class Panels(LiveView):
    """A view of several texts that grow."""

    def show(self, texts: Sequence[Shown]) -> None:
        """Draw the texts two by two: their ends, as far as the terminal is high."""
        rows = -(-len(texts) // self._columns)
        height = max(1, (self._console.height - 2) // rows - 2)
        self._live.update(self._grid(texts, height), refresh=True)

    def print_whole(self, texts: Sequence[Shown]) -> None:
        """Print the whole texts, to stay."""
        self._console.print(self._grid(texts, None))

    @property
    def _columns(self) -> int:
        return 2 if self._console.width >= 60 else 1

    def _grid(self, texts: Sequence[Shown], height: int | None) -> RenderableType:
        width = max(1, self._console.width // self._columns - 4)
        grid = Table.grid(expand=True)
        for _ in range(self._columns):
            grid.add_column(ratio=1)
        cells: list[Panel] = []
        for shown in texts:
            lines = Text(shown.text).wrap(self._console, width)
            body = Text("\n").join(lines if height is None else lines[-height:])
            title = Text(shown.title)
            cells.append(Panel(body, title=title, height=None if height is None else height + 2))
        for start in range(0, len(cells), self._columns):
            grid.add_row(*cells[start : start + self._columns])
        return Group(self._heading, grid)
