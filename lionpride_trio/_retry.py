"""Retries: the rules, and the one loop that model calls and operations share."""

from __future__ import annotations

import itertools
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import attrs
import stamina
import trio

from ._checks import seconds_of_a_day, whole_number_of
from ._errors import LionprideError, QuotaExhausted

T = TypeVar("T")

_logger: Final = logging.getLogger("lionpride_trio")
_logger.addHandler(logging.NullHandler())  # or logging would write it to the standard error


@attrs.frozen(kw_only=True)
class Retry:
    """Rules for repeating a call that failed: never once content has reached the caller.

    An error is repeated when it says that it is ``retryable``; a spent quota is not.  The wait
    doubles from *wait_initial*, with up to *wait_jitter* more by chance, up to *wait_max*.  Where the
    provider names a delay, that is waited instead (with the jitter); above *max_retry_after* the
    error is raised at once, with its ``retry_after``.  All in seconds.
    """

    attempts: int = attrs.field(default=3, validator=whole_number_of(1))
    """How often a call is tried in all."""
    wait_initial: float = attrs.field(default=0.5, validator=seconds_of_a_day)
    """Seconds before the second attempt."""
    wait_max: float = attrs.field(default=8.0, validator=seconds_of_a_day)
    """Seconds that a wait never exceeds, unless the provider names the delay."""
    wait_jitter: float = attrs.field(default=0.5, validator=seconds_of_a_day)
    """Seconds, up to which chance adds to each wait."""
    max_retry_after: float = attrs.field(default=60.0, validator=seconds_of_a_day)
    """Seconds of a delay that the provider names, above which the error is raised at once."""

    def delay_for(self, error: Exception, attempt: int) -> float | None:
        """Seconds to wait after the failure of the *attempt*-th try, from 1; None for no more tries.

        An error that is not this library's does not say whether it may pass, and is repeated.
        """
        if attempt >= self.attempts:
            return None
        jitter = random.uniform(0.0, self.wait_jitter)
        if isinstance(error, LionprideError):
            if not error.retryable or isinstance(error, QuotaExhausted):
                return None
            if error.retry_after is not None:
                too_long = error.retry_after > self.max_retry_after
                return None if too_long else error.retry_after + jitter
        return min(self.wait_max, self.wait_initial * 2.0 ** min(attempt - 1, 64) + jitter)


async def call_with_retries(
    retry: Retry | None,
    attempt: Callable[[], Awaitable[T]],
    *,
    errors: type[Exception] = LionprideError,
    may_be_repeated: Callable[[], bool] = lambda: True,
    on_retry: Callable[[Exception, int, float], None] = lambda _error, _number, _delay: None,
) -> T:
    """The result of *attempt*, tried as *retry* says.  Waits between the attempts.

    Failures that are *errors* are repeated, if *may_be_repeated* says so after them.  Each further
    attempt is one record of the logger ``lionpride_trio``, and a call of *on_retry* with the failure, the number
    of the attempt that had it and the seconds until the next.  ``stamina`` turns all retries of a program
    off (``set_active(False)``), or all their waits (``set_testing(True)``).  Its own loop is not used:
    it reports each retry to the hooks of the whole program, which write to the standard error where
    logging is not configured.

    :raises Exception: the last failure, as it is.
    """
    for number in itertools.count(1):
        try:
            return await attempt()
        except errors as error:
            delay = None
            if retry is not None and stamina.is_active() and may_be_repeated():
                delay = retry.delay_for(error, number)
            if delay is None:
                raise
            if stamina.is_testing():
                delay = 0.0
            _log_retry(error, number, delay)
            on_retry(error, number, delay)
        await trio.sleep(delay)
    raise AssertionError("counting has no end")  # pragma: no cover - for type checkers


def _log_retry(error: Exception, number: int, delay: float) -> None:
    _logger.warning(
        "attempt %d failed and is repeated in %.2f s: %s: %s",
        number,
        delay,
        type(error).__name__,
        error,
        extra={
            "provider": getattr(error, "provider", None),
            "model": getattr(error, "model", None),
            "attempt": number,
            "delay": delay,
            "error": type(error).__name__,
        },
    )
