"""Events: what observers are told.

What must hold: no event has a prompt, an answer, a header, a key or a tool's arguments in it.  So an event is
made of numbers, words of this library, classes of errors, and names that the program itself has given (to
models, tools, operations, durable streams).  A tool's name that only a model has said is none of these: a
tool that is not there has no story.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeAlias

import attrs

from .._chunks import Usage, Verdict
from .._timings import RateLimits, Timings

Outcome: TypeAlias = Literal["ended", "failed", "cancelled", "left"]
"""How a story ended: by itself; by an error; cancelled from outside; or its reader left before the end."""
Slow: TypeAlias = Literal["server", "reader"]


@attrs.frozen(kw_only=True)
class Event:
    """One step of a call, a turn, a tool, an operation, a flow or a durable stream: of a story."""

    told_as: ClassVar[str]
    """The method of `Observer` that is called with it."""

    call_id: str
    """The same for all events of one story; another for each."""
    parent_id: str | None
    """The ``call_id`` of the story that this one is a part of; None for the outermost."""
    sequence: int
    """The event's number in its story, from 0."""
    time: float
    """When it happened, by trio's clock."""
    provider: str | None
    """The provider's name, where one is asked."""
    model: str | None
    """The model's id, where one is asked."""


@attrs.frozen(kw_only=True)
class CallStarted(Event):
    """A model is to be called."""

    told_as = "call_started"
    streamed: bool
    """Whether the answer is read piece by piece."""


@attrs.frozen(kw_only=True)
class Waiting(Event):
    """The call waits before it sends anything."""

    told_as = "waiting"
    reason: Literal["slot", "limit"]
    """For one of ``max_concurrent`` slots, or for the window of ``limit_requests`` and ``limit_tokens``."""
    seconds: float | None
    """How long it will take, where that is known."""


@attrs.frozen(kw_only=True)
class RequestSent(Event):
    """The request has been sent."""

    told_as = "request_sent"
    attempt: int
    """The number of the attempt, from 1."""
    server: str | None
    """The host that it was sent to."""
    port: int | None
    """Its port."""


@attrs.frozen(kw_only=True)
class Answered(Event):
    """The head of the answer is there, whatever its status."""

    told_as = "answered"
    attempt: int
    """The number of the attempt, from 1."""
    status: int
    """The HTTP status."""
    request_id: str | None
    """The id that the provider gave the request."""
    rate_limits: RateLimits | None
    """The limits that the provider told of."""


@attrs.frozen(kw_only=True)
class FirstContent(Event):
    """The first content of the answer is there."""

    told_as = "first_content"
    attempt: int
    """The number of the attempt, from 1."""
    seconds: float
    """Seconds from the call."""


@attrs.frozen(kw_only=True)
class ChunksReceived(Event):
    """Chunks of the answer came.

    They are told at once, and what comes in the tenth of a second after that together, with the next ones or
    before the event that ends the attempt.
    """

    told_as = "chunks_received"
    count: int
    """Chunks that came."""
    arrivals: tuple[tuple[float, int], ...]
    """When chunks came, by trio's clock, and how many within a millisecond from then."""


@attrs.frozen(kw_only=True)
class Retried(Event):
    """An attempt failed, and there will be another."""

    told_as = "retried"
    attempt: int
    """The number of the attempt that failed, from 1."""
    delay: float
    """Seconds until the next one."""
    error: type[BaseException]
    """The class of its failure."""
    status: int | None
    """The HTTP status that it had."""


@attrs.frozen(kw_only=True)
class Stalled(Event):
    """Half of a clock is used up, and nothing has come; or nothing was read for as long."""

    told_as = "stalled"
    slow: Slow
    """The slow one: the server, which is waited for, or the reader, who asks for nothing."""
    clock: str
    """The clock of `Timeouts` that it is half of."""
    seconds: float
    """Seconds of silence so far."""
    limit: float
    """Seconds of the whole clock."""


@attrs.frozen(kw_only=True)
class Finished(Event):
    """The call has ended, in whatever way: each call's last event, exactly once."""

    told_as = "finished"
    outcome: Outcome
    """How."""
    verdict: Verdict | None
    """How the answer ended, if it came."""
    error: type[BaseException] | None
    """The class of its failure."""
    status: int | None
    """The HTTP status of the last answer."""
    usage: Usage | None
    """The tokens used, as far as the provider has told."""
    timings: Timings
    """When what came."""
    attempts: int
    """How often it was tried."""
    request_id: str | None
    """The id that the provider gave the request."""
    answered_by: str | None
    """The model that answered, as the provider names it: often a version of the one that was asked."""
    server: str | None = None
    """The host that the last attempt went to, whether or not it could be reached; None before any."""
    port: int | None = None
    """Its port."""


@attrs.frozen(kw_only=True)
class TurnStarted(Event):
    """A turn of a conversation begins: one question, and all calls that its answer takes."""

    told_as = "turn_started"
    tools: tuple[str, ...]
    """The names of the tools that the model may call."""


@attrs.frozen(kw_only=True)
class TurnFinished(Event):
    """A turn has ended."""

    told_as = "turn_finished"
    outcome: Outcome
    """How."""
    verdict: Verdict | None
    """How the last answer ended."""
    error: type[BaseException] | None
    """The class of its failure."""
    usage: Usage | None
    """The tokens of all its calls."""
    calls: int
    """Calls of the model that it took."""


@attrs.frozen(kw_only=True)
class ToolStarted(Event):
    """A tool begins to run: it was found, approved, and has its place.  Told in the task of the tool."""

    told_as = "tool_started"
    tool: str
    """The tool's name."""


@attrs.frozen(kw_only=True)
class ToolFinished(Event):
    """A call of a tool has ended."""

    told_as = "tool_finished"
    tool: str
    """As in `ToolStarted`."""
    outcome: Outcome
    """How; a failure that the model is told of is one."""
    error: type[BaseException] | None
    """The class of its failure."""


@attrs.frozen(kw_only=True)
class Edges:
    """An operation and what it needs."""

    id: str
    """The operation's id."""
    name: str
    """Its name."""
    after: tuple[str, ...]
    """The ids of the operations whose results it waits for."""
    reads: str | None
    """The id of the operation whose stream it reads."""


@attrs.frozen(kw_only=True)
class FlowStarted(Event):
    """A flow begins; a flow inside an operation is one of its own."""

    told_as = "flow_started"
    operations: tuple[Edges, ...]
    """Its operations, in their order."""


@attrs.frozen(kw_only=True)
class FlowFinished(Event):
    """A flow has ended."""

    told_as = "flow_finished"
    outcome: Outcome
    """How."""
    error: type[BaseException] | None
    """The class of its failure."""
    states: Mapping[str, int]
    """How many of its operations are in which state."""


@attrs.frozen(kw_only=True)
class OperationStarted(Event):
    """An operation of a flow begins.  Told in the task of the operation."""

    told_as = "operation_started"
    operation: str
    """The operation's id."""
    name: str
    """Its name."""


@attrs.frozen(kw_only=True)
class OperationFinished(Event):
    """An operation that began has ended."""

    told_as = "operation_finished"
    operation: str
    """The operation's id."""
    name: str
    """Its name."""
    outcome: Outcome
    """How."""
    error: type[BaseException] | None
    """The class of its failure."""
    attempts: int
    """How often it was tried."""
    chunks: int
    """Chunks that it sent."""


@attrs.frozen(kw_only=True)
class StreamStarted(Event):
    """The run of a durable stream begins."""

    told_as = "stream_started"
    stream: str
    """The stream's id."""


@attrs.frozen(kw_only=True)
class StreamFinished(Event):
    """The run of a durable stream has ended, in this process."""

    told_as = "stream_finished"
    stream: str
    """The stream's id."""
    outcome: Outcome
    """How."""
    error: type[BaseException] | None
    """The class of its failure."""
    items: int
    """Items that were written."""


@attrs.frozen(kw_only=True, repr=False)
class Content(Event):
    """The words of a call.  Told to observers alone that ask for it, just before `Finished`."""

    told_as = "content"
    messages: tuple[Any, ...]
    """The messages that the model was told."""
    response: Any
    """The `Response`, as far as it has come."""

    def __repr__(self) -> str:
        return f"<Content of call {self.call_id}>"


CALL_EVENTS: tuple[type[Event], ...] = (
    CallStarted, Waiting, RequestSent, Answered, FirstContent, ChunksReceived, Retried, Stalled, Finished
)  # fmt: skip
EVENTS: tuple[type[Event], ...] = (
    *CALL_EVENTS, TurnStarted, TurnFinished, ToolStarted, ToolFinished, OperationStarted,
    OperationFinished, FlowStarted, FlowFinished, StreamStarted, StreamFinished, Content,
)  # fmt: skip
