"""The test kit, for this library and for programs that use it.

- strategies: `cuts`, `byte_cuts`, `prose`, `server_sent_events`, `replies`, `wire_bodies`,
  `parts`, `conversations`, `scripted_turns`, `transformers`, `flows`, `json_of`, `typed_values`: whatever can happen to a stream, for hypothesis
- laws: `check_stage`, `check_splitter`, `check_order`, `check_broken_off`, `check_sse_decoder`,
  `check_provider`, `check_parts_go_back`, `check_operator`, `check_sink`, `check_flow`, `check_tools`,
  `check_conversation`, `check_typed`, `check_elements`; each raises `LawBroken`, which says what was broken
- `cancel_everywhere`: cancels a program at each of its steps in turn
- fakes: `ScriptedProvider` (exact chunks at exact times, and calls of tools: `tool_call`),
  `ScriptedClient` (exact bytes), and
  `FaultyServer`, a server on loopback that misbehaves as told
- `replays`: recorded answers, cut anew (see ``lionpride_trio.recording``)
- ``lionpride_trio.testing.plugin``: fixtures for pytest, for those who ask for them
"""

from .._errors import ConfigurationError
from .._public import show_public_path
from . import fakes
from ._cancelling import cancel_everywhere
from ._faulty_server import Answer, Asked, FaultyServer, HangUp
from .fakes import Script, ScriptedClient, ScriptedProvider, Sent, chunks_of, tool_call

try:
    from .laws import (
        EventDecoder,
        LawBroken,
        check_broken_off,
        check_conversation,
        check_elements,
        check_flow,
        check_operator,
        check_order,
        check_parts_go_back,
        check_provider,
        check_sink,
        check_splitter,
        check_sse_decoder,
        check_stage,
        check_tools,
        check_typed,
    )
    from .strategies import (
        FlowPlan,
        Node,
        byte_cuts,
        conversations,
        cuts,
        flows,
        json_of,
        parts,
        prose,
        replays,
        replies,
        scripted_turns,
        server_sent_events,
        transformers,
        typed_values,
        wire_bodies,
    )
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "hypothesis":
        raise
    raise ConfigurationError(
        "the test kit needs hypothesis: pip install 'lionpride_trio[testing]'"
    ) from error

__all__ = [
    "Answer",
    "Asked",
    "EventDecoder",
    "FaultyServer",
    "FlowPlan",
    "HangUp",
    "LawBroken",
    "Node",
    "Script",
    "ScriptedClient",
    "ScriptedProvider",
    "Sent",
    "byte_cuts",
    "cancel_everywhere",
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
    "chunks_of",
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
    "tool_call",
    "transformers",
    "typed_values",
    "wire_bodies",
]

show_public_path(globals())
show_public_path(vars(fakes))
