"""The clocks of one reply: how long it may be waited for, and which of them ran out."""

from __future__ import annotations

from typing import Literal, TypeAlias

from .._errors import StreamTimeout
from ._settings import Timeouts

Clock: TypeAlias = Literal["first_content", "content_idle", "byte_idle"]
HeadClock: TypeAlias = Literal["first_content", "answer"]
"""The clocks that run while the head of an answer is waited for."""


class ReplyClocks:
    """The rest of the time in which content must come, and of the time in which any byte must.

    Only waiting for the network counts: time that the reader takes for itself is not its provider's.
    """

    __slots__ = ("_content_clock", "_content_left", "_timeouts")  # a thousand replies have one each

    def __init__(self, timeouts: Timeouts, *, waited: float) -> None:
        """*waited* are the seconds since the request was sent."""
        self._timeouts = timeouts
        self._content_clock: Clock = "first_content"
        self._content_left = timeouts.first_content - waited

    def spend(self, seconds: float) -> None:
        """Count *seconds* of waiting."""
        self._content_left -= seconds

    def restart(self) -> None:
        """Content came, or progress: the time to the next begins."""
        self._content_clock = "content_idle"
        self._content_left = self._timeouts.content_idle

    @property
    def content_is_due(self) -> bool:
        """Content should have come by now, however many keep-alives there are."""
        return self._content_left <= 0

    def next_limit(self, seconds_of_silence: float | None) -> tuple[Clock, float]:
        """The clock that runs out first while nothing comes, and in how many seconds.

        *seconds_of_silence* end the answer where it has finished and its provider closes no body.
        """
        idle = self._timeouts.byte_idle if seconds_of_silence is None else seconds_of_silence
        if idle < self._content_left:
            return "byte_idle", idle
        return self._content_clock, max(self._content_left, 0.0)

    def half_limit(self) -> tuple[Clock, float, float]:
        """The clock of which half is used up first while nothing comes, its seconds, and how long until then."""
        timeouts = self._timeouts
        content: float = getattr(timeouts, self._content_clock)
        to_half = self._content_left - content / 2
        if timeouts.byte_idle / 2 < to_half:
            return "byte_idle", timeouts.byte_idle, timeouts.byte_idle / 2
        return self._content_clock, content, to_half

    def content_timeout(self) -> StreamTimeout:
        """The failure of a reply whose content did not come in time."""
        return self.timeout(self._content_clock)

    def timeout(self, clock: Clock) -> StreamTimeout:
        """The failure of a reply whose *clock* ran out."""
        seconds: float = getattr(self._timeouts, clock)
        what = "nothing" if clock == "byte_idle" else "no content"
        return StreamTimeout(f"{what} came for {seconds:g} s", clock=clock)
