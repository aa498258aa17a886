"""OpenAI Responses: deltas, items told again when they are done, and once more at the end."""

from __future__ import annotations

from typing import Any, Final

from ...._chunks import Usage, Verdict
from ...._response import Response
from .._replies import Abilities
from ._writing import Event, Hand, sse_body

ABILITIES: Final = Abilities(
    endings={
        Verdict.COMPLETE: ["completed"],
        Verdict.TOOL_USE: ["completed"],
        Verdict.LENGTH: ["incomplete"],
        Verdict.BLOCKED: ["incomplete"],
        Verdict.UNKNOWN: ["incomplete"],
        Verdict.REFUSED: ["completed"],
    },
    reasoning="blocks",
    sealed=True,
    refusals=True,
    citations=True,
    more_counts=("reasoning_tokens", "cached_tokens", "cache_write_tokens"),
)
_WHY: Final = {
    Verdict.LENGTH: "max_output_tokens",
    Verdict.BLOCKED: "content_filter",
    Verdict.UNKNOWN: "a_new_reason",
}
_UNKNOWN: Final[list[dict[str, Any]]] = [
    {"type": "response.a_new_event", "output_index": 0},
    {"type": "response.web_search_call.searching", "output_index": 9, "item_id": "ws_1"},
    {"type": "response.content_part.added", "output_index": 9, "part": {"type": "output_text"}},
    {"type": "response.output_item.done", "output_index": 9, "item": {"type": "a_new_item"}},
]


class _Events:
    """Events with numbers and, where the server is OpenAI's own, types before the data."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.named = not hand.maybe()
        self.made: list[Event] = []

    def add(self, kind: str, **fields: Any) -> None:
        value = {"type": kind, "sequence_number": len(self.made), **fields}
        self.made.append((kind if self.named else None, value))

    def item(self, place: int, item: dict[str, Any], deltas: str, pieces: list[str]) -> None:
        """An item with its *pieces* as deltas of that type; without any, only when it is done."""
        self.add(
            "response.output_item.added", output_index=place, item={**item, **_EMPTY[item["type"]]}
        )
        for piece in pieces:
            self.add(f"response.{deltas}.delta", output_index=place, delta=piece)
        self.add("response.output_item.done", output_index=place, item=item)


_EMPTY: Final[dict[str, dict[str, Any]]] = {
    "reasoning": {"summary": []},
    "message": {"content": []},
    "function_call": {"arguments": ""},
}


def responses_body(hand: Hand, reply: Response) -> bytes:
    """A body that means *reply*."""
    events = _Events(hand)
    output: list[dict[str, Any]] = []
    opened = {"id": "resp_1", "model": "m", "status": "in_progress", "output": []}
    events.add("response.created", response=opened)
    for block in reply.reasoning_blocks:
        summary = [{"type": "summary_text", "text": block.text}] if block.text else []
        item: dict[str, Any] = {"type": "reasoning", "summary": summary}
        if block.redacted is not None:
            item["encrypted_content"] = block.redacted
        kind = "reasoning_summary_text" if hand.maybe() else "reasoning_text"
        events.item(len(output), item, kind, _deltas(hand, block.text))
        output.append(item)
    if reply.text or reply.citations:
        part = {
            "type": "output_text",
            "text": reply.text,
            "annotations": list(reply.citations),
        }
        item = {"type": "message", "role": "assistant", "content": [part]}
        pieces = _deltas(hand, reply.text)
        place = len(output)
        events.add("response.output_item.added", output_index=place, item={**item, "content": []})
        for piece in pieces:
            events.add("response.output_text.delta", output_index=place, delta=piece)
        for citation in reply.citations if pieces else ():
            events.add(
                "response.output_text.annotation.added", output_index=place, annotation=citation
            )
        events.add("response.output_item.done", output_index=place, item=item)
        output.append(item)
    if reply.refusal:
        item = {"type": "message", "content": [{"type": "refusal", "refusal": reply.refusal}]}
        events.item(len(output), item, "refusal", _deltas(hand, reply.refusal))
        output.append(item)
    for call in reply.tool_calls:
        item = {
            "type": "function_call",
            "id": f"fc_{call.id}",
            "call_id": call.id,
            "name": call.name,
            "arguments": call.arguments,
        }
        events.item(len(output), item, "function_call_arguments", _deltas(hand, call.arguments))
        output.append(item)
    response: dict[str, Any] = {**opened, "status": reply.finish_reason, "output": output}
    if reply.finish_reason == "incomplete":
        response["incomplete_details"] = {"reason": _WHY[reply.verdict]}
    if reply.usage is not None:
        response["usage"] = _usage(reply.usage)
    events.add(f"response.{reply.finish_reason}", response=response)
    unknown: list[Event] = [(one["type"] if events.named else None, one) for one in _UNKNOWN]
    return sse_body(hand, events.made, unknown)


def _deltas(hand: Hand, text: str) -> list[str]:
    """The pieces of *text*, or none: then only the finished item tells it."""
    return [] if hand.maybe() else hand.pieces(text)


def _usage(usage: Usage) -> dict[str, Any]:
    report: dict[str, Any] = {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
    }
    if usage.reasoning_tokens is not None:
        report["output_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    cache = {
        "cached_tokens": usage.cached_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
    }
    if told := {name: count for name, count in cache.items() if count is not None}:
        report["input_tokens_details"] = told
    return report
