"""The clocks of many reads, kept by one task.

A cancel scope around each read that waits costs 9 µs, as much as all the rest of a read of one event;
setting an alarm costs 0.5 µs.  A session runs a `Watcher` in its nursery, for all replies of its models.  It
is no system task: that would outlive who needs it, and raise where nobody sees.  A reply without a session
has a scope for each read all the same: a nursery of its own would make it a thing that only the task that
opened it can close.

An alarm that is due wakes its reader by the means of what it reads (`Readable.wake`), and the reader finds
that the alarm `rang`.  The watcher sleeps until the earliest alarm that it knows of.  An alarm that is set
anew for a later time, as each read does, is not told to it: it looks again when the old time has come.  So
it wakes once in a while, and not once a read.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable

import trio


class Watcher:
    """Wakes the readers whose alarms are due.  `run` is to run in a nursery of its owner."""

    def __init__(self) -> None:
        self.watches = True
        """False once `run` has ended: alarms are not rung any more."""
        self._times: list[tuple[float, int, Alarm]] = []
        """A heap of the times at which an alarm is looked at; stale where the alarm has another time now."""
        self._stale = 0
        self._number = itertools.count()
        self._sleep = trio.CancelScope()

    async def run(self) -> None:
        """Ring alarms until cancelled; then wake whoever waits, to go on without a watcher."""
        try:
            while True:
                with self._sleep:
                    await trio.sleep_forever()
                self._sleep = trio.CancelScope()
                self._ring()
        finally:
            self.watches = False
            for _, _, alarm in self._times:
                if alarm.due < math.inf:
                    alarm.wake()

    def look_at(self, alarm: Alarm, when: float) -> None:
        """Look at *alarm* at that time, and not at the time that was said before."""
        self._stale += alarm.looked_at < math.inf
        alarm.looked_at = when
        if when < math.inf:
            heapq.heappush(self._times, (when, next(self._number), alarm))
        if self._stale > 64 and self._stale * 2 > len(self._times):
            self._times = [entry for entry in self._times if _is_meant(entry)]
            heapq.heapify(self._times)
            self._stale = 0
        self._sleep_until_first()

    def _sleep_until_first(self) -> None:
        times = self._times
        while times and not _is_meant(times[0]):
            heapq.heappop(times)
            self._stale -= 1
        first = times[0][0] if times else math.inf
        if first != self._sleep.deadline:
            self._sleep.deadline = first

    def _ring(self) -> None:
        now = trio.current_time()
        while self._times and self._times[0][0] <= now:
            entry = heapq.heappop(self._times)
            if not _is_meant(entry):
                self._stale -= 1
                continue
            alarm = entry[2]
            alarm.looked_at = math.inf
            if alarm.due <= now:
                alarm.rang = True
                alarm.wake()
            elif alarm.due < math.inf:
                self.look_at(alarm, alarm.due)
        self._sleep_until_first()


def _is_meant(entry: tuple[float, int, Alarm]) -> bool:
    return entry[0] == entry[2].looked_at


class Alarm:
    """The clock of one reader, kept by *watcher*; *wake* makes its wait return early."""

    # A thousand replies have one each.
    __slots__ = ("due", "looked_at", "rang", "wake", "watcher")

    def __init__(self, watcher: Watcher, wake: Callable[[], object]) -> None:
        self.watcher = watcher
        self.wake = wake
        self.due = math.inf
        """When it is to ring; infinite while nobody waits."""
        self.looked_at = math.inf
        """When the watcher will look at it; infinite for never."""
        self.rang = False

    def is_watched(self) -> bool:
        """Whether it will ring."""
        return self.watcher.watches

    def set(self, due: float) -> None:
        """Ring at that time, unless it is cleared before."""
        self.due = due
        if due < self.looked_at:
            self.watcher.look_at(self, due)

    def clear(self) -> None:
        """Do not ring."""
        self.due = math.inf
        self.rang = False

    def close(self) -> None:
        """Never ring again; the watcher lets go of it."""
        self.clear()
        if self.looked_at < math.inf:
            self.watcher.look_at(self, math.inf)
