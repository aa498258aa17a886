"""Who is slow: waits for a server are watched, and so is a reader that does not ask.

No task watches.  A wait is cut in two where half of a clock will be used up.  In a session an alarm rings while
its reader is away; a reply without a session looks at its reader when that comes back, or when the reply ends.
So an observed call opens no nursery, and may be left wherever one that is not observed may be.
"""

from __future__ import annotations

from .._observer import Story
from .._observer._events import Slow, Stalled
from .._transport import Exchange
from ._clocks import ReplyClocks
from ._settings import Timeouts


class StallWatch:
    """Tells a reply's observers of silence, once until something comes."""

    __slots__ = (
        "_alarm",
        "_reader_clock",
        "_reader_is_told",
        "_story",
        "clocks",
        "idle_since",
        "patience",
    )

    def __init__(
        self,
        story: Story,
        timeouts: Timeouts,
        clocks: ReplyClocks,
        exchange: Exchange,
        *,
        told: bool,
    ) -> None:
        """*told* says that the silence which goes on now has been told of."""
        self._story = story
        self.clocks = clocks
        clocks.half_is_told = told
        idle, content = timeouts.byte_idle, timeouts.content_idle
        self._reader_clock = ("byte_idle", idle) if idle < content else ("content_idle", content)
        self.patience = self._reader_clock[1] / 2
        """Seconds after which a reader that asks for nothing is slow."""
        self._reader_is_told = False
        """The alarm has told of the reader that is away."""
        self.idle_since: float | None = clocks.time
        """Since when the reader asks for nothing; None while it waits."""
        self._alarm = exchange.new_alarm(self._ring)
        if self._alarm is not None:
            self._alarm.set(clocks.time + self.patience)

    def begin_wait(self, limit: float) -> float:
        """The reader waits from now on; return when half of a clock is used up, or *limit* if that is earlier."""
        clocks = self.clocks
        since = self.idle_since
        if since is not None and clocks.time - since >= self.patience:
            self.tell_reader(clocks.time)
        self.idle_since = None
        return limit if clocks.half_is_told else min(limit, clocks.half_is_due)

    def leave_off(self) -> None:
        """The reader was cancelled, or a clock of its own ran out."""
        self.idle_since = self.clocks.time

    def server_is_slow(self) -> None:
        """Half of a clock is used up."""
        self.clocks.half_is_told = True
        clock, limit = self.clocks.half_clock
        self._tell("server", clock, limit / 2, limit)

    def close(self) -> None:
        """Look at the reader for the last time."""
        if self._alarm is not None:
            self._alarm.close()
        now, since = self.clocks.current_time(), self.idle_since
        if since is not None and now - since >= self.patience:
            self.tell_reader(now)

    def _ring(self) -> None:
        """Look whether the reader is away.

        What it did meanwhile was not told to the alarm: that would cost each read more than all else here.
        """
        assert self._alarm is not None
        now, since = self.clocks.current_time(), self.idle_since
        if since is None:
            since = now
        if now - since >= self.patience:
            if not self._reader_is_told:
                self.tell_reader(now)
                self._reader_is_told = True
            since = now
        self._alarm.set(since + self.patience)

    def tell_reader(self, now: float) -> None:
        """The reader has been away until now."""
        if self._reader_is_told:
            self._reader_is_told = False
        elif self.idle_since is not None:
            clock, limit = self._reader_clock
            self._tell("reader", clock, now - self.idle_since, limit)

    def _tell(self, slow: Slow, clock: str, seconds: float, limit: float) -> None:
        self._story.tell(Stalled, slow=slow, clock=clock, seconds=seconds, limit=limit)
