"""Gemini: parts of candidates, usage in every event, and no end mark but the finish reason."""

from __future__ import annotations

import json
from typing import Any, Final

from ...._chunks import Usage, Verdict
from ...._response import Response
from .._replies import Abilities
from ._writing import Event, Hand, in_turns, sse_body

ABILITIES: Final = Abilities(
    endings={
        Verdict.COMPLETE: ["STOP"],
        Verdict.TOOL_USE: ["STOP"],
        Verdict.LENGTH: ["MAX_TOKENS"],
        Verdict.BLOCKED: ["SAFETY", "PROHIBITED_CONTENT"],
        Verdict.UNKNOWN: ["A_NEW_REASON"],
    },
    reasoning="one",
    signed=True,
    citations=True,
    alternatives=True,
    call_ids=False,
    counts=("input_tokens", "output_tokens", "total_tokens"),
    more_counts=("reasoning_tokens", "cached_tokens"),
)
_UNKNOWN: Final[list[Event]] = [
    (None, {"responseId": "r1"}),
    (None, {"candidates": [{"index": 0, "content": {}}]}),
    (None, {"candidates": [{"index": 0, "content": {"parts": [{"aNewPart": {"text": "no"}}]}}]}),
]


def gemini_body(hand: Hand, reply: Response) -> bytes:
    """A body that means *reply*."""
    parts: list[dict[str, Any]] = []
    for block in reply.reasoning_blocks:
        parts += [{"text": piece, "thought": True} for piece in hand.pieces(block.text)]
        if block.signature is not None:
            parts[-1]["thoughtSignature"] = block.signature
    parts += [{"text": piece} for piece in hand.pieces(reply.text)]
    parts += [
        {"functionCall": {"name": call.name, "args": json.loads(call.arguments)}}
        for call in reply.tool_calls
    ]
    candidates: list[dict[str, Any]] = [_candidate(0, [part]) for part in parts]
    end: dict[str, Any] = {"index": 0, "finishReason": reply.finish_reason}
    if reply.citations:
        end["citationMetadata"] = {"citations": list(reply.citations)}
    prompt_blocked = (
        reply.verdict is Verdict.BLOCKED
        and not (candidates or reply.citations or len(reply.texts) > 1)
        and hand.maybe()
    )
    if candidates and hand.maybe():
        candidates[-1] |= end
    elif not prompt_blocked:
        candidates.append(end)
    for number, text in enumerate(reply.texts[1:], 1):
        others = [_candidate(number, [{"text": piece}]) for piece in hand.pieces(text)]
        # The first answer begins first: a server that is cut off before shows no sign of it.
        rest = in_turns(hand, candidates[1:], [*others, {"index": number, "finishReason": "STOP"}])
        candidates = [candidates[0], *rest]
    bodies: list[dict[str, Any]] = [
        {"candidates": [one], "modelVersion": "m", "responseId": "r1"} for one in candidates
    ]
    if prompt_blocked:
        bodies.append({"promptFeedback": {"blockReason": reply.finish_reason}, "modelVersion": "m"})
    if reply.usage is not None:
        for body in bodies[:-1]:
            body["usageMetadata"] = {"promptTokenCount": reply.usage.input_tokens}
        bodies[-1]["usageMetadata"] = _usage(reply.usage)
    events: list[Event] = [(None, body) for body in bodies]
    return sse_body(hand, events, _UNKNOWN, crlf=not hand.maybe())


def _candidate(index: int, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"index": index, "content": {"parts": parts, "role": "model"}}


def _usage(usage: Usage) -> dict[str, Any]:
    report = {
        "promptTokenCount": usage.input_tokens,
        "candidatesTokenCount": usage.output_tokens,
        "totalTokenCount": usage.total_tokens,
        "thoughtsTokenCount": usage.reasoning_tokens,
        "cachedContentTokenCount": usage.cached_tokens,
    }
    return {name: value for name, value in report.items() if value is not None}
