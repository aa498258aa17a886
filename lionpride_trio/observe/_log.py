"""`LogObserver`: a line of the log for each call, and for what went on in it."""

from __future__ import annotations

import logging
from typing import Any, Final

from .._chunks import Usage
from .._errors import ConfigurationError
from .._observer import Observer, _events as events
from ._text_width import plain

LIBRARY_LOGGER: Final = "lionpride_trio"


class LogObserver(Observer):
    """Writes one record for each call when it has ended, and records of retries, stalls and waits.

    *logger* is a logger or its name.  The other arguments are levels, and None is for no record: *calls* of
    a call that ended, *failures* of one that failed, *retries*, *stalls*, *waits* (for a slot or a limit), and
    *steps* of all else: requests, answers, turns, tools, operations, flows and durable streams.

    A record's text is for people, in one line, with control characters made visible.  Its fields are there for programs, as ``extra``: ``kind`` (the name of the
    event), ``call_id``, ``parent_id``, ``provider``, ``model``, and the facts of the event.  The library
    writes a record of its own for each retry to ``lionpride_trio``, so that there is no second one there.
    """

    def __init__(
        self,
        logger: str | logging.Logger = LIBRARY_LOGGER,
        *,
        calls: int | None = logging.INFO,
        failures: int | None = logging.WARNING,
        retries: int | None = logging.WARNING,
        stalls: int | None = logging.WARNING,
        waits: int | None = logging.DEBUG,
        steps: int | None = logging.DEBUG,
    ) -> None:
        given: object = logger
        if not isinstance(given, str | logging.Logger):
            raise ConfigurationError(f"logger= takes a logger or its name, not {given!r:.200}")
        for name, level in (
            ("calls", calls),
            ("failures", failures),
            ("retries", retries),
            ("stalls", stalls),
            ("waits", waits),
            ("steps", steps),
        ):
            checked: object = level
            if checked is not None and (not isinstance(checked, int) or isinstance(checked, bool)):
                raise ConfigurationError(
                    f"{name}= takes a level, such as logging.INFO, or None, not {checked!r:.200}"
                )
        self._logger = logging.getLogger(logger) if isinstance(logger, str) else logger
        self._calls = calls
        self._failures = failures
        self._retries = None if self._logger.name == LIBRARY_LOGGER else retries
        self._stalls = stalls
        self._waits = waits
        self._steps = steps

    def finished(self, event: events.Finished) -> None:
        """As `Observer.finished`."""
        level = self._failures if event.outcome == "failed" else self._calls
        if not self._is_wanted(level):
            return
        timings, usage = event.timings, event.usage or Usage()
        how = event.verdict.value if event.verdict is not None else ""
        if event.error is not None:
            how = event.error.__name__
        facts = [f"{event.outcome}{how and f' ({how})'} after {timings.ended or 0.0:.3f} s"]
        if timings.waited:
            facts.append(f"waited {timings.waited:.3f} s")
        if timings.first_content is not None:
            facts.append(f"first content after {timings.first_content:.3f} s")
        if timings.chunks:
            facts.append(f"{timings.chunks} chunks")
        if timings.longest_gap is not None:
            facts.append(f"longest gap {timings.longest_gap:.3f} s")
        if usage.input_tokens is not None or usage.output_tokens is not None:
            facts.append(f"{usage.input_tokens or 0} + {usage.output_tokens or 0} tokens")
        if event.attempts > 1:
            facts.append(f"{event.attempts} attempts")
        self._write(
            level,
            event,
            ", ".join(facts),
            outcome=event.outcome,
            verdict=None if event.verdict is None else event.verdict.value,
            error=_name(event.error),
            status=event.status,
            attempts=event.attempts,
            request_id=event.request_id,
            seconds=timings.ended,
            waited=timings.waited,
            sent=timings.sent,
            first_byte=timings.first_byte,
            first_content=timings.first_content,
            chunks=timings.chunks,
            longest_gap=timings.longest_gap,
            p95_gap=timings.p95_gap,
            tokens_per_second=timings.tokens_per_second,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
        )

    def retried(self, event: events.Retried) -> None:
        """As `Observer.retried`."""
        self._write(
            self._retries,
            event,
            f"attempt {event.attempt} failed ({event.error.__name__}), the next in {event.delay:.2f} s",
            attempt=event.attempt,
            delay=event.delay,
            error=_name(event.error),
            status=event.status,
        )

    def stalled(self, event: events.Stalled) -> None:
        """As `Observer.stalled`."""
        what = "nothing came from the server" if event.slow == "server" else "nothing was read"
        self._write(
            self._stalls,
            event,
            f"{what} for {event.seconds:.1f} s, of {event.limit:g} s that {event.clock} allows",
            slow=event.slow,
            clock=event.clock,
            seconds=event.seconds,
            limit=event.limit,
        )

    def waiting(self, event: events.Waiting) -> None:
        """As `Observer.waiting`."""
        long = "" if event.seconds is None else f", about {event.seconds:.1f} s"
        text = f"waits for a {event.reason}{long}"
        self._write(self._waits, event, text, reason=event.reason, seconds=event.seconds)

    def request_sent(self, event: events.RequestSent) -> None:
        """As `Observer.request_sent`."""
        text = f"attempt {event.attempt} was sent to {event.server}"
        self._write(self._steps, event, text, attempt=event.attempt, server=event.server)

    def answered(self, event: events.Answered) -> None:
        """As `Observer.answered`."""
        self._write(
            self._steps,
            event,
            f"answered with the status {event.status}",
            attempt=event.attempt,
            status=event.status,
            request_id=event.request_id,
        )

    def turn_finished(self, event: events.TurnFinished) -> None:
        """As `Observer.turn_finished`."""
        self._step(event, "turn", calls=event.calls)

    def tool_finished(self, event: events.ToolFinished) -> None:
        """As `Observer.tool_finished`."""
        self._step(event, f"tool {event.tool}", tool=event.tool)

    def operation_finished(self, event: events.OperationFinished) -> None:
        """As `Observer.operation_finished`."""
        facts = {"operation": event.name, "attempts": event.attempts, "chunks": event.chunks}
        self._step(event, f"operation {event.name}", **facts)

    def flow_finished(self, event: events.FlowFinished) -> None:
        """As `Observer.flow_finished`."""
        self._step(event, "flow", states=dict(event.states))

    def stream_finished(self, event: events.StreamFinished) -> None:
        """As `Observer.stream_finished`."""
        self._step(event, "durable stream", stream=event.stream, items=event.items)

    def _step(self, event: Any, what: str, **facts: Any) -> None:
        error = _name(event.error)
        text = f"{what} {event.outcome}{f' ({error})' if error else ''}"
        self._write(self._steps, event, text, outcome=event.outcome, error=error, **facts)

    def _is_wanted(self, level: int | None) -> bool:
        return level is not None and self._logger.isEnabledFor(level)

    def _write(self, level: int | None, event: events.Event, text: str, **facts: Any) -> None:
        if level is None or not self._is_wanted(level):
            return
        where = "/".join(part for part in (event.provider, event.model) if part)
        # Names of operations and the like may have come from anywhere: one with a line break in it would forge a
        # line of the log, and one with an escape sequence would command the terminal that shows it.
        self._logger.log(
            level,
            "%s",
            plain(f"{where}: {text}" if where else text),
            extra={
                "kind": event.told_as,
                "call_id": event.call_id,
                "parent_id": event.parent_id,
                "provider": event.provider,
                "model": event.model,
                **facts,
            },
        )


def _name(error: type[BaseException] | None) -> str | None:
    return None if error is None else error.__name__
