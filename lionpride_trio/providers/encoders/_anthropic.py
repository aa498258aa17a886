"""Anthropic messages: blocks that begin, grow and stop, and a ping among them.

Facts: the streaming events of ``POST /v1/messages`` (docs.claude.com, "Streaming messages").  The
usage at the beginning knows the input; what the end reports are totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import attrs

from ..._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    Usage,
    UsageChunk,
    Verdict,
)
from ._abilities import Abilities
from ._encoder import Encoder, Head, told
from ._framing import Framing, JsonObject
from ._parts import Part, Parts, parts_of
from ._style import Style, says_yes

_TYPES: Final = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def anthropic_error(status: int, message: str, request_id: str = "") -> JsonObject:
    """An error document, which stands in a stream as it is."""
    kind = _TYPES.get(status, "invalid_request_error" if status < 500 else "api_error")
    return {
        "type": "error",
        "error": {"type": kind, "message": message},
        "request_id": request_id,
    }


@attrs.frozen(kw_only=True)
class MessagesStyle(Style):
    """The habits in which servers of Anthropic's messages differ."""

    ping: bool = True
    """A ping follows the beginning of the first block."""
    gaps: Sequence[bool] = ()
    """For each block: the number after its own is left out."""
    new_blocks: Sequence[bool] = ()
    """For each piece of text after another one: it begins a block of its own."""
    text_in_start: Sequence[bool] = ()
    """For each block: the first piece of a text comes with the start."""
    input_in_start: Sequence[bool] = ()
    """For each block: a call's whole input comes with the start, which waits for it."""
    empty_delta: bool = True
    """The input of a call begins with an empty piece."""
    running_total: bool = False
    """The usage is told once more before the end."""
    usage_at_end: Literal["all", "input too", "output"] = "all"
    """Whether the end tells again what the beginning told: the input, and the cache."""


class MessagesEncoder(Encoder):
    """Writes a message."""

    abilities = Abilities(
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
    has_blocks = True

    def __init__(self, head: Head, style: MessagesStyle | None = None) -> None:
        self._style = style or MessagesStyle()
        super().__init__(head, Framing(self._style))
        self._parts = Parts()
        self._open: Part | None = None
        self._index = -1  # of the block that is open or was last,
        self._gap = 1  # and how far the next is from it
        self._texts = 0
        self._message: JsonObject = {
            "id": head.id,
            "type": "message",
            "role": "assistant",
            "model": head.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
        }

    def begin(self, usage: Usage | None = None) -> bytes:
        """The message without its content, and the usage of its input."""
        self.usage = usage or Usage()
        return self._event("message_start", message=self._message | {"usage": _report(self.usage)})

    def write(self, chunk: Chunk) -> bytes:
        if self._style.new_blocks and isinstance(chunk, TextChunk):
            self._split_text()
        part = self._parts.take(chunk)
        if part is None:
            return b""
        if part is not self._open:
            return self._close() + self._begin_block(part, chunk)
        return self._piece(part, chunk)

    def _split_text(self) -> None:
        """Let the next piece of text begin a block, where the style says so."""
        if self._open is not None and self._open.kind == "text":
            if says_yes(self._style.new_blocks, self._texts):
                self._parts.split()
            self._texts += 1

    def _begin_block(self, part: Part, chunk: Chunk) -> bytes:
        self._open = part
        self._index += self._gap
        self._gap = 2 if says_yes(self._style.gaps, part.place) else 1
        if self._waits(part):
            return b""
        block = self._empty_block(part)
        if part.kind in {"text", "refusal"} and says_yes(self._style.text_in_start, part.place):
            block["text"] = part.text
            cited = part.citations
            body = self._start(block)
            return body + self._piece(part, chunk) if cited else body
        body = self._start(block)
        if part.kind == "call" and self._style.empty_delta:
            body += self._delta("input_json_delta", partial_json="")
        empty = not part.text and part.signature is None and not part.citations
        return body if empty else body + self._piece(part, chunk)

    def _start(self, block: JsonObject) -> bytes:
        body = self._event("content_block_start", index=self._index, content_block=block)
        if self._style.ping and self._open is self._parts.all[0]:
            body += self._event("ping")
        return body

    def _empty_block(self, part: Part) -> JsonObject:
        match part.kind:
            case "reasoning" if part.redacted is None:
                return {"type": "thinking", "thinking": "", "signature": ""}
            case "call":
                return _block(part) | {"input": {}}
            case "reasoning":
                return _block(part)  # it comes whole
            case _:
                return {"type": "text", "text": ""}

    def _waits(self, part: Part) -> bool:
        """Whether a call is written when it is whole."""
        return part.kind == "call" and says_yes(self._style.input_in_start, part.place)

    def _piece(self, part: Part, chunk: Chunk) -> bytes:
        match part.kind:
            case "text" if isinstance(chunk, OtherChunk):
                return self._delta("citations_delta", citation=chunk.value)
            case "text" | "refusal":
                return self._delta("text_delta", text=part.pieces[-1])
            case "call":
                if self._waits(part):
                    return b""
                return self._delta("input_json_delta", partial_json=part.pieces[-1])
            case "reasoning" if part.redacted is None:
                return self._thought(chunk)
            case _:
                return b""

    def _thought(self, chunk: Chunk) -> bytes:
        assert isinstance(chunk, ReasoningChunk)
        body = b""
        if chunk.text or chunk.signature is None:
            body = self._delta("thinking_delta", thinking=chunk.text)
        if chunk.signature is not None:
            body += self._delta("signature_delta", signature=chunk.signature)
        return body

    def _close(self) -> bytes:
        part, self._open = self._open, None
        if part is None:
            return b""
        body = b""
        if self._waits(part):
            self._open = part
            body = self._start(_block(part))
            self._open = None
        return body + self._event("content_block_stop", index=self._index)

    def end(self) -> bytes:
        """The end of the last block, the reason with the usage, and the end mark."""
        body = self._close()
        usage = self.usage or Usage()
        if self._style.running_total:
            so_far = {"output_tokens": usage.output_tokens or 0}
            body += self._event("message_delta", delta={"stop_reason": None}, usage=so_far)
        report = _report(usage)
        if self._style.usage_at_end != "all":
            kept = {"output_tokens", "output_tokens_details"}
            if self._style.usage_at_end == "input too":
                kept.add("input_tokens")
            report = {name: value for name, value in report.items() if name in kept}
        body += self._event("message_delta", delta=self._stop(), usage=report)
        return body + self._event("message_stop")

    def fail(self, message: str, *, status: int = 529) -> bytes:
        """An event with the error document."""
        return self.framing.event(anthropic_error(status, message, self.head.request_id), "error")

    def whole(self, chunks: Iterable[Chunk]) -> JsonObject:
        """The message with its content."""
        seen = list(chunks)
        self.usage = self.usage or Usage()
        for chunk in seen:
            if isinstance(chunk, UsageChunk | FinishChunk):
                self.feed(chunk)
        content = [_block(part) for part in parts_of(seen)]
        report = _report(self.usage)
        return {**self._message, "content": content, **self._stop(), "usage": report}

    def _stop(self) -> JsonObject:
        sequence = self.finish.metadata.get("stop_sequence")
        return {"stop_reason": self.reason, "stop_sequence": sequence}

    def _delta(self, kind: str, **fields: Any) -> bytes:
        return self.framing.event(
            {
                "type": "content_block_delta",
                "index": self._index,
                "delta": {"type": kind, **fields},
            },
            "content_block_delta",
        )

    def _event(self, kind: str, **fields: Any) -> bytes:
        return self.framing.event({"type": kind, **fields}, kind)


def _block(part: Part) -> JsonObject:
    """A whole block."""
    match part.kind:
        case "reasoning" if part.redacted is not None:
            return {"type": "redacted_thinking", "data": part.redacted}
        case "reasoning":
            return {"type": "thinking", "thinking": part.text, "signature": part.signature or ""}
        case "call":
            call = {"id": part.id or f"toolu_{part.number}", "name": part.name}
            return {"type": "tool_use", **call, "input": part.arguments or {}}
        case _:
            cited = {"citations": part.citations} if part.citations else {}
            return {"type": "text", "text": part.text, **cited}


def _report(usage: Usage) -> JsonObject:
    report: JsonObject = {"input_tokens": usage.input_tokens or 0}
    report |= told(
        cache_creation_input_tokens=usage.cache_write_tokens,
        cache_read_input_tokens=usage.cached_tokens,
    )
    report["output_tokens"] = usage.output_tokens or 0
    if usage.reasoning_tokens is not None:
        report["output_tokens_details"] = {"thinking_tokens": usage.reasoning_tokens}
    return report
