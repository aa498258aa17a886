"""What a call may be given as its messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from .._errors import ConfigurationError


class HasChatMessage(Protocol):
    """A session's message, which knows how a model is told of it."""

    @property
    def chat_msg(self) -> Mapping[str, Any]:
        """``{"role", "content"}``."""
        ...


Messages = str | Sequence[Mapping[str, Any] | HasChatMessage]


def plain_messages(messages: Messages) -> list[Mapping[str, Any]]:
    """*messages* as a list of mappings, which the provider checks one by one."""
    if isinstance(messages, str):
        return [{"role": "user", "content": messages}]
    given: object = messages
    if isinstance(given, Mapping) or hasattr(given, "chat_msg"):
        raise ConfigurationError(
            f"messages= takes a str or a list of messages, not one {type(given).__name__}: wrap it"
            " in a list"
        )
    if isinstance(given, bytes | bytearray) or not isinstance(given, Iterable):
        raise ConfigurationError(
            f"messages= takes a str or a list of messages, not {given!r:.200}: wrap it in a list,"
            ' such as [{"role": "user", "content": "…"}]'
        )
    return [
        cast(Mapping[str, Any], getattr(message, "chat_msg", message))
        for message in cast(Iterable[object], given)
    ]
