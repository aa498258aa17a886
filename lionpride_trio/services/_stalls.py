"""Who is slow: waits for a server are watched, and so is a reader that does not ask.

No task watches.  A wait is cut in two where half of a clock will be used up, and a reader is looked at when it
comes back, or when its reply ends.  So an observed call opens no nursery, and may be left wherever one that is
not observed may be.
"""

from __future__ import annotations

import trio

from .._observer import Story
from .._observer._events import Slow, Stalled
from .._transport import Exchange
from ._clocks import ReplyClocks
from ._settings import Timeouts


class StallWatch:
    """Tells a reply's observers of silence, once until something comes."""

    __slots__ = ("_last_read", "_story", "_timeouts", "_told")

    def __init__(self, story: Story, timeouts: Timeouts, *, told: bool) -> None:
        """*told* says that the silence which goes on now has been told of."""
        self._story = story
        self._timeouts = timeouts
        self._told = told
        self._last_read = trio.current_time()

    async def receive(self, exchange: Exchange, seconds: float, clocks: ReplyClocks) -> bytes:
        """The next bytes, as `Exchange.receive` gives them; half of a clock that passes is told."""
        now = trio.current_time()
        self.look_at_reader(now)
        try:
            if self._told:
                return await exchange.receive(seconds)
            clock, limit, patience = clocks.half_limit()
            if patience < seconds:
                try:
                    return await exchange.receive(max(patience, 0.0))
                except trio.TooSlowError:
                    self.tell("server", clock, limit / 2, limit)
                seconds -= trio.current_time() - now
            return await exchange.receive(max(seconds, 0.0))
        finally:
            self._last_read = trio.current_time()

    def came(self, now: float, *, content: bool) -> None:
        """Something was read; *content* says whether it fed the clock of content."""
        self.look_at_reader(now)
        self._last_read = now
        if content:
            self._told = False

    def look_at_reader(self, now: float) -> None:
        """Tell that nothing was read, if that was for half of a clock."""
        away = now - self._last_read
        if self._timeouts.byte_idle < self._timeouts.content_idle:
            clock, limit = "byte_idle", self._timeouts.byte_idle
        else:
            clock, limit = "content_idle", self._timeouts.content_idle
        if away >= limit / 2:
            self._last_read = now
            self.tell("reader", clock, away, limit)

    def tell(self, slow: Slow, clock: str, seconds: float, limit: float) -> None:
        """Tell of a silence; of a server's, once."""
        if slow == "server":
            self._told = True
        self._story.tell(Stalled, slow=slow, clock=clock, seconds=seconds, limit=limit)
