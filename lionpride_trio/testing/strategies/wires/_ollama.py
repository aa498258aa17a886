"""Ollama: a line of JSON for each piece, tool calls whole, the last line with ``done``."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import strategies as st

from ...._chunks import Verdict
from ...._response import Response
from .._replies import Abilities
from ._writing import Hand

ABILITIES: Final = Abilities(
    endings={
        Verdict.COMPLETE: ["stop"],
        Verdict.TOOL_USE: ["stop"],
        Verdict.LENGTH: ["length"],
        Verdict.UNKNOWN: ["a_new_reason"],
    },
    reasoning="one",
    call_ids=False,
)
_NOISE: Final = ["", "   ", '{"model": "m", "done": false}', '{"model": "m", "aNewField": 1}']


def ollama_body(hand: Hand, reply: Response) -> bytes:
    """A body that means *reply*."""
    messages: list[dict[str, Any]] = [
        {"content": "", "thinking": piece} for piece in hand.pieces(reply.reasoning)
    ]
    messages += [{"content": piece} for piece in hand.pieces(reply.text)]
    for call in reply.tool_calls:
        function = {"name": call.name, "arguments": json.loads(call.arguments)}
        messages.append({"content": "", "tool_calls": [{"function": function}]})
    lines = [
        hand.json({"model": "m", "message": {"role": "assistant", **message}, "done": False})
        for message in messages
    ]
    last: dict[str, Any] = {
        "model": "m",
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": reply.finish_reason,
    }
    if reply.usage is not None:
        last |= {
            "total_duration": 5,
            "prompt_eval_count": reply.usage.input_tokens,
            "eval_count": reply.usage.output_tokens,
        }
    noisy = hand.maybe()
    made: list[str] = []
    for line in [*lines, hand.json(last)]:
        if noisy and hand.maybe():
            made.append(hand.draw(st.sampled_from(_NOISE)))
        made.append(line)
    end = hand.draw(st.sampled_from(["\n", "\r\n"]))
    return "".join(line + end for line in made).encode()
