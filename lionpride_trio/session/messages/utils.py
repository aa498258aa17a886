"""Messages in the form for models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._contents import ActionRequestContent
from ._message import Message

__all__ = ["prepare_messages_for_chat"]


def prepare_messages_for_chat(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """*messages* as a list of ``{"role", "content"}``, ready for ``model.invoke(messages=…)``.

    Tool calls that stand side by side become one assistant message, as providers want them.
    """
    chat: list[dict[str, Any]] = []
    calling = False
    for message in messages:
        told = message.chat_msg
        calls = isinstance(message.content, ActionRequestContent)
        if calls and calling:
            chat[-1]["tool_calls"] += told["tool_calls"]
        else:
            chat.append(told)
        calling = calls
    return chat
