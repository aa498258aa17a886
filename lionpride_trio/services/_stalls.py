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

    __slots__ = ("_reader_clock", "_story", "reader_is_slow_at", "reader_patience", "told")

    def __init__(self, story: Story, timeouts: Timeouts, *, told: bool) -> None:
        """*told* says that the silence which goes on now has been told of."""
        self._story = story
        idle, content = timeouts.byte_idle, timeouts.content_idle
        self._reader_clock = ("byte_idle", idle) if idle < content else ("content_idle", content)
        self.told = told
        """The server's silence that goes on has been told of."""
        self.reader_patience = self._reader_clock[1] / 2
        """Seconds after which a reader that asks for nothing is slow."""
        self.reader_is_slow_at = trio.current_time() + self.reader_patience
        """When the reader will be slow if it asks for nothing until then."""

    async def receive(self, exchange: Exchange, due: float, clocks: ReplyClocks) -> bytes:
        """The next bytes, as `Exchange.receive` gives them; half of a clock that passes is told."""
        now = trio.current_time()
        self.look_at_reader(now)
        try:
            if self.told:
                return await exchange.receive(due)
            clock, limit, patience = clocks.half_limit()
            if now + patience < due:
                try:
                    return await exchange.receive(now + max(patience, 0.0))
                except trio.TooSlowError:
                    self.tell("server", clock, limit / 2, limit)
            return await exchange.receive(due)
        finally:
            self.reader_is_slow_at = trio.current_time() + self.reader_patience

    def look_at_reader(self, now: float) -> None:
        """Tell that nothing was read, if that was for half of a clock."""
        if now >= self.reader_is_slow_at:
            clock, limit = self._reader_clock
            away = now - self.reader_is_slow_at + self.reader_patience
            self.reader_is_slow_at = now + self.reader_patience
            self.tell("reader", clock, away, limit)

    def tell(self, slow: Slow, clock: str, seconds: float, limit: float) -> None:
        """Tell of a silence; of a server's, once."""
        if slow == "server":
            self.told = True
        self._story.tell(Stalled, slow=slow, clock=clock, seconds=seconds, limit=limit)
