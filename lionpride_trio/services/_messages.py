"""The messages of a call, in each form that a caller may give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, cast

from .._errors import ConfigurationError
from .._parts import ToolResult


class HasChatMessage(Protocol):
    """A session's message, which knows how a model is told of it."""

    @property
    def chat_msg(self) -> Mapping[str, Any]:
        """``{"role", "content"}``."""
        ...


class TellsChatMessage(Protocol):
    """An object that has a message, such as `Response.message`."""

    def chat_msg(self) -> Mapping[str, Any]:
        """``{"role", "content"}``."""
        ...


Messages: TypeAlias = (
    str | Sequence[Mapping[str, Any] | HasChatMessage | TellsChatMessage | ToolResult]
)


def plain_messages(messages: Messages) -> list[Mapping[str, Any]]:
    """*messages* as a list of mappings, which the provider checks one by one."""
    if isinstance(messages, str):
        return [{"role": "user", "content": messages}]
    given: object = messages
    if isinstance(given, Mapping | ToolResult) or hasattr(given, "chat_msg"):
        raise ConfigurationError(
            f"messages= takes a str or a list of messages, not one {type(given).__name__}: wrap it"
            " in a list"
        )
    if isinstance(given, bytes | bytearray) or not isinstance(given, Iterable):
        raise ConfigurationError(
            f"messages= takes a str or a list of messages, not {given!r:.200}: wrap it in a list,"
            ' such as [{"role": "user", "content": "…"}]'
        )
    return [_plain_message(message) for message in cast(Iterable[object], given)]


def _plain_message(message: object) -> Mapping[str, Any]:
    if isinstance(message, ToolResult):
        return {"role": "tool", "content": [message]}
    told = getattr(message, "chat_msg", message)
    plain = told() if callable(told) else told
    if not isinstance(plain, Mapping):
        raise ConfigurationError(
            f"messages= takes a list of messages, and {message!r:.200} is none: write"
            ' {"role": "user", "content": "…"}, or a str alone in the place of the list'
        )
    return cast(Mapping[str, Any], plain)
