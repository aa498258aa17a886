"""Flows: a graph of operations, run in one nursery.  Knows nothing of models and sessions.

Layout: ``_operation`` (nodes and edges), ``_graph`` (checked before anything runs), ``_ledger`` (how
each stands), ``_context`` (what an operation's function is called with), ``_work`` (carrying out
one), ``_lines`` (slots), ``_runner`` (the nursery), ``_run`` (the channel), ``_mermaid``.
"""

from ._context import Context
from ._graph import Graph
from ._ledger import OperationStatus, Results, State, Status
from ._operation import Operation, StreamBranch, fork
from ._run import FlowRun, FlowSource, flow_source, run_flow

__all__ = [
    "Context",
    "FlowRun",
    "FlowSource",
    "Graph",
    "Operation",
    "OperationStatus",
    "Results",
    "State",
    "Status",
    "StreamBranch",
    "flow_source",
    "fork",
    "run_flow",
]

for _public in (
    Context,
    FlowRun,
    FlowSource,
    Graph,
    Operation,
    OperationStatus,
    Results,
    State,
    Status,
    StreamBranch,
    flow_source,
    fork,
    run_flow,
):
    _public.__module__ = __name__
del _public
