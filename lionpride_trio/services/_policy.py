"""What a model's calls may take: how often they are tried, and how much of an answer is held."""

from __future__ import annotations

import itertools
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import attrs
import stamina
import trio

from .._errors import ConfigurationError, LionprideError, QuotaExhausted
from ..providers import MAX_BLOCKS
from ..wire import MAX_EVENT_BYTES

T = TypeVar("T")

_logger: Final = logging.getLogger("lionpride_trio")
_logger.addHandler(logging.NullHandler())  # or logging would write it to the standard error

HELD_CHUNKS: Final = 64
"""Chunks without content that are held back, at most, while a call may still be repeated."""


def _count(least: int) -> Callable[[Any, attrs.Attribute[int], object], None]:
    def check(instance: Any, attribute: attrs.Attribute[int], value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ConfigurationError(
                f"{type(instance).__name__}: {attribute.name} must be a whole number of at least"
                f" {least}, not {value!r}"
            )

    return check


def _seconds(instance: Any, attribute: attrs.Attribute[float], value: object) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 86400:
        raise ConfigurationError(
            f"{type(instance).__name__}: {attribute.name} must be seconds from 0 to a day,"
            f" not {value!r}"
        )


@attrs.frozen(kw_only=True)
class Retry:
    """How a call that failed is repeated: never once content has reached the caller.

    An error is repeated when it says that it is ``retryable``; a spent quota is not.  The wait
    doubles from *wait_initial*, with up to *wait_jitter* more by chance, up to *wait_max*.  Where the
    provider names a delay, that is waited instead (with the jitter); above *max_retry_after* the
    error is raised at once, with its ``retry_after``.  All in seconds.
    """

    attempts: int = attrs.field(default=3, validator=_count(1))
    """How often a call is tried in all."""
    wait_initial: float = attrs.field(default=0.5, validator=_seconds)
    """Seconds before the second attempt."""
    wait_max: float = attrs.field(default=8.0, validator=_seconds)
    """Seconds that a wait never exceeds, unless the provider names the delay."""
    wait_jitter: float = attrs.field(default=0.5, validator=_seconds)
    """Seconds, up to which chance adds to each wait."""
    max_retry_after: float = attrs.field(default=60.0, validator=_seconds)
    """Seconds of a delay that the provider names, above which the error is raised at once."""

    def delay_for(self, error: LionprideError, attempt: int) -> float | None:
        """Seconds to wait after the failure of the *attempt*-th try, from 1; None for no more tries."""
        if (
            attempt >= self.attempts
            or not error.retryable
            or isinstance(error, QuotaExhausted)
            or (error.retry_after or 0.0) > self.max_retry_after
        ):
            return None
        jitter = random.uniform(0.0, self.wait_jitter)
        if error.retry_after is not None:
            return error.retry_after + jitter
        return min(self.wait_max, self.wait_initial * 2.0 ** min(attempt - 1, 64) + jitter)


async def call_with_retries(retry: Retry | None, attempt: Callable[[], Awaitable[T]]) -> T:
    """The result of *attempt*, tried as *retry* says.  Waits between the attempts.

    Each further attempt is one record of the logger ``lionpride_trio``.  ``stamina`` turns all
    retries of a program off (``set_active(False)``), or all their waits (``set_testing(True)``).
    Its own loop is not used: it reports each retry to the hooks of the whole program, which write
    to the standard error where logging is not configured.

    :raises LionprideError: the last failure, as it is.
    """
    for number in itertools.count(1):
        try:
            return await attempt()
        except LionprideError as error:
            delay = None
            if retry is not None and stamina.is_active():
                delay = retry.delay_for(error, number)
            if delay is None:
                raise
            if stamina.is_testing():
                delay = 0.0
            _log_retry(error, number, delay)
        await trio.sleep(delay)
    raise AssertionError("counting has no end")


def _log_retry(error: LionprideError, number: int, delay: float) -> None:
    _logger.warning(
        "attempt %d failed and is repeated in %.2f s: %s: %s",
        number,
        delay,
        type(error).__name__,
        error,
        extra={
            "provider": error.provider,
            "model": error.model,
            "attempt": number,
            "delay": delay,
            "error": type(error).__name__,
        },
    )


@attrs.frozen(kw_only=True)
class Bounds:
    """How much of an answer is held at most.  Beyond it, `LimitExceeded` with ``limit`` and ``value``."""

    max_event_bytes: int = attrs.field(default=MAX_EVENT_BYTES, validator=_count(1024))
    """Of one event of a stream."""
    max_answer_bytes: int = attrs.field(default=16 * 1024 * 1024, validator=_count(1024))
    """Of an answer that is not streamed."""
    max_error_bytes: int = attrs.field(default=64 * 1024, validator=_count(1024))
    """Of an error document; what is longer is cut, not refused."""
    max_kept_chars: int = attrs.field(default=16 * 1024 * 1024, validator=_count(1024))
    """Of the text, reasoning and arguments that a reply adds up; ``keep=False`` keeps none."""
    max_blocks: int = attrs.field(default=MAX_BLOCKS, validator=_count(1))
    """Tool calls, reasoning blocks, citations and alternatives of one reply, each."""
