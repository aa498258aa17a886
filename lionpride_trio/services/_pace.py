"""The pace of one reply: how many chunks came, and how long the next ones were waited for.

Only waiting for the network counts, as for the clocks: a reader that takes its time makes no gap.
"""

from __future__ import annotations

from typing import Final

KEPT_GAPS: Final = 2048
"""Gaps that are kept, at most: a reply of a million chunks is to take no more memory than one of these."""


class Pace:
    """Counts chunks and the gaps between them.  A read costs an append."""

    __slots__ = ("_gaps", "_skip", "_stride", "_waited", "chunks", "longest")

    def __init__(self) -> None:
        self.chunks = 0
        self.longest: float | None = None
        self._waited = 0.0
        self._gaps: list[float] = []
        self._stride = 1
        """Of so many gaps, one is kept."""
        self._skip = 0

    def waited(self, seconds: float) -> None:
        """Count *seconds* of waiting for the network."""
        self._waited += seconds

    def came(self, count: int) -> None:
        """Count *count* chunks, which ended a gap if some had come before."""
        gap, self._waited = self._waited, 0.0
        if self.chunks:
            if self.longest is None or gap > self.longest:
                self.longest = gap
            if self._skip:
                self._skip -= 1
            else:
                self._skip = self._stride - 1
                self._gaps.append(gap)
                if len(self._gaps) == KEPT_GAPS:
                    # Every second one in the order of their length: the shares stay as they are.
                    self._gaps.sort()
                    del self._gaps[::2]
                    self._stride *= 2
        self.chunks += count

    @property
    def p95(self) -> float | None:
        """The gap that 95 of 100 did not exceed; None where there was none."""
        gaps = self._gaps
        if not gaps:
            return None
        gaps.sort()  # nearly sorted where it was asked for a moment ago
        return gaps[-(-len(gaps) * 95 // 100) - 1]
