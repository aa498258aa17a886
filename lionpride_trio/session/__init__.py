"""Sessions: conversations of messages in branches, and the block that owns what is open."""

import attrs

from ._branch import Branch, Conversations
from ._session import Session
from .messages import (
    ActionRequestContent,
    ActionResponseContent,
    AssistantResponseContent,
    InstructionContent,
    Message,
    SystemContent,
)

__all__ = [
    "ActionRequestContent",
    "ActionResponseContent",
    "AssistantResponseContent",
    "Branch",
    "Conversations",
    "InstructionContent",
    "Message",
    "Session",
    "SystemContent",
]

for _public in (
    ActionRequestContent,
    ActionResponseContent,
    AssistantResponseContent,
    Branch,
    Conversations,
    InstructionContent,
    Message,
    Session,
    SystemContent,
):
    if attrs.has(_public):
        attrs.resolve_types(_public)  # while its own module is known to be the place to look
    _public.__module__ = __name__
del _public
