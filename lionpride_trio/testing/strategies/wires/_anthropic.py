"""Anthropic messages: blocks with starts, deltas and stops; usage that is told again and again."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import strategies as st

from ...._chunks import Verdict
from ...._parts import ThoughtPart, ToolCall
from ...._response import Response
from .._cutting import cuts
from .._replies import Abilities
from ._writing import Event, Hand, sse_body

ABILITIES: Final = Abilities(
    endings={
        Verdict.COMPLETE: ["end_turn", "stop_sequence"],
        Verdict.TOOL_USE: ["tool_use"],
        Verdict.LENGTH: ["max_tokens", "model_context_window_exceeded"],
        Verdict.REFUSED: ["refusal"],
        Verdict.PAUSED: ["pause_turn"],
        Verdict.UNKNOWN: ["a_new_reason"],
    },
    reasoning="blocks",
    signed=True,
    sealed=True,
    citations=True,
    more_counts=("reasoning_tokens", "cached_tokens", "cache_write_tokens"),
    usage_always=True,
)
_UNKNOWN: Final[list[dict[str, Any]]] = [
    {"type": "ping"},
    {"type": "a_new_event", "index": 0},
    {"type": "content_block_delta", "index": 99, "delta": {"type": "a_new_delta", "text": "no"}},
    {"type": "content_block_start", "index": 98, "content_block": {"type": "a_new_block"}},
]


class _Blocks:
    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.made: list[dict[str, Any]] = []
        self._index = 0

    def block(self, block: dict[str, Any], deltas: list[dict[str, Any]]) -> None:
        """One block.  Indexes may leave a gap."""
        index = self._index
        self._index += self.hand.draw(st.sampled_from([1, 1, 2]))
        self.made.append({"type": "content_block_start", "index": index, "content_block": block})
        self.made += [
            {"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas
        ]
        self.made.append({"type": "content_block_stop", "index": index})

    def thought(self, block: ThoughtPart) -> None:
        if block.redacted is not None:
            self.block({"type": "redacted_thinking", "data": block.redacted}, [])
            return
        deltas: list[dict[str, Any]] = [
            {"type": "thinking_delta", "thinking": piece} for piece in self.hand.pieces(block.text)
        ]
        if block.signature is not None:
            deltas.append({"type": "signature_delta", "signature": block.signature})
        self.block({"type": "thinking", "thinking": "", "signature": ""}, deltas)

    def text(self, text: str, citations: tuple[Any, ...]) -> None:
        pieces = self.hand.pieces(text)
        # The first piece may come with the start of its block.
        start = pieces.pop(0) if pieces and self.hand.maybe() else ""
        deltas: list[dict[str, Any]] = [{"type": "text_delta", "text": piece} for piece in pieces]
        deltas += [{"type": "citations_delta", "citation": citation} for citation in citations]
        self.block({"type": "text", "text": start}, deltas)

    def call(self, call: ToolCall) -> None:
        block: dict[str, Any] = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        deltas: list[dict[str, Any]] = []
        if self.hand.maybe():
            block["input"] = json.loads(call.arguments)
        else:
            pieces = [""] if call.arguments == "{}" else self.hand.pieces(call.arguments)
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
        self.block(block, deltas)


def messages_body(hand: Hand, reply: Response) -> bytes:
    """A body that means *reply*."""
    assert reply.usage is not None
    blocks = _Blocks(hand)
    for thought in reply.reasoning_blocks:
        blocks.thought(thought)
    texts = hand.draw(cuts(reply.text)) if reply.text or reply.citations else []
    for number, text in enumerate(texts):
        blocks.text(text, reply.citations if number + 1 == len(texts) else ())
    for call in reply.tool_calls:
        blocks.call(call)
    usage = reply.usage
    first = min(1, usage.output_tokens or 0)
    began: dict[str, Any] = {"input_tokens": usage.input_tokens, "output_tokens": first}
    if usage.cached_tokens is not None:
        began["cache_read_input_tokens"] = usage.cached_tokens
    if usage.cache_write_tokens is not None:
        began["cache_creation_input_tokens"] = usage.cache_write_tokens
    ended: dict[str, Any] = {"output_tokens": usage.output_tokens}
    if usage.reasoning_tokens is not None:
        ended["output_tokens_details"] = {"thinking_tokens": usage.reasoning_tokens}
    if hand.maybe():
        ended |= {"input_tokens": usage.input_tokens}
    stop = {"stop_reason": reply.finish_reason, "stop_sequence": None}
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "usage": began,
    }
    values = [{"type": "message_start", "message": message}, *blocks.made]
    if hand.maybe():  # running totals, not to be added up
        so_far = {"output_tokens": usage.output_tokens}
        values.append({"type": "message_delta", "delta": {"stop_reason": None}, "usage": so_far})
    values += [
        {"type": "message_delta", "delta": stop, "usage": ended},
        {"type": "message_stop"},
    ]
    named = not hand.maybe()  # gateways drop the event line

    def event(value: dict[str, Any]) -> Event:
        return (value["type"] if named else None, value)

    return sse_body(hand, map(event, values), list(map(event, _UNKNOWN)))
