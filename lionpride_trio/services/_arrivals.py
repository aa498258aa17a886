"""The chunks of a call on their way to its observers: gathered, for an event each would cost more than they do."""

from __future__ import annotations

import math
from typing import Final

from .._observer import Story
from .._observer._events import ChunksReceived

BURST_SECONDS: Final = 0.001
"""Chunks that come within so many seconds of the first of them came at one time."""
GATHERED_SECONDS: Final = 0.1
"""Seconds after a telling in which chunks are gathered."""


class Arrivals:
    """When chunks came and how many, as far as that has not been told.

    `CallRecord.came` adds to a burst by itself: a call for each read is a tenth of all that an observer costs.
    """

    __slots__ = ("_began", "_gathered", "_story", "_tell_at", "burst", "burst_ends")

    def __init__(self, story: Story) -> None:
        self._story = story
        self._gathered: list[tuple[float, int]] = []
        self._tell_at = -math.inf
        self._began = 0.0
        self.burst = 0
        """Chunks of the burst, as far as they have not been told."""
        self.burst_ends = -math.inf
        """Until then, what comes belongs to the burst."""

    def begin_burst(self, now: float, count: int) -> None:
        """*count* chunks come, and not within the burst before."""
        self._close_burst()
        self._began, self.burst, self.burst_ends = now, count, now + BURST_SECONDS
        if now >= self._tell_at:
            self._tell_at = now + GATHERED_SECONDS
            self.tell()

    def tell(self) -> None:
        """Tell of the chunks that came since the last telling."""
        self._close_burst()
        if self._gathered:
            arrivals, self._gathered = tuple(self._gathered), []
            count = sum(each for _, each in arrivals)
            self._story.tell(ChunksReceived, count=count, arrivals=arrivals)

    def _close_burst(self) -> None:
        if self.burst:
            self._gathered.append((self._began, self.burst))
            self.burst = 0
