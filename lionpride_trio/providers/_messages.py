"""Neutral messages (``{"role", "content", …}``, as OpenAI writes them) to each provider's own form.

``content`` is a string or the provider's own list of parts, which is passed on as it is.  An
assistant message may have ``tool_calls`` (OpenAI's form); a ``tool`` message answers one by its
``tool_call_id``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from .._errors import ConfigurationError
from ._parsing import Json

ROLES = ("system", "developer", "user", "assistant", "tool")


def checked(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """*messages* as plain dicts.

    :raises ConfigurationError: there are none, or one is of no known form.
    """
    if not messages:
        raise ConfigurationError('no messages: pass a str or [{"role": "user", "content": "…"}]')
    for message in messages:
        if not isinstance(message, Mapping) or message.get("role") not in ROLES:
            raise ConfigurationError(
                f"a message needs a 'role' out of {', '.join(ROLES)} and a 'content', not {message!r:.200}"
            )
        if "content" not in message and "tool_calls" not in message:
            raise ConfigurationError(f"a message without 'content': {message!r:.200}")
    return [dict(message) for message in messages]


def split_system(
    messages: Sequence[Mapping[str, Any]],
) -> tuple[str | None, list[dict[str, Any]]]:
    """The system texts, joined by a blank line, and the rest."""
    plain = checked(messages)
    system = [message for message in plain if message["role"] in {"system", "developer"}]
    rest = [message for message in plain if message["role"] not in {"system", "developer"}]
    return "\n\n".join(text_of(message) for message in system) or None, rest


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message, of its text parts when its content is a list."""
    content: list[Json] | str | None = message.get("content")
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content or () if isinstance(part, Mapping))


def tool_arguments(call: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of a tool call in OpenAI's form, as the object that other APIs want.

    A model may have written something else, or half of it.  That must not make its conversation
    one that can never go on, so it is told as a text in an object.
    """
    arguments = call["function"].get("arguments") or "{}"
    if isinstance(arguments, Mapping):
        return arguments
    try:
        value: Json = json.loads(arguments, parse_constant=_refuse_constant)
    except (ValueError, RecursionError, TypeError):
        value = None
    return value if isinstance(value, Mapping) else {"arguments": arguments}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def function_of(tool: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The function that a tool in OpenAI's form declares; None for another form."""
    function: Json = tool.get("function")
    return function if tool.get("type") == "function" and isinstance(function, Mapping) else None
