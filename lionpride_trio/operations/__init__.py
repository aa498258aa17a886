"""Operations on a session: one turn of a conversation, and workflows of many.

`communicate` is one turn.  A `Builder` makes the operations of a workflow; `flow` runs them to
their end, `flow_stream` gives their chunks while they come.
"""

from .._public import show_public_path
from ..flow import (
    Context,
    FlowRun,
    FlowSource,
    Operation,
    OperationStatus,
    Results,
    State,
    Status,
    StreamBranch,
)
from ._builder import Builder
from ._communicate import communicate
from ._flow import flow, flow_stream

__all__ = [
    "Builder",
    "Context",
    "FlowRun",
    "FlowSource",
    "Operation",
    "OperationStatus",
    "Results",
    "State",
    "Status",
    "StreamBranch",
    "communicate",
    "flow",
    "flow_stream",
]

show_public_path(globals())
