"""Slots and stream groups: how many operations run at once, and why that never locks up.

An operation takes its slot when it is ready and at no time before.  Operations that ``stream_from``
joins form a *stream group*; they are started together, with a slot for each, when the
results that any of them waits for are there.  So a holder of a slot waits only for its own group, all of
which runs, and for the reader of the flow; and whoever waits for slots holds none.  Slots therefore come
back, and groups are served in the order in which they became ready.

A group with more operations than there are slots takes all of them: it runs alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._nodes import Node


class StreamGroup:
    """Operations that run side by side; most groups have one."""

    __slots__ = ("held", "members", "running", "unready")

    def __init__(self) -> None:
        self.members: list[Node] = []
        self.unready = 0
        self.running = 0
        """The number of members that take a slot and have not ended."""
        self.held = 0
        """The number of slots that the group holds."""


class Slots:
    """A number of slots, given to groups in the order of asking."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._queue: deque[StreamGroup] = deque()

    def ask(self, group: StreamGroup) -> None:
        """Put *group* into the queue for as many slots as its ``running`` says."""
        self._queue.append(group)

    def granted(self) -> Iterator[StreamGroup]:
        """The groups that may start now."""
        while self._queue:
            wanted = min(self._queue[0].running, self._total)
            if wanted > self._free:
                return
            group = self._queue.popleft()
            self._free -= wanted
            group.held = wanted
            yield group

    def ended(self, group: StreamGroup) -> None:
        """Note that one member of *group* that took a slot has ended."""
        group.running -= 1
        if group.held > group.running:
            self._free += group.held - group.running
            group.held = group.running
