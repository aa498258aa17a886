"""Neutral messages (``{"role", "content", …}``, as OpenAI writes them), checked and taken apart.

``content`` is a string or a list of parts: OpenAI's own, which each provider converts (see
``_content``), or the provider's own, which are passed on as they are.  An assistant message may have
``tool_calls`` (OpenAI's form); a ``tool`` message answers one by its ``tool_call_id``.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

from .._errors import ConfigurationError
from ._call_ids import identify_calls

ROLES = ("system", "developer", "user", "assistant", "tool")
_SYSTEM = ("system", "developer")

Message = dict[str, Any]


def mapping_or_empty(value: object) -> Mapping[str, Any]:
    """*value* if it is a mapping, else an empty one."""
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}


def checked(messages: Sequence[Mapping[str, Any]]) -> list[Message]:
    """*messages* as plain dicts, whose tool calls and results have ids.

    :raises ConfigurationError: there are none, or one is of no known form.
    """
    if not messages:
        raise ConfigurationError('no messages: pass a str or [{"role": "user", "content": "…"}]')
    return identify_calls([_checked(message) for message in messages])


def _checked(message: Mapping[str, Any]) -> Message:
    if not isinstance(message, Mapping) or message.get("role") not in ROLES:
        raise ConfigurationError(
            f"a message needs a 'role' out of {', '.join(ROLES)} and a 'content', not {message!r:.200}"
        )
    if "content" not in message and "tool_calls" not in message:
        raise ConfigurationError(f"a message without 'content': {message!r:.200}")
    content: Any = message.get("content")
    is_parts = isinstance(content, list | tuple) and all(
        isinstance(part, Mapping) for part in cast(Sequence[Any], content)
    )
    may_be_empty = content is None and message["role"] == "assistant"
    if not (isinstance(content, str) or is_parts or may_be_empty):
        raise ConfigurationError(
            f"the 'content' of a message is a str or a list of parts (dicts), not {content!r:.200}"
        )
    for call in message.get("tool_calls") or ():
        if not isinstance(call, Mapping):
            raise ConfigurationError(f"a tool call is a dict, not {call!r:.200}")
    return dict(message)


def insert_system(messages: list[Message], system: Any) -> list[Message]:
    """*messages*, with the option ``system`` as a message after those that they begin with."""
    added = _system_message(system)
    if added is None:
        return messages
    leading = 0
    while leading < len(messages) and messages[leading]["role"] in _SYSTEM:
        leading += 1
    if leading:  # some models refuse to be given both roles
        added["role"] = messages[leading - 1]["role"]
    return [*messages[:leading], added, *messages[leading:]]


def split_system(
    messages: list[Message], system: Any
) -> tuple[list[dict[str, Any]], list[Message]]:
    """The text parts of all system messages, those of the option ``system`` last, and the rest."""
    added = _system_message(system)
    told = [message for message in messages if message["role"] in _SYSTEM]
    rest = [message for message in messages if message["role"] not in _SYSTEM]
    if not rest:
        raise ConfigurationError("there are system messages alone: add a user's message")
    return [
        part for message in (*told, *([added] if added else ())) for part in _text_parts(message)
    ], rest


def _system_message(system: Any) -> Message | None:
    if not system:
        return None
    if not isinstance(system, str | list | tuple):
        raise ConfigurationError(f"system= is a str or a list of text parts, not {system!r:.200}")
    return _checked({"role": "system", "content": system})


def _text_parts(message: Message) -> list[dict[str, Any]]:
    content: str | Sequence[Mapping[str, Any]] = message["content"]
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    for part in content:
        if not isinstance(part.get("text"), str):
            raise ConfigurationError(f"a system message has text alone, not {part!r:.200}")
    return [{"type": "text", **part} for part in content]


def name_results(messages: list[Message]) -> list[Message]:
    """*messages*, with the results of each turn in the order of its calls, and named as those are.

    For providers whose calls have no ids: the order alone tells two calls of one function apart.
    """
    ordered: list[Message] = []
    calls: dict[Any, tuple[int, str]] = {}
    results: list[tuple[float, Message]] = []
    places = itertools.count()
    for message in messages:
        if message["role"] == "tool":
            unknown = math.inf, message.get("name")
            place, name = calls.get(message.get("tool_call_id"), unknown)
            results.append((place, {**message, "name": name}))
            continue
        ordered += _sorted(results)
        results = []
        ordered.append(message)
        for call in message.get("tool_calls") or ():
            calls[call.get("id")] = next(places), function_call_of(call)[0]
    return ordered + _sorted(results)


def _sorted(results: list[tuple[float, Message]]) -> list[Message]:
    return [message for _, message in sorted(results, key=lambda result: result[0])]


def call_id_of(message: Mapping[str, Any]) -> str:
    """The id of the call that a ``tool`` message answers.

    :raises ConfigurationError: it has none.
    """
    found = message.get("tool_call_id")
    if not isinstance(found, str) or not found:
        raise ConfigurationError(
            f"a message with role 'tool' needs the 'tool_call_id' that it answers: {message!r:.200}"
        )
    return found


def function_call_of(call: Mapping[str, Any]) -> tuple[str, Any]:
    """The name and the arguments, as they stand there, of a tool call in OpenAI's form.

    :raises ConfigurationError: it calls no function.
    """
    function = mapping_or_empty(call.get("function"))
    name = function.get("name")
    if not isinstance(name, str) or not name:
        raise ConfigurationError(
            "a tool call must be like {'id': …, 'type': 'function', 'function': {'name': …,"
            f" 'arguments': …}}}}, not {call!r:.200}"
        )
    return name, function.get("arguments")


def decoded_call(call: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name and the arguments of a tool call in OpenAI's form, as the object that other APIs want.

    A model may have written something else, or half of it.  That must not make its conversation
    one that can never go on, so it is told as a text in an object.

    :raises ConfigurationError: it calls no function.
    """
    name, arguments = function_call_of(call)
    if isinstance(arguments, Mapping):
        return name, dict(cast(Mapping[str, Any], arguments))
    value: Any = None
    with contextlib.suppress(ValueError, RecursionError, TypeError):  # and told as it is below
        value = json.loads(arguments or "{}", parse_constant=_refuse_constant)
    if isinstance(value, Mapping):
        return name, dict(cast(Mapping[str, Any], value))
    return name, {"arguments": arguments}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
