"""Ids for tool calls that have none, as those of Gemini and Ollama.

A conversation may go on with another provider, which tells calls and results apart by id alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

_Message: TypeAlias = dict[str, Any]
_Call: TypeAlias = Mapping[str, Any]


def identify_calls(messages: Sequence[_Message]) -> list[_Message]:
    """*messages*, where each tool call has an id, and each result of such a call names it.

    A result without an id answers a call of its turn that had none either: the first of the same
    name that is not answered yet, or the first of all when it has no name.
    """
    given = {call.get("id") for message in messages for call in _calls(message)}
    made = (f"call_{number}" for number in itertools.count(1))
    ids = (call_id for call_id in made if call_id not in given)
    written: list[_Message] = []
    waiting: list[tuple[str, Any]] = []
    for message in messages:
        if message["role"] == "tool":
            written.append(_answered(message, waiting))
            continue
        calls = _calls(message)
        waiting = []
        for place, call in enumerate(calls):
            if not call.get("id"):
                calls[place] = {**call, "id": next(ids)}
                waiting.append((calls[place]["id"], _name(call)))
        written.append({**message, "tool_calls": calls} if waiting else message)
    return written


def _answered(message: _Message, waiting: list[tuple[str, Any]]) -> _Message:
    """*message* with the id of the call that it answers, which waits no more."""
    if message.get("tool_call_id"):
        return message
    name = message.get("name")
    for place, (call_id, called) in enumerate(waiting):
        if name is None or name == called:
            del waiting[place]
            return {**message, "tool_call_id": call_id}
    return message


def _calls(message: _Message) -> list[_Call]:
    return list(message.get("tool_calls") or ())


def _name(call: _Call) -> Any:
    function: object = call.get("function")
    return cast(_Call, function).get("name") if isinstance(function, Mapping) else None
