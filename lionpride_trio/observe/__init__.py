"""Observers: what is told of the steps of calls, turns, tools, flows and durable streams, and who is told.

::

    class Counting(Observer):
        calls = 0

        def finished(self, event):
            self.calls += 1


    model = iModel("openai", "gpt-4o-mini", observers=[Counting(), LogObserver()])

Layout: ``_log``; ``_timeline`` with what it keeps (``_bars``, ``_rows``) and how it is shown (``_svg``,
``_terminal``, ``_chrome``, ``_words``); ``_otel`` with ``_otel_names``, ``_otel_facts``
and ``_otel_content``; ``_blocking``.
"""

import importlib
from typing import TYPE_CHECKING, Any, Final

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

if TYPE_CHECKING:
    from ._otel import OpenTelemetry

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
    "OpenTelemetry",
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

_LATER: Final = {"OpenTelemetry": "_otel"}
"""The names that need an extra, and are loaded when they are asked for."""

show_public_path(globals())


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
    show_public_path(globals())
    return found


def __dir__() -> list[str]:
    return [*globals(), *_LATER]
