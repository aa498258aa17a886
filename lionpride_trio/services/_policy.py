"""What a model's calls may take: how often they are tried, and how much of an answer is held."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar, cast

import attrs
import stamina

from .._errors import ConfigurationError, LionprideError, QuotaExhausted
from ..providers import MAX_BLOCKS
from ..wire import MAX_EVENT_BYTES

T = TypeVar("T")

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
    doubles from *wait_initial* up to *wait_max*, with up to *wait_jitter* more by chance.  Where the
    provider names a delay, that is waited instead (with the jitter); above *max_retry_after* the
    error is raised at once, with its ``retry_after``.  All in seconds.
    """

    attempts: int = attrs.field(default=3, validator=_count(1))
    """How often a call is tried in all."""
    wait_initial: float = attrs.field(default=0.5, validator=_seconds)
    wait_max: float = attrs.field(default=8.0, validator=_seconds)
    wait_jitter: float = attrs.field(default=0.5, validator=_seconds)
    max_retry_after: float = attrs.field(default=60.0, validator=_seconds)

    def judge(self, error: Exception) -> bool | float:
        """Whether *error* is worth a repetition, or after how many seconds exactly."""
        if (
            not isinstance(error, LionprideError)
            or not error.retryable
            or isinstance(error, QuotaExhausted)
        ):
            return False
        if error.retry_after is None:
            return True
        if error.retry_after > self.max_retry_after:
            return False
        return error.retry_after + random.uniform(0.0, self.wait_jitter)


async def retried(retry: Retry | None, attempt: Callable[[], Awaitable[T]]) -> T:
    """What *attempt* gives, tried as *retry* says.  Waits between the attempts.

    :raises LionprideError: the last failure, as it is.
    """
    earlier: list[LionprideError] = []
    try:
        return await attempt()
    except LionprideError as error:
        if retry is None or retry.judge(error) is False:
            raise
        earlier.append(error)
    async for trial in stamina.retry_context(
        on=retry.judge,
        attempts=retry.attempts,
        timeout=None,  # deadlines on the whole belong to the caller
        wait_initial=retry.wait_initial,
        wait_max=retry.wait_max,
        wait_jitter=retry.wait_jitter,
    ):
        # Only our own errors are shown to stamina, whose block would swallow a cancellation for
        # a moment.
        failure: LionprideError | None = None
        result: T | None = None
        try:
            if earlier:
                raise earlier.pop()  # the first was made before stamina was asked
            result = await attempt()
        except LionprideError as error:
            failure = error
        with trial:
            if failure is not None:
                raise failure
            return cast(T, result)
    raise AssertionError("stamina gave up without an error")


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
