"""Ollama's native ``/api/chat``: one JSON object a line, tool calls whole.

Facts: docs.ollama.com/api and /api/errors.  The line with ``done: true`` is the end mark; an error in
the stream is a line of its own without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from ..._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    UsageChunk,
    Verdict,
)
from ._abilities import Abilities
from ._encoder import Encoder, Head
from ._framing import Framing, JsonObject
from ._parts import Part, Parts, parts_of
from ._style import Style

_NANOSECONDS: Final = 1_000_000
"""The time that one token is said to have taken."""


def ollama_error(message: str) -> JsonObject:
    """An error document, and a line that reports a failure."""
    return {"error": message}


class OllamaEncoder(Encoder):
    """Writes an answer."""

    abilities = Abilities(
        endings={
            Verdict.COMPLETE: ["stop"],
            Verdict.TOOL_USE: ["stop"],
            Verdict.LENGTH: ["length"],
            Verdict.UNKNOWN: ["a_new_reason"],
        },
        reasoning="one",
        call_ids=False,
    )

    def __init__(self, head: Head, style: Style | None = None) -> None:
        self._style = style or Style()
        super().__init__(head, Framing(self._style, lines=True))
        self._calls = Parts()
        self._call: Part | None = None

    def write(self, chunk: Chunk) -> bytes:
        if isinstance(chunk, ToolCallChunk):
            body = b"" if self._call is None or self._call.number == chunk.slot else self._close()
            self._call = self._calls.take(chunk)
            return body
        match chunk:
            case TextChunk():
                return self._close() + self._line({"content": chunk.data})
            case ReasoningChunk():
                return self._close() + self._line({"content": "", "thinking": chunk.text})
            case OtherChunk(kind="refusal"):
                return self._close() + self._line({"content": chunk.value})
            case _:
                return b""  # and a call goes on: what is unknown ends no part

    def _close(self) -> bytes:
        """The call that waited until it was whole; half ones have no place here."""
        call, self._call = self._call, None
        if call is None or call.arguments is None:
            return b""
        return self._line({"content": "", "tool_calls": [_whole_call(call)]})

    def end(self) -> bytes:
        """The last line."""
        return self._close() + self.framing.event(self._final({"content": ""}))

    def fail(self, message: str, *, status: int = 500) -> bytes:
        """A line with the error."""
        return self.framing.event(ollama_error(message))

    def whole(self, chunks: Iterable[Chunk]) -> JsonObject:
        """The last line, with all that was said."""
        seen = list(chunks)
        for chunk in seen:
            if isinstance(chunk, UsageChunk | FinishChunk):
                self.feed(chunk)
        parts = parts_of(seen)
        said = (part.text for part in parts if part.kind in {"text", "refusal"})
        message: JsonObject = {"content": "".join(said)}
        if thought := "".join(part.text for part in parts if part.kind == "reasoning"):
            message["thinking"] = thought
        calls = [part for part in parts if part.kind == "call" and part.arguments is not None]
        if calls:
            message["tool_calls"] = [_whole_call(call) for call in calls]
        return self._final(message)

    def _line(self, message: JsonObject) -> bytes:
        return self.framing.event(self._object(message) | {"done": False})

    def _final(self, message: JsonObject) -> JsonObject:
        final = self._object(message) | {"done": True, "done_reason": self.reason}
        if self.usage is None:
            return final
        counts = {
            "prompt_eval": self.usage.input_tokens or 0,
            "eval": self.usage.output_tokens or 0,
        }
        if self._style.extras:
            total = sum(counts.values()) * _NANOSECONDS
            final |= {"total_duration": total, "load_duration": 0}
        for name, count in counts.items():
            final[f"{name}_count"] = count
            if self._style.extras:
                final[f"{name}_duration"] = count * _NANOSECONDS
        return final

    def _object(self, message: JsonObject) -> JsonObject:
        line: JsonObject = {"model": self.head.model}
        if self._style.extras:
            now = datetime.fromtimestamp(self.head.clock(), UTC)
            line["created_at"] = now.isoformat().replace("+00:00", "Z")
        return line | {"message": {"role": "assistant", **message}}


def _whole_call(call: Part) -> JsonObject:
    return {"function": {"name": call.name, "arguments": call.arguments}}
