"""Flows: a graph of operations, run in one nursery.  Knows nothing of models and sessions.

Read the modules in this order; each imports only from those before it.  ``_operation`` (nodes and
edges), ``_graph_checks`` and ``_graph`` (checked before anything runs), ``_ledger`` (states and
results), ``_journaling`` and ``_facts`` (what a journal does, and how it knows operations again), ``_mermaid``, ``_policy``, ``_slots`` (how many run at once), ``_nodes`` (one run's operations and
edges), ``_outcome`` (the error of a run), ``_context`` (the argument of an operation's function),
``_attempt`` (its timeout and further attempts), ``_runner`` (the nursery), ``_run`` (the channel).
"""

from .._public import let_hints_know, show_public_path
from . import _context, _operation
from ._context import Context
from ._graph import Graph
from ._journaling import Journal
from ._ledger import OperationStatus, Results, State, Status
from ._operation import Operation, StreamBranch, fork
from ._run import FlowRun, FlowSource, flow_source, run_flow
from ._runner import Runner

__all__ = [
    "Context",
    "FlowRun",
    "FlowSource",
    "Graph",
    "Journal",
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

let_hints_know(_context, Runner=Runner)
let_hints_know(_operation, Graph=Graph)
show_public_path(globals())
