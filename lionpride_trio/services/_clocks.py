"""The clocks of one reply: how long it may be waited for, and which of them ran out."""

from __future__ import annotations

from typing import Literal, TypeAlias

import trio

from .._errors import StreamTimeout
from ._settings import Timeouts

Clock: TypeAlias = Literal["first_content", "content_idle", "byte_idle"]
HeadClock: TypeAlias = Literal["first_content", "answer"]
"""The clocks that run while the head of an answer is waited for."""


class ReplyClocks:
    """The rest of the time in which content must come, and of the time in which any byte must.

    Only waiting for the network counts: time that the reader takes for itself is not its provider's.
    """

    # A thousand replies have one each.
    __slots__ = (
        "_byte_left",
        "_content_clock",
        "_content_left",
        "_runs_out",
        "_timeouts",
        "_waits_since",
    )

    def __init__(self, timeouts: Timeouts, *, waited: float) -> None:
        """*waited* are the seconds since the request was sent."""
        self._timeouts = timeouts
        self._byte_left = timeouts.byte_idle
        self._content_clock: Clock = "first_content"
        self._content_left = timeouts.first_content - waited
        self._runs_out: Clock = "byte_idle"
        self._waits_since = 0.0

    def start(self, seconds_of_silence: float | None) -> float:
        """Begin to wait; return the time at which the clock that is the first to run out does so.

        *seconds_of_silence* end the answer where it has finished and its provider closes no body.
        """
        self._waits_since = now = trio.current_time()
        idle = self._byte_left if seconds_of_silence is None else seconds_of_silence
        if idle < self._content_left:
            self._runs_out = "byte_idle"
            return now + max(idle, 0.0)
        self._runs_out = self._content_clock
        return now + max(self._content_left, 0.0)

    def stop(self) -> float:
        """Bytes have ended the wait: count it for the content, and return its seconds."""
        seconds = trio.current_time() - self._waits_since
        self._content_left -= seconds
        self._byte_left = self._timeouts.byte_idle
        return seconds

    def interrupt(self) -> float:
        """Count a wait that a cancellation ended, or a clock of the reader's; return its seconds.

        A program that asks again each second would otherwise wait for ever.
        """
        byte_left = self._byte_left
        seconds = self.stop()
        self._byte_left = byte_left - seconds
        return seconds

    def restart(self) -> None:
        """Content came, or progress: the time to the next begins."""
        self._content_clock = "content_idle"
        self._content_left = self._timeouts.content_idle

    @property
    def content_is_due(self) -> bool:
        """Content should have come by now, however many keep-alives there are."""
        return self._content_left <= 0

    def half_limit(self) -> tuple[Clock, float, float]:
        """The clock of which half is used up first while nothing comes, its seconds, and how long until then."""
        timeouts = self._timeouts
        content: float = getattr(timeouts, self._content_clock)
        to_half = self._content_left - content / 2
        byte_to_half = self._byte_left - timeouts.byte_idle / 2
        if byte_to_half < to_half:
            return "byte_idle", timeouts.byte_idle, byte_to_half
        return self._content_clock, content, to_half

    def content_timeout(self) -> StreamTimeout:
        """The failure of a reply whose content did not come in time."""
        return self._timeout(self._content_clock)

    def timeout(self) -> StreamTimeout:
        """The failure of a reply whose wait was too long."""
        return self._timeout(self._runs_out)

    def _timeout(self, clock: Clock) -> StreamTimeout:
        seconds: float = getattr(self._timeouts, clock)
        what = "nothing" if clock == "byte_idle" else "no content"
        return StreamTimeout(f"{what} came for {seconds:g} s", clock=clock)
