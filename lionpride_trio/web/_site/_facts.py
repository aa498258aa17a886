"""A chunk as the page is told it: an object of one to four short fields."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from ..._chunks import (
    Chunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    ToolResultChunk,
    UsageChunk,
)
from ..encoders._plain import plain

Fact: TypeAlias = dict[str, Any]


def fact(chunk: Chunk) -> Fact | None:
    """The fact that the page shows of *chunk*; None where it shows nothing.

    =============  ====================================================================
    ``text``       a piece of the answer
    ``thought``    a piece of the reasoning
    ``call``       a piece of a tool call: its place, with ``id``, ``name``, ``arguments``
    ``result``     what a tool gave, for the call with the id ``of``; ``failed`` if it did
    ``tokens``     tokens that the answer has taken so far
    =============  ====================================================================
    """
    match chunk:
        case TextChunk(data=text):
            return {"text": text} if text else None
        case ReasoningChunk(text=text):
            return {"thought": text} if text else None
        case ToolCallChunk():
            said = {"id": chunk.id, "name": chunk.name, "arguments": chunk.arguments}
            return {
                "call": f"{chunk.turn}.{chunk.slot}",
                **{key: value for key, value in said.items() if value},
            }
        case ToolResultChunk(last=True):
            return {
                "result": _shown(chunk.output),
                "of": chunk.call_id,
                **({"failed": True} if chunk.is_error else {}),
            }
        case OtherChunk(kind="refusal", value=str() as text):
            return {"text": text}
        case UsageChunk(usage=usage) if usage.output_tokens is not None:
            return {"tokens": usage.output_tokens, "turn": chunk.turn}
        case _:
            return None


def _shown(output: Any) -> str:
    """The output of a tool as text."""
    return output if isinstance(output, str) else json.dumps(plain(output), ensure_ascii=False)
