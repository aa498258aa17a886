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
        "_byte_half",
        "_byte_left",
        "_content_clock",
        "_content_half",
        "_content_left",
        "_runs_out",
        "_silence_left",
        "_timeouts",
        "_waits_since",
        "current_time",
        "half_is_told",
        "time",
    )

    def __init__(self, timeouts: Timeouts, *, waited: float) -> None:
        """*waited* are the seconds since the request was sent."""
        self._timeouts = timeouts
        self._byte_left = timeouts.byte_idle
        self._byte_half = timeouts.byte_idle / 2
        self._content_clock: Clock = "first_content"
        self._content_half = timeouts.first_content / 2
        self._content_left = timeouts.first_content - waited
        self._runs_out: Clock = "byte_idle"
        self._silence_left: float | None = None
        self.half_is_told = False
        """Observers know of the silence that goes on."""
        # `trio.current_time` takes twice as long: it looks for its run each time.
        self.current_time = trio.lowlevel.current_clock().current_time
        self._waits_since = 0.0
        self.time = self.current_time()
        """When they were looked at last: what a wait brought came then."""

    def start(self, seconds_of_silence: float | None) -> float:
        """Begin to wait; return the time at which the clock that is the first to run out does so.

        *seconds_of_silence* end the answer where it has finished and its provider closes no body.  They are
        of silence about the answer: neither keep-alives nor a reader that asks again prolong them.
        """
        self._waits_since = self.time = now = self.current_time()
        if seconds_of_silence is None:
            self._silence_left = None
            idle = self._byte_left
        else:
            if self._silence_left is None:
                self._silence_left = seconds_of_silence
            idle = self._silence_left
        if idle < self._content_left:
            self._runs_out = "byte_idle"
            return now + max(idle, 0.0)
        self._runs_out = self._content_clock
        return now + max(self._content_left, 0.0)

    def stop(self) -> float:
        """Bytes have ended the wait: count it for the content, and return its seconds."""
        self.time = now = self.current_time()
        seconds = now - self._waits_since
        self._content_left -= seconds
        if self._silence_left is not None:
            self._silence_left -= seconds
        self._byte_left = self._timeouts.byte_idle
        return seconds

    def byte_came(self) -> None:
        """Bytes were there without a wait."""
        self._byte_left = self._timeouts.byte_idle

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
        self._content_left = idle = self._timeouts.content_idle
        self._content_half = idle / 2
        self._silence_left = None
        self.half_is_told = False

    @property
    def silence_is_over(self) -> bool:
        """The answer has finished, and nothing of it came for as long as its provider may be silent."""
        return self._silence_left is not None and self._silence_left <= 0

    @property
    def content_is_due(self) -> bool:
        """Content should have come by now, however many keep-alives there are."""
        return self._content_left <= 0

    @property
    def half_is_due(self) -> float:
        """When half of a clock will be used up, if nothing comes in the wait that has just begun."""
        to_half = min(self._byte_left - self._byte_half, self._content_left - self._content_half)
        return self._waits_since + max(to_half, 0.0)

    @property
    def half_clock(self) -> tuple[Clock, float]:
        """The clock of which half is used up first while nothing comes, and its seconds."""
        if self._byte_left - self._byte_half < self._content_left - self._content_half:
            return "byte_idle", self._byte_half * 2
        return self._content_clock, self._content_half * 2

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
