"""Messages in the form for models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..._checks import listed
from ..._parts import TextPart
from ._contents import ActionRequestContent
from ._message import Message

__all__ = ["prepare_messages_for_chat"]


def prepare_messages_for_chat(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """*messages* as a list of ``{"role", "content"}``, ready for ``model.invoke(messages=…)``.

    An answer and the tool calls that stand after it become one assistant message, as providers want
    them: what goes back with the answer has to stand before its calls.
    """
    chat: list[dict[str, Any]] = []
    answering = False
    for message in messages:
        told = message.chat_msg
        calls = isinstance(message.content, ActionRequestContent)
        if calls and answering:
            chat[-1] = _joined(chat[-1], told, message.content)
        else:
            chat.append(told)
        answering = message.role == "assistant"
    return chat


def _joined(answer: dict[str, Any], told: dict[str, Any], content: Any) -> dict[str, Any]:
    """An assistant message with one more call, in parts where either of them is."""
    said = answer["content"]
    if any(isinstance(content, list) for content in (said, told["content"])):
        parts = [TextPart(said)] if isinstance(said, str) and said else listed(said)
        return {"role": "assistant", "content": [*parts, content.call]}
    calls = [*answer.get("tool_calls", ()), *told["tool_calls"]]
    return {"role": "assistant", "content": said or None, "tool_calls": calls}
