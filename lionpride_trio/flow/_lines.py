"""Lines and slots: how many operations run at once, and why that never locks up.

A slot is taken when an operation is ready and at no time before.  Operations that ``stream_from``
joins form a *line*; they are started together, with a slot for each, when all that any of them
waits for is there.  So whoever holds a slot waits for nothing but its own line, which is running
whole, and for the reader of the flow; and whoever waits for slots holds none.  Slots therefore come
back, and lines are served in the order in which they became ready.

A line with more operations than there are slots takes all of them: it runs alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._runner import Node


class Line:
    """Operations that run side by side; most lines have one."""

    __slots__ = ("held", "members", "running", "unready")

    def __init__(self) -> None:
        self.members: list[Node] = []
        self.unready = 0
        self.running = 0
        """Members that count and have not ended."""
        self.held = 0
        """Slots."""


class Slots:
    """So many slots, for lines in the order of asking."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._queue: deque[Line] = deque()

    def ask(self, line: Line) -> None:
        """Put *line* into the queue; its ``running`` says for how many."""
        self._queue.append(line)

    def granted(self) -> Iterator[Line]:
        """The lines that may start now."""
        while self._queue:
            wanted = min(self._queue[0].running, self._total)
            if wanted > self._free:
                return
            line = self._queue.popleft()
            self._free -= wanted
            line.held = wanted
            yield line

    def ended(self, line: Line) -> None:
        """One of the line's members that count has ended."""
        line.running -= 1
        if line.held > line.running:
            self._free += line.held - line.running
            line.held = line.running
