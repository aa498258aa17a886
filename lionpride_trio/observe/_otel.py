"""`OpenTelemetry`: spans and metrics of what observers are told.  Needs the extra ``otel``.

Strategy.  A span is made when a story begins and ended when it ends, both with the times of the events.  Its
parent is the span of the story around it, which is found by id, so that nursery and task do not matter.

What must hold: no span is made current in a task of the reader's.  A span that is current while chunks are read
would become the parent of all that the program does then.  The tasks of tools and operations belong to these, and
there it is current: what they ask and call themselves becomes a part of it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

import attrs
import trio

from .._checks import check_word
from .._chunks import Usage
from .._errors import ConfigurationError
from .._observer import Observer, _events as events
from .._safe_text import replace_lone_surrogates
from . import _otel_names as otel
from ._otel_content import answer, message
from ._otel_facts import ending, place, provider_name, tokens, with_cache

try:
    from opentelemetry import context as otel_context, metrics, trace
    from opentelemetry.metrics import Histogram, MeterProvider
    from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider
except ImportError as error:
    raise ConfigurationError(
        "traces for OpenTelemetry need the extra: pip install 'lionpride_trio[otel]'"
    ) from error

_SCOPE: Final = "lionpride_trio"


@attrs.define(eq=False)
class _Open:
    """A story that goes on."""

    span: Span
    offset: int
    """Nanoseconds from trio's clock to the time of the day."""
    facts: dict[str, Any]
    """Attributes of its metrics."""
    is_current: bool = False
    """The span is current in the tasks of the story."""
    token: Any = None
    usage: Usage = attrs.Factory(Usage)
    """The tokens of the calls that are its parts."""
    came: float | None = None
    """When chunks of its answer came last."""


class OpenTelemetry(Observer):
    """Makes spans and metrics by OpenTelemetry's conventions for generative AI.

    One span for a call (``chat``), over all its attempts, with events for waits, retries, the first content and
    stalls; one for a turn (``invoke_agent``), a tool (``execute_tool``), a flow (``invoke_workflow``), an operation
    and a durable stream.  Each is in the span of what it is a part of, or in the one that is current where it
    begins.  Reading a stream makes no span current; in the tasks of tools and operations theirs is.

    The metrics are the histograms ``gen_ai.client.operation.duration``, ``gen_ai.client.token.usage``,
    ``gen_ai.client.operation.time_to_first_chunk`` and ``…time_per_output_chunk``.  The last has a value for each
    chunk after the first, told as it comes: the seconds since the one before, and 0 for each more of those that
    came within one millisecond.

    *names* chooses between the ``current`` names of the conventions, the ``old`` ones of version 1.36, and
    ``both``; by default ``OTEL_SEMCONV_STABILITY_OPT_IN`` does: ``gen_ai_latest_experimental`` in it means
    ``current``, and both are used without it.  With *content*, prompts and answers become attributes of the
    spans of calls; they are never there otherwise.  The providers are the program's own where none are given.

    :raises ConfigurationError: *names* is none of these words, or the extra is missing.
    """

    def __init__(
        self,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        names: otel.Names | None = None,
        content: bool = False,
    ) -> None:
        if names is not None:
            check_word("names", names, ("current", "old", "both"))
        self._names: otel.Names = names or otel.chosen_by_environment()
        self.wants_content = bool(content)
        self._tracer = trace.get_tracer(_SCOPE, tracer_provider=tracer_provider)
        meter = metrics.get_meter(_SCOPE, meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            otel.DURATION,
            unit="s",
            description="GenAI operation duration.",
            explicit_bucket_boundaries_advisory=otel.SECONDS,
        )
        self._tokens = meter.create_histogram(
            otel.TOKEN_USAGE,
            unit="{token}",
            description="Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=otel.TOKENS,
        )
        self._first_chunk: Histogram | None = None
        self._per_chunk: Histogram | None = None
        if self._names != "old":
            self._first_chunk = meter.create_histogram(
                otel.TO_FIRST_CHUNK,
                unit="s",
                description="Time to receive the first chunk.",
                explicit_bucket_boundaries_advisory=otel.CHUNK_SECONDS,
            )
            self._per_chunk = meter.create_histogram(
                otel.PER_CHUNK,
                unit="s",
                description="Time per output chunk, for each chunk after the first.",
                explicit_bucket_boundaries_advisory=otel.CHUNK_SECONDS,
            )
        self._open: dict[str, _Open] = {}

    # Spans.

    def _begin(
        self,
        event: events.Event,
        name: str,
        facts: Mapping[str, Any],
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        is_current: bool = False,
    ) -> None:
        around = self._open.get(event.parent_id or "")
        offset = _offset() if around is None else around.offset
        parent: Any = None  # what is current here
        if around is not None and not (around.is_current and _is_within(around.span)):
            parent = trace.set_span_in_context(around.span)
        named = otel.named(
            {
                **facts,
                otel.PROVIDER: provider_name(event.provider),
                otel.SYSTEM: provider_name(event.provider),
                otel.REQUEST_MODEL: event.model,
            },
            self._names,
        )
        # A name that does not encode would cost the exporter its whole batch of spans.
        span = self._tracer.start_span(
            replace_lone_surrogates(name),
            context=parent,
            kind=kind,
            attributes=named,
            start_time=_moment(event, offset),
        )
        story = self._open[event.call_id] = _Open(span, offset, named, is_current)
        if is_current:
            story.token = otel_context.attach(trace.set_span_in_context(span))

    def _end(self, event: Any, facts: Mapping[str, Any]) -> _Open | None:
        story = self._open.pop(event.call_id, None)
        if story is None:  # this observer came later than the story's begin
            return None
        span = story.span
        span.set_attributes(otel.named(facts, self._names))
        span.set_attribute("lionpride_trio.outcome", event.outcome)
        if event.error is not None:
            span.set_attribute(otel.ERROR_TYPE, event.error.__name__)
            span.set_status(Status(StatusCode.ERROR, event.error.__name__))
        span.end(end_time=_moment(event, story.offset))
        if story.token is not None:
            otel_context.detach(story.token)
        return story

    def _note(self, event: events.Event, name: str, facts: Mapping[str, Any]) -> None:
        if story := self._open.get(event.call_id):
            given = {key: value for key, value in facts.items() if value is not None}
            story.span.add_event(name, given, timestamp=_moment(event, story.offset))

    # What it is told.

    def call_started(self, event: events.CallStarted) -> None:
        """As `Observer.call_started`."""
        facts = {otel.OPERATION: otel.CHAT, otel.REQUEST_STREAM: event.streamed}
        self._begin(event, f"{otel.CHAT} {event.model}", facts, kind=SpanKind.CLIENT)

    def waiting(self, event: events.Waiting) -> None:
        """As `Observer.waiting`."""
        self._note(event, "waiting", {"reason": event.reason, "seconds": event.seconds})

    def request_sent(self, event: events.RequestSent) -> None:
        """As `Observer.request_sent`."""
        if story := self._open.get(event.call_id):
            where = otel.named(place(event), self._names)
            story.span.set_attributes(where)
            story.facts.update(where)  # the metric of the time per chunk has it as well
        self._note(event, "request sent", {"attempt": event.attempt})

    def first_content(self, event: events.FirstContent) -> None:
        """As `Observer.first_content`."""
        self._note(event, "first content", {"seconds": event.seconds})

    def chunks_received(self, event: events.ChunksReceived) -> None:
        """As `Observer.chunks_received`."""
        story = self._open.get(event.call_id)
        if story is None or self._per_chunk is None:
            return
        facts = _of_metrics(story)
        for at, count in event.arrivals:
            if story.came is not None:
                self._per_chunk.record(max(0.0, at - story.came), facts)
            for _ in range(count - 1):
                self._per_chunk.record(0.0, facts)
            story.came = at

    def retried(self, event: events.Retried) -> None:
        """As `Observer.retried`."""
        if story := self._open.get(event.call_id):
            story.came = None  # the next attempt has a first chunk of its own
        facts = {
            "attempt": event.attempt,
            "delay": event.delay,
            otel.ERROR_TYPE: event.error.__name__,
            "http.response.status_code": event.status,
        }
        self._note(event, "retry", facts)

    def stalled(self, event: events.Stalled) -> None:
        """As `Observer.stalled`."""
        facts = {"slow": event.slow, "clock": event.clock, "seconds": event.seconds}
        self._note(event, "stalled", facts)

    def finished(self, event: events.Finished) -> None:
        """As `Observer.finished`."""
        usage, timings = with_cache(event.usage or Usage(), event.provider), event.timings
        facts = {
            **tokens(usage),
            **ending(event.verdict),
            **place(event),
            otel.FIRST_CHUNK: _between(timings.sent, timings.first_content),
            "gen_ai.response.model": event.answered_by,
            "http.response.status_code": event.status,
            "lionpride_trio.attempts": event.attempts,
            "lionpride_trio.chunks": timings.chunks,
            "lionpride_trio.longest_gap": timings.longest_gap,
            "lionpride_trio.waited": timings.waited,
        }
        story = self._end(event, facts)
        if story is not None:
            self._measure(event, story, usage)
        if around := self._open.get(event.parent_id or ""):
            around.usage += usage

    def _measure(self, event: events.Finished, story: _Open, usage: Usage) -> None:
        facts = _of_metrics(story) | otel.named(place(event), self._names)
        if event.answered_by is not None:
            facts["gen_ai.response.model"] = event.answered_by
        timings = event.timings
        for kind, count in (("input", usage.input_tokens), ("output", usage.output_tokens)):
            if count is not None:
                self._tokens.record(count, {**facts, otel.TOKEN_TYPE: kind})
        first = _between(timings.sent, timings.first_content)
        if self._first_chunk is not None and first is not None:
            self._first_chunk.record(first, facts)
        if event.error is not None:
            facts[otel.ERROR_TYPE] = event.error.__name__
        self._duration.record(timings.ended or 0.0, facts)

    def content(self, event: events.Content) -> None:
        """As `Observer.content`."""
        if story := self._open.get(event.call_id):
            said: list[Any] = [] if event.response is None else [answer(event.response)]
            messages = [message(one) for one in event.messages]
            told = {
                # As ASCII, for half a character (a lone surrogate) does not encode otherwise.
                otel.INPUT_MESSAGES: json.dumps(messages, default=str),
                otel.OUTPUT_MESSAGES: json.dumps(said, default=str),
            }
            story.span.set_attributes(told)

    def turn_started(self, event: events.TurnStarted) -> None:
        """As `Observer.turn_started`."""
        self._begin(event, otel.INVOKE_AGENT, {otel.OPERATION: otel.INVOKE_AGENT})

    def turn_finished(self, event: events.TurnFinished) -> None:
        """As `Observer.turn_finished`."""
        story = self._open.get(event.call_id)
        facts = {
            # Of its calls: those of a fallback may be of several services, each of which counts in its own way.
            **tokens(Usage() if story is None else story.usage),
            **ending(event.verdict),
            "lionpride_trio.calls": event.calls,
        }
        self._end(event, facts)

    def tool_started(self, event: events.ToolStarted) -> None:
        """As `Observer.tool_started`."""
        facts = {
            otel.OPERATION: otel.EXECUTE_TOOL,
            otel.TOOL_NAME: event.tool,
            otel.TOOL_TYPE: "function",
        }
        self._begin(event, f"{otel.EXECUTE_TOOL} {event.tool}", facts, is_current=True)

    def tool_finished(self, event: events.ToolFinished) -> None:
        """As `Observer.tool_finished`."""
        self._end(event, {})

    def flow_started(self, event: events.FlowStarted) -> None:
        """As `Observer.flow_started`."""
        facts = {
            otel.OPERATION: otel.INVOKE_WORKFLOW,
            "lionpride_trio.operations": len(event.operations),
        }
        self._begin(event, otel.INVOKE_WORKFLOW, facts)

    def flow_finished(self, event: events.FlowFinished) -> None:
        """As `Observer.flow_finished`."""
        counts = {f"lionpride_trio.operations.{state}": n for state, n in event.states.items()}
        self._end(event, counts)

    def operation_started(self, event: events.OperationStarted) -> None:
        """As `Observer.operation_started`."""
        facts = {"lionpride_trio.operation": event.name}
        self._begin(event, f"operation {event.name}", facts, is_current=True)

    def operation_finished(self, event: events.OperationFinished) -> None:
        """As `Observer.operation_finished`."""
        facts = {"lionpride_trio.attempts": event.attempts, "lionpride_trio.chunks": event.chunks}
        self._end(event, facts)

    def stream_started(self, event: events.StreamStarted) -> None:
        """As `Observer.stream_started`."""
        self._begin(event, "durable stream", {"lionpride_trio.stream": event.stream})

    def stream_finished(self, event: events.StreamFinished) -> None:
        """As `Observer.stream_finished`."""
        self._end(event, {"lionpride_trio.items": event.items})


def _of_metrics(story: _Open) -> dict[str, Any]:
    """The attributes of a call's metrics, as far as they are known."""
    return {key: value for key, value in story.facts.items() if key != otel.REQUEST_STREAM}


def _offset() -> int:
    return time.time_ns() - int(trio.current_time() * 1e9)


def _moment(event: events.Event, offset: int) -> int:
    return int(event.time * 1e9) + offset


def _between(begin: float | None, end: float | None) -> float | None:
    return None if begin is None or end is None else max(0.0, end - begin)


def _is_within(span: Span) -> bool:
    """Whether the span that is current here is *span*, or one of the same trace that the program opened in it."""
    current = trace.get_current_span().get_span_context()
    return current.is_valid and current.trace_id == span.get_span_context().trace_id
