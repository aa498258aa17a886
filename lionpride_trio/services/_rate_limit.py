"""The limits of one model: how many calls may be open, and how much is asked for in a while.

The limits stand outside HTTP: a call that waits here holds no connection.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

import attrs
import trio

from .._channels._lending import holding
from .._checks import check_seconds, check_size
from .._chunks import Usage
from ..providers import ModelCall
from ._record import CallRecord

REFRESH_SECONDS = 60.0


@attrs.define(eq=False)
class Reservation:
    """The window and the tokens that one admitted request was counted with."""

    window: int
    tokens: int


class RateLimiter:
    """At most *max_concurrent* open calls, and per *refresh* seconds so many requests and tokens.

    A window begins with the first request after the last one ended; a request that does not fit
    waits for the next, in the order of asking.  A request larger than all of ``limit_tokens`` gets a window
    of its own.  *max_tokens_options* are the provider's options that bound how much a call generates.

    :raises ConfigurationError: a limit is no number above 0.
    """

    def __init__(
        self,
        *,
        max_concurrent: int | None = None,
        limit_requests: int | None = None,
        limit_tokens: int | None = None,
        refresh: float | None = None,
        max_tokens_options: Sequence[str] = (),
    ) -> None:
        for name, value in (
            ("max_concurrent", max_concurrent),
            ("limit_requests", limit_requests),
            ("limit_tokens", limit_tokens),
        ):
            if value is not None:
                check_size(name, value)
        self._refresh = check_seconds(
            "capacity_refresh_time", REFRESH_SECONDS if refresh is None else refresh
        )
        self._limiter = None if max_concurrent is None else trio.CapacityLimiter(max_concurrent)
        self._limit_requests = limit_requests
        self._limit_tokens = limit_tokens
        self._max_tokens_options = max_tokens_options
        self._line = trio.StrictFIFOLock()
        self._run: trio.lowlevel.TrioToken | None = None
        self._window = 0
        self._ends = 0.0
        self._requests = 0
        self._tokens = 0

    @property
    def limited(self) -> bool:
        """Only so many calls may be open at a time."""
        return self._limiter is not None

    def slot(self, record: CallRecord | None = None) -> AbstractAsyncContextManager[None]:
        """One of the concurrent calls, as long as the block; *record* has how long it was waited for.

        A task that opens more replies than there are slots, one inside the other, waits for itself.
        A slot that an operation of a flow holds does not count while it waits for its reader.
        """
        return nullcontext() if self._limiter is None else _borrowed(self._limiter, record)

    async def acquire(self, call: ModelCall, record: CallRecord | None = None) -> Reservation:
        """Wait for the current window to have room for *call* and its estimated tokens; reserve them.

        Cancelling reserves nothing.
        """
        if self._limit_requests is None and self._limit_tokens is None:
            return Reservation(0, 0)
        tokens = estimate(call, self._max_tokens_options)
        began = trio.current_time()
        told = False
        if self._line.locked() and record is not None:
            record.waits("limit")  # behind others, and so for longer than this window
            told = True
        async with self._line:
            self._turn()
            while not self._fits(tokens):
                if not told and record is not None:
                    record.waits("limit", self._ends - trio.current_time())
                    told = True
                await trio.sleep_until(self._ends)
                self._turn()
            if record is not None:
                record.has_waited(trio.current_time() - began)
            self._requests += 1
            self._tokens += tokens
            return Reservation(self._window, tokens)

    def settle_usage(self, reservation: Reservation, usage: Usage | None) -> None:
        """Replace the estimate of a call by the tokens that it used, while its window lasts."""
        used = _total(usage)
        if used is not None and reservation.window == self._window:
            self._tokens += used - reservation.tokens
            reservation.tokens = used

    def __repr__(self) -> str:
        parts: list[str] = []
        if self._limiter is not None:
            parts.append(
                f"{self._limiter.borrowed_tokens} of {self._limiter.total_tokens:g} calls open"
            )
        if self._limit_requests is not None:
            parts.append(f"{self._requests} of {self._limit_requests} requests")
        if self._limit_tokens is not None:
            parts.append(f"{self._tokens} of {self._limit_tokens} tokens")
        if self._limit_requests is not None or self._limit_tokens is not None:
            parts[-1] += f" in {self._refresh:g} s"
        return f"<RateLimiter {', '.join(parts) or 'without limits'}>"

    def _fits(self, tokens: int) -> bool:
        if self._requests == 0:
            return True
        if self._limit_requests is not None and self._requests >= self._limit_requests:
            return False
        return self._limit_tokens is None or self._tokens + tokens <= self._limit_tokens

    def _turn(self) -> None:
        """Begin a new window when the last one has ended."""
        now = trio.current_time()
        run = trio.lowlevel.current_trio_token()
        if now >= self._ends or run is not self._run:  # another run has another clock
            self._run = run
            self._window += 1
            self._ends = now + self._refresh
            self._requests = 0
            self._tokens = 0


@asynccontextmanager
async def _borrowed(
    limiter: trio.CapacityLimiter, record: CallRecord | None
) -> AsyncGenerator[None]:
    borrower = object()  # a task may have several replies open
    began = trio.current_time()
    if record is not None and limiter.available_tokens < 1:
        record.waits("slot")
    await limiter.acquire_on_behalf_of(borrower)
    if record is not None:
        record.has_waited(trio.current_time() - began)
    try:
        with holding(limiter):
            yield
    finally:
        limiter.release_on_behalf_of(borrower)


def estimate(call: ModelCall, max_tokens_options: Sequence[str]) -> int:
    """About how many tokens *call* takes: a quarter of its characters, and what it may generate."""
    asked = len(json.dumps(list(call.messages), ensure_ascii=False, default=str)) // 4
    given = (call.options.get(name) for name in max_tokens_options)
    most = next((value for value in given if isinstance(value, int)), 0)
    return max(1, asked + most)


def _total(usage: Usage | None) -> int | None:
    if usage is None:
        return None
    if usage.total_tokens is not None:
        return usage.total_tokens
    if usage.input_tokens is None and usage.output_tokens is None:
        return None
    return (usage.input_tokens or 0) + (usage.output_tokens or 0)
