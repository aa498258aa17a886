"""Turns of a conversation with Anthropic: a call of a tool is answered in the very next one, first of all.

Messages of one role that follow each other are one turn, as Anthropic joins them.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from .._ask import BadAsk
from .._json import JsonObject, as_list, as_object


@attrs.frozen
class Turn:
    """Messages of one role, one after the other."""

    role: str
    place: int
    """The place of the last of them."""
    blocks: list[tuple[str, JsonObject]]
    """Each block, and where it is."""

    def of(self, kind: str) -> Iterator[tuple[str, JsonObject]]:
        """The blocks of one type."""
        return (each for each in self.blocks if each[1].get("type") == kind)


def read_turns(messages: list[JsonObject]) -> list[Turn]:
    """Join the messages of one role."""
    turns: list[Turn] = []
    for place, message in enumerate(messages):
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        placed = [
            (f"messages.{place}.content.{number}", as_object(block))
            for number, block in enumerate(as_list(blocks))
        ]
        if turns and turns[-1].role == message["role"]:
            placed = turns.pop().blocks + placed
        turns.append(Turn(message["role"], place, placed))
    return turns


def check_calls(turns: list[Turn]) -> None:
    """Refuse calls that the very next turn does not answer first of all, and answers to no call."""
    before_all = Turn("assistant", 0, [])
    for turn, after in zip([before_all, *turns], [*turns, None], strict=True):
        called: set[str] = set()
        for at, block in turn.of("tool_use"):
            if block["id"] in called:
                raise BadAsk(f"{at}: `tool_use` ids must be unique")
            called.add(block["id"])
        results = [] if after is None else [*after.of("tool_result")]
        answered: set[str] = set()
        for at, block in results:
            call_id = block["tool_use_id"]
            if call_id not in called:
                raise BadAsk(
                    f"{at}: unexpected `tool_use_id` found in `tool_result` blocks: {call_id}. Each"
                    " `tool_result` block must have a corresponding `tool_use` block in the"
                    " previous message."
                )
            if call_id in answered:
                raise BadAsk(
                    f"{at}: each tool_use must have a single result. Found multiple `tool_result`"
                    f" blocks with id: {call_id}"
                )
            answered.add(call_id)
        leading = {block["tool_use_id"] for block in _leading_results(after)}
        missing = [block["id"] for _, block in turn.of("tool_use") if block["id"] not in leading]
        if missing:
            raise BadAsk(
                f"messages.{turn.place}: `tool_use` ids were found without `tool_result` blocks"
                f" immediately after: {', '.join(missing)}. Each `tool_use` block must have a"
                " corresponding `tool_result` block in the next message."
            )


def _leading_results(turn: Turn | None) -> Iterator[JsonObject]:
    for _, block in turn.blocks if turn else ():
        if block.get("type") != "tool_result":
            return
        yield block
