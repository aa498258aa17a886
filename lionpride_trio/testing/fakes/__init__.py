"""Stand-ins for what is outside: a client and a provider that are scripts."""

from ..._response_builder import chunks_of
from ._client import Script, ScriptedClient, ScriptedResponse, Sent
from ._provider import ScriptedProvider

__all__ = [
    "Script",
    "ScriptedClient",
    "ScriptedProvider",
    "ScriptedResponse",
    "Sent",
    "chunks_of",
]
