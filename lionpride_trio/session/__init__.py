"""Sessions: conversations of messages in branches, and the block that owns clients and replies."""

from .._public import show_public_path
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

show_public_path(globals())
