"""Stand-ins for what is outside: a client and a provider that are scripts."""

from ._client import Script, ScriptedClient, ScriptedResponse, Sent
from ._provider import ScriptedProvider, chunks_of

__all__ = [
    "Script",
    "ScriptedClient",
    "ScriptedProvider",
    "ScriptedResponse",
    "Sent",
    "chunks_of",
]
