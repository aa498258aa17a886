"""Stand-ins for a client and a provider, which follow scripts."""

from ..._response import chunks_of
from ._answers import tool_call
from ._client import Script, ScriptedClient, ScriptedResponse, Sent
from ._provider import ScriptedProvider

__all__ = [
    "Script",
    "ScriptedClient",
    "ScriptedProvider",
    "ScriptedResponse",
    "Sent",
    "chunks_of",
    "tool_call",
]
