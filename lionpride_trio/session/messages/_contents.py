"""What a message can say: five contents, each with the chat role it is told in."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import attrs


@attrs.frozen(kw_only=True)
class SystemContent:
    """How the model should behave."""

    role: ClassVar[str] = "system"
    system_message: str

    def chat_msg(self) -> dict[str, Any]:
        """As a provider-neutral message."""
        return {"role": self.role, "content": self.system_message}


@attrs.frozen(kw_only=True)
class InstructionContent:
    """What the user asks, with context to answer it by."""

    role: ClassVar[str] = "user"
    instruction: str
    context: tuple[str, ...] = attrs.field(default=(), converter=tuple)

    def chat_msg(self) -> dict[str, Any]:
        """As a provider-neutral message: the context stands before the instruction."""
        return {"role": self.role, "content": "\n\n".join([*self.context, self.instruction])}


@attrs.frozen(kw_only=True)
class AssistantResponseContent:
    """What the model answered."""

    role: ClassVar[str] = "assistant"
    assistant_response: str

    def chat_msg(self) -> dict[str, Any]:
        """As a provider-neutral message."""
        return {"role": self.role, "content": self.assistant_response}


@attrs.frozen(kw_only=True)
class ActionRequestContent:
    """A tool call of the model."""

    role: ClassVar[str] = "assistant"
    function: str
    arguments: dict[str, Any] = attrs.field(factory=dict[str, Any])
    call_id: str | None = None

    def chat_msg(self) -> dict[str, Any]:
        """As a provider-neutral message with one tool call."""
        arguments = json.dumps(self.arguments, ensure_ascii=False)
        call = {
            "id": self.call_id,
            "type": "function",
            "function": {"name": self.function, "arguments": arguments},
        }
        return {"role": self.role, "content": None, "tool_calls": [call]}


@attrs.frozen(kw_only=True)
class ActionResponseContent:
    """The result of a tool call."""

    role: ClassVar[str] = "tool"
    output: Any
    function: str = ""
    call_id: str | None = None

    def chat_msg(self) -> dict[str, Any]:
        """As a provider-neutral message; an output that is no text is told as JSON."""
        said = (
            self.output
            if isinstance(self.output, str)
            else json.dumps(self.output, ensure_ascii=False)
        )
        return {"role": self.role, "tool_call_id": self.call_id, "content": said}


Content = (
    SystemContent
    | InstructionContent
    | AssistantResponseContent
    | ActionRequestContent
    | ActionResponseContent
)
