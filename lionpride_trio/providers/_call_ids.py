"""Ids of the tool calls of a conversation: every call has one, and no other has it.

A conversation may go on with another provider, which tells calls and results apart by id alone.  Some
APIs give none (Gemini, Ollama), and some servers give those of the turn before again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import attrs

from .._parts import ToolCall

_Message: TypeAlias = dict[str, Any]


def identify_calls(messages: Sequence[_Message]) -> list[_Message]:
    """*messages*, where each tool call has an id of its own, and each result of a turn names its call.

    A result without an id answers a call of its turn that had none either: the first of the same
    name that is not answered yet, or the first of all when it has no name.
    """
    given = {part.id for message in messages for part in _parts(message) if is_call(part)}
    made = (f"call_{number}" for number in itertools.count(1))
    turns = _Turns(call_id for call_id in made if call_id not in given)
    return [turns.identified(message) for message in messages]


def is_call(part: object) -> bool:
    """Whether *part* is a tool call."""
    return isinstance(part, ToolCall)


def _parts(message: _Message) -> Sequence[Any]:
    content = message.get("content")
    return () if content is None or isinstance(content, str) else content


@attrs.define
class _Turns:
    """The turns of a conversation, one after the other."""

    ids: Iterator[str]
    used: set[str] = attrs.Factory(set[str])
    renamed: dict[str, str] = attrs.Factory(dict[str, str])
    """The ids of the newest turn's calls that an earlier turn had, and what they are now."""
    waiting: list[tuple[str, str]] = attrs.Factory(list[tuple[str, str]])
    """The calls of the newest turn that had no id and were not answered: their ids and names."""

    def identified(self, message: _Message) -> _Message:
        if message["role"] == "tool":
            return self._result(message)
        if not any(map(is_call, _parts(message))):
            if message["role"] != "assistant":
                self.waiting.clear()
            return message
        self.waiting.clear()
        self.renamed.clear()
        return {**message, "content": [self._call(part) for part in _parts(message)]}

    def _call(self, part: Any) -> Any:
        if not isinstance(part, ToolCall):
            return part
        if part.id and part.id not in self.used:
            self.used.add(part.id)
            return part
        call_id = next(self.ids)
        self.used.add(call_id)
        if part.id:
            self.renamed[part.id] = call_id
        else:
            self.waiting.append((call_id, part.name))
        return attrs.evolve(part, id=call_id)

    def _result(self, message: _Message) -> _Message:
        answered = message.get("tool_call_id")
        if answered:
            return {**message, "tool_call_id": self.renamed.get(answered, answered)}
        name = message.get("name")
        for place, (call_id, called) in enumerate(self.waiting):
            if name is None or name == called:
                del self.waiting[place]
                return {**message, "tool_call_id": call_id}
        return message
