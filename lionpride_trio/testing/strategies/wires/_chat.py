"""OpenAI chat completions, as OpenAI, Groq, OpenRouter and compatible servers stream them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...._chunks import Usage, Verdict
from ...._response import Response
from .._replies import Abilities
from ._writing import Event, Hand, in_turns, sse_body

ENDINGS: Final = {
    Verdict.COMPLETE: ["stop"],
    Verdict.TOOL_USE: ["tool_calls"],
    Verdict.LENGTH: ["length"],
    Verdict.BLOCKED: ["content_filter"],
    Verdict.UNKNOWN: ["a_new_reason"],
}
_COUNTS: Final = ("input_tokens", "output_tokens", "total_tokens")
_MORE_COUNTS: Final = ("reasoning_tokens", "cached_tokens", "cache_write_tokens")
ABILITIES: Final[Mapping[str, Abilities]] = {
    "openai": Abilities(
        endings={**ENDINGS, Verdict.REFUSED: ["stop"]},
        refusals=True,
        citations=True,
        alternatives=True,
        counts=_COUNTS,
        more_counts=_MORE_COUNTS,
    ),
    "groq": Abilities(endings=ENDINGS, reasoning="one", counts=_COUNTS, more_counts=_MORE_COUNTS),
    "openrouter": Abilities(
        endings=ENDINGS,
        reasoning="one",
        citations=True,
        counts=_COUNTS,
        more_counts=_MORE_COUNTS,
    ),
    "openai_compatible": Abilities(
        endings=ENDINGS, reasoning="one", alternatives=True, counts=_COUNTS
    ),
}
_HEAD: Final = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
_UNKNOWN: Final[list[Event]] = [
    (None, {**_HEAD, "choices": []}),
    (None, {"id": "", "model": "", "choices": [], "prompt_filter_results": []}),
    (None, {**_HEAD, "choices": None}),
    (None, {**_HEAD, "choices": [{"index": 0, "delta": None}]}),
    (None, {**_HEAD, "choices": [{"index": 0, "delta": {"a_new_field": 1}}]}),
    (None, {"object": "a.new.object"}),
]


def chat_body(hand: Hand, provider: str, reply: Response) -> bytes:
    """A body of *provider* that means *reply*."""
    words = "reasoning_content" if provider == "openai_compatible" else "reasoning"
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}] if hand.maybe() else []
    deltas += [{words: piece} for piece in hand.pieces(reply.reasoning)]
    deltas += [{"content": piece} for piece in hand.pieces(reply.text)]
    deltas += [{"refusal": piece} for piece in hand.pieces(reply.refusal)]
    deltas += [{"annotations": [citation]} for citation in reply.citations]
    for number, call in enumerate(reply.tool_calls):
        head = {"index": number, "id": call.id, "type": "function"}
        deltas.append({"tool_calls": [{**head, "function": {"name": call.name, "arguments": ""}}]})
        if call.arguments != "{}" or hand.maybe():
            deltas += [
                {"tool_calls": [{"index": number, "function": {"arguments": piece}}]}
                for piece in hand.pieces(call.arguments)
            ]
    choices = [_choice(0, delta) for delta in deltas]
    choices.append(_choice(0, {}, reply.finish_reason))
    for number, text in enumerate(reply.texts[1:], 1):
        others = [_choice(number, {"content": piece}) for piece in hand.pieces(text)]
        # The first answer begins first: a server that is cut off before shows no sign of it.
        rest = in_turns(hand, choices[1:], [*others, _choice(number, {}, "stop")])
        choices = [choices[0], *rest]
    bodies: list[dict[str, Any]] = [{**_HEAD, "choices": [choice]} for choice in choices]
    if reply.usage is not None:
        _tell_usage(hand, provider, _usage(reply.usage), bodies)
    events: list[Event] = [(None, body) for body in bodies]
    return sse_body(hand, [*events, (None, "[DONE]")], _UNKNOWN)


def _choice(index: int, delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "finish_reason": reason}


def _tell_usage(
    hand: Hand, provider: str, report: dict[str, Any], bodies: list[dict[str, Any]]
) -> None:
    """Once, twice, or in the running totals that some servers send with each piece."""
    if provider == "groq":
        bodies[-1] |= {"x_groq": {"id": "req_1", "usage": report}, "usage": report}
        return
    if hand.maybe():
        for body in bodies[:-1]:
            body["usage"] = {"prompt_tokens": report["prompt_tokens"], "completion_tokens": 0}
    last: dict[str, Any] = {**_HEAD, "choices": [], "usage": report}
    bodies += [last, last] if hand.maybe() else [last]


def _usage(usage: Usage) -> dict[str, Any]:
    report: dict[str, Any] = {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
    }
    if usage.reasoning_tokens is not None:
        report["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    told = {
        "cached_tokens": usage.cached_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
    }
    told = {name: value for name, value in told.items() if value is not None}
    if told:
        report["prompt_tokens_details"] = told
    return report
