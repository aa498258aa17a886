"""Observers: what is told of the steps of calls, turns, tools, flows and durable streams, and who is told.

::

    class Counting(Observer):
        calls = 0

        def finished(self, event):
            self.calls += 1


    model = iModel("openai", "gpt-4o-mini", observers=[Counting(), LogObserver()])

"""

from .._observer import Observer
from .._observer._events import (
    Answered,
    CallStarted,
    ChunksReceived,
    Content,
    Edges,
    Event,
    Finished,
    FirstContent,
    FlowFinished,
    FlowStarted,
    OperationFinished,
    OperationStarted,
    RequestSent,
    Retried,
    Stalled,
    StreamFinished,
    StreamStarted,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
    Waiting,
)
from .._public import show_public_path
from .._timings import CallFacts, Quota, RateLimits, Timings
from ._blocking import BlockedStep, BlockingWatch, watch_blocking
from ._log import LogObserver
from ._timeline import Timeline

__all__ = [
    "Answered",
    "BlockedStep",
    "BlockingWatch",
    "CallFacts",
    "CallStarted",
    "ChunksReceived",
    "Content",
    "Edges",
    "Event",
    "Finished",
    "FirstContent",
    "FlowFinished",
    "FlowStarted",
    "LogObserver",
    "Observer",
    "OperationFinished",
    "OperationStarted",
    "Quota",
    "RateLimits",
    "RequestSent",
    "Retried",
    "Stalled",
    "StreamFinished",
    "StreamStarted",
    "Timeline",
    "Timings",
    "ToolFinished",
    "ToolStarted",
    "TurnFinished",
    "TurnStarted",
    "Waiting",
    "watch_blocking",
]

show_public_path(globals())
