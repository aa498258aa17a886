"""Hypothesis strategies for what streams are made of."""

from ._conversations import conversations, parts
from ._cutting import byte_cuts, cuts
from ._events import server_sent_events
from ._flows import FlowPlan, Node, flows
from ._prose import prose
from ._recipes import transformers
from ._replays import replays
from ._schemas import json_of
from ._turns import scripted_turns
from ._typed import typed_values
from .wires import replies, wire_bodies

__all__ = [
    "FlowPlan",
    "Node",
    "byte_cuts",
    "conversations",
    "cuts",
    "flows",
    "json_of",
    "parts",
    "prose",
    "replays",
    "replies",
    "scripted_turns",
    "server_sent_events",
    "transformers",
    "typed_values",
    "wire_bodies",
]
