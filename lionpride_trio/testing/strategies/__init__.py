"""Hypothesis strategies for what streams are made of."""

from ._cutting import byte_cuts, cuts
from ._events import server_sent_events
from ._flows import FlowPlan, Node, flows
from ._prose import prose
from ._recipes import transformers
from ._replays import replays
from ._schemas import json_of
from ._typed import typed_values
from .wires import replies, wire_bodies

__all__ = [
    "FlowPlan",
    "Node",
    "byte_cuts",
    "cuts",
    "flows",
    "json_of",
    "prose",
    "replays",
    "replies",
    "server_sent_events",
    "transformers",
    "typed_values",
    "wire_bodies",
]
