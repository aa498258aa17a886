"""Ids of the tool calls of a conversation: every call has one, and no other has it.

A conversation may go on with another provider, which tells calls and results apart by id alone.  Some
APIs give none (Gemini, Ollama), and some servers give those of the turn before again, or one id to all
calls of an answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import attrs

from .._chunks import Chunk, ToolCallChunk
from .._parts import ToolCall, make_call_id

_Message: TypeAlias = dict[str, Any]


class IdsOfAnswer:
    """The ids of the calls of one answer: a call whose id another call has is given one of its own.

    With one id, two calls would be one for all who tell them apart by it: who runs them, who shows them, and the
    provider that is told their results.
    """

    def __init__(self) -> None:
        self._taken: set[tuple[int, str]] = set()
        """The ids of each alternative."""
        self._ids: dict[tuple[int, int], str] = {}
        """What the id of a call is, by its alternative and slot, once it has one."""
        self._changed: set[tuple[int, int]] = set()
        """The calls that have another one than their provider gave."""

    def tell_apart(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """*chunks*, in which no two calls have one id."""
        return [
            self._told_apart(chunk) if isinstance(chunk, ToolCallChunk) and chunk.id else chunk
            for chunk in chunks
        ]

    def _told_apart(self, chunk: ToolCallChunk) -> ToolCallChunk:
        assert chunk.id is not None
        place = chunk.index, chunk.slot
        if place not in self._ids:
            if (chunk.index, chunk.id) in self._taken:
                self._changed.add(place)
                self._ids[place] = make_call_id(chunk.metadata.get("id"), chunk.id, *place)
            else:
                self._ids[place] = chunk.id
            self._taken.add((chunk.index, self._ids[place]))
        return attrs.evolve(chunk, id=self._ids[place]) if place in self._changed else chunk


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
    now: dict[str, list[str]] = attrs.Factory(dict[str, list[str]])
    """What the ids of the newest turn's calls are now: several where calls of it had the same one."""
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
        self.now.clear()
        return {**message, "content": [self._call(part) for part in _parts(message)]}

    def _call(self, part: Any) -> Any:
        if not isinstance(part, ToolCall):
            return part
        is_own = part.id and part.id not in self.used
        call_id = part.id if is_own else next(self.ids)
        self.used.add(call_id)
        if part.id:
            self.now.setdefault(part.id, []).append(call_id)
        else:
            self.waiting.append((call_id, part.name))
        return part if is_own else attrs.evolve(part, id=call_id)

    def _result(self, message: _Message) -> _Message:
        answered = message.get("tool_call_id")
        if answered:
            calls = self.now.get(answered, [answered])
            # Results come in the order of their calls, where only that can tell them apart.
            return {**message, "tool_call_id": calls.pop(0) if len(calls) > 1 else calls[0]}
        name = message.get("name")
        for place, (call_id, called) in enumerate(self.waiting):
            if name is None or name == called:
                del self.waiting[place]
                return {**message, "tool_call_id": call_id}
        return message
