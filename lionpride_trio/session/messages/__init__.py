"""Messages and their contents."""

from ..._assistant import AssistantResponseContent
from ._contents import (
    ActionRequestContent,
    ActionResponseContent,
    Content,
    InstructionContent,
    SystemContent,
)
from ._message import Message

__all__ = [
    "ActionRequestContent",
    "ActionResponseContent",
    "AssistantResponseContent",
    "Content",
    "InstructionContent",
    "Message",
    "SystemContent",
]
