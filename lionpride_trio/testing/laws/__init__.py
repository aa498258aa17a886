"""Laws as functions: each says in plain words what was broken, and on what input."""

from ._breaking import check_broken_off
from ._broken import LawBroken
from ._conversation import check_conversation
from ._events import EventDecoder, check_sse_decoder
from ._flows import check_flow
from ._operators import check_operator
from ._order import check_order
from ._parts import check_parts_go_back
from ._providers import check_provider
from ._sinks import check_sink
from ._stages import check_splitter, check_stage
from ._tools import check_tools
from ._typed import check_elements, check_typed

__all__ = [
    "EventDecoder",
    "LawBroken",
    "check_broken_off",
    "check_conversation",
    "check_elements",
    "check_flow",
    "check_operator",
    "check_order",
    "check_parts_go_back",
    "check_provider",
    "check_sink",
    "check_splitter",
    "check_sse_decoder",
    "check_stage",
    "check_tools",
    "check_typed",
]
