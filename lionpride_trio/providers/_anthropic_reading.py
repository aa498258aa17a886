"""The events of an Anthropic message as chunks.

Facts: the streaming events of ``POST /v1/messages`` (docs.claude.com, "Streaming messages").  The
type stands in the data as well as in the ``event:`` line, and gateways drop the line, so the data
decides.  ``message_stop`` is the end mark; usage in ``message_delta`` is a running total.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from .._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    ToolCallChunk,
    UsageChunk,
    Verdict,
    text_chunk,
)
from .._errors import LionprideError
from ._faults import provider_error
from ._parsing import (
    DONE,
    BaseParser,
    arguments_text,
    fields,
    members,
    tells_of_failure,
    text,
    usage,
    verdict_after_calls,
)

VERDICTS: Final[Mapping[str, Verdict]] = {
    "end_turn": Verdict.COMPLETE,
    "stop_sequence": Verdict.COMPLETE,
    "max_tokens": Verdict.LENGTH,
    "model_context_window_exceeded": Verdict.LENGTH,
    "tool_use": Verdict.TOOL_USE,
    "refusal": Verdict.REFUSED,
    "pause_turn": Verdict.PAUSED,
    "compaction": Verdict.PAUSED,
}


def chunks_of_message(value: Any) -> tuple[list[Chunk], LionprideError | None]:
    """A whole message, read as the stream of its blocks; and the failure that it reports, if any."""
    parser = MessagesParser()
    if value.get("type") == "error" or tells_of_failure(value):
        return parser.feed("error", value), parser.failure
    content = value.get("content") or ()
    blocks: Any = [{"type": "text", "text": content}] if content.__class__ is str else content
    end = {"stop_reason": value.get("stop_reason"), "stop_sequence": value.get("stop_sequence")}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": value},
        *(
            {"type": "content_block_start", "index": index, "content_block": block}
            for index, block in enumerate(blocks)
        ),
        {"type": "message_delta", "delta": end, "usage": value.get("usage")},
        {"type": "message_stop"},
    ]
    return [chunk for event in events for chunk in parser.feed("", event)], parser.failure


@attrs.define
class _Call:
    """The client's tool call that is open on an index."""

    slot: int
    given: str
    """The input of the block's start, told when the block ends without any in its deltas."""


class MessagesParser(BaseParser):
    """Message events to chunks.

    Invariant: an index has at most one open block, a call or a thought, which the next start on it
    closes.  Gateways give every block the same index, and forget the stops between them; a delta
    that ran into the block before would mix the inputs of two calls.
    """

    def __init__(self) -> None:
        super().__init__()
        self._open_calls: dict[Any, _Call] = {}
        self._calls = 0
        self._open_thoughts: dict[Any, int] = {}
        self._thoughts = 0
        self._finished = False

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one event."""
        if value == DONE:
            return []
        kind = value.get("type") or event
        match kind:
            case "content_block_delta":
                delta = members(value["delta"])
                if delta.get("type") == "text_delta":  # nearly all events
                    return [text_chunk(text(delta["text"], "text"), self._metadata, value)]
                return [self._delta(value.get("index"), delta, value)]
            case "content_block_start":
                index = value.get("index")
                closed = self._close(index, value)
                return [*closed, *self._block(index, members(value["content_block"]), value)]
            case "content_block_stop":
                closed = self._close(value.get("index"), value)
                return [*closed, self._other(kind, value, value)]
            case "message_start":
                message = members(value["message"])
                self._identify(id=message.get("id"), model=message.get("model"))
                report = message.get("usage")
                return [self._usage(report, value)] if report else [self._other(kind, value, value)]
            case "message_delta":
                return self._message_delta(value)
            case "message_stop":
                self.ended = self.whole = True
                chunks = self._close_all(value)
                if self._calls and not self._finished:
                    chunks.append(FinishChunk(verdict=Verdict.TOOL_USE, raw_response=value))
                return chunks
            case "ping":
                return []
            case _:
                if "error" in {kind, event} or tells_of_failure(value):
                    self.failure = provider_error(value)
                    return []
                return [self._other(text(kind, "type"), value, value)]

    @property
    def late(self) -> list[Chunk]:
        """What is still to be told when the body ends early."""
        return [*self._close_all(None), *super().late]

    def _delta(self, index: Any, delta: Any, raw: Any) -> Chunk:
        match delta.get("type"):
            case "input_json_delta" if index in self._open_calls:
                call = self._open_calls[index]
                piece = arguments_text(delta["partial_json"])
                call.given = "" if piece else call.given
                return self._call(call, raw, arguments=piece)
            case "thinking_delta":
                return self._thought(index, raw, text=text(delta["thinking"], "thinking"))
            case "signature_delta":
                return self._thought(index, raw, signature=text(delta["signature"], "signature"))
            case "citations_delta":
                return self._other("citation", delta.get("citation"), raw)
            case kind:
                return self._other(text(kind, "delta type"), delta, raw)

    def _block(self, index: Any, block: Any, raw: Any) -> list[Chunk]:
        match fields(block).get("type"):
            case "text":
                said = text_chunk(text(block.get("text"), "text"), self._metadata, raw)
                cited = [
                    self._other("citation", each, raw) for each in block.get("citations") or ()
                ]
                return [said, *cited]
            case "thinking":
                return [
                    self._thought(
                        index,
                        raw,
                        text=text(block.get("thinking"), "thinking"),
                        signature=block.get("signature") or None,
                    )
                ]
            case "redacted_thinking":
                return [self._thought(index, raw, redacted=text(block.get("data"), "data"))]
            case "tool_use":
                call = _Call(self._calls, arguments_text(block.get("input")))
                self._calls += 1
                self._open_calls[index] = call
                return [self._call(call, raw, id=block.get("id"), name=block.get("name"))]
            case kind:
                return [self._other(text(kind, "block type") or "block", block, raw)]

    def _close(self, index: Any, raw: Any) -> list[Chunk]:
        """End the block that is open on *index*: the input that no delta has told."""
        self._open_thoughts.pop(index, None)
        call = self._open_calls.pop(index, None)
        return [self._call(call, raw, arguments=call.given)] if call and call.given else []

    def _close_all(self, raw: Any) -> list[Chunk]:
        return [chunk for index in [*self._open_calls] for chunk in self._close(index, raw)]

    def _message_delta(self, value: Any) -> list[Chunk]:
        chunks: list[Chunk] = []
        if value.get("usage"):
            chunks.append(self._usage(value["usage"], value))
        delta = members(value.get("delta"))
        reason = delta.get("stop_reason")
        if reason:
            chunks += self._close_all(value)
            self._finished = True
            facts = {name: found for name, found in delta.items() if found is not None}
            said = VERDICTS.get(reason, Verdict.UNKNOWN)
            chunks.append(
                FinishChunk(
                    verdict=verdict_after_calls(said) if self._calls else said,
                    reason=text(reason, "stop_reason"),
                    metadata=self._with(**facts),
                    raw_response=value,
                )
            )
        return chunks or [self._other("message_delta", delta, value)]

    def _usage(self, report: Any, raw: Any) -> UsageChunk:
        return UsageChunk(
            usage=usage(
                report,
                input_tokens="input_tokens",
                output_tokens="output_tokens",
                reasoning=("output_tokens_details", "thinking_tokens"),
                cached="cache_read_input_tokens",
                cache_write="cache_creation_input_tokens",
            ),
            metadata=self._with(usage=report),
            raw_response=raw,
        )

    def _thought(self, index: Any, raw: Any, **parts: Any) -> ReasoningChunk:
        block = self._open_thoughts.get(index)
        if block is None:
            block = self._open_thoughts[index] = self._thoughts
            self._thoughts += 1
        return ReasoningChunk(block=block, metadata=self._metadata, raw_response=raw, **parts)

    def _call(self, call: _Call, raw: Any, **parts: Any) -> ToolCallChunk:
        return ToolCallChunk(slot=call.slot, metadata=self._metadata, raw_response=raw, **parts)

    def _other(self, kind: str, value: Any, raw: Any) -> OtherChunk:
        return OtherChunk(kind=kind, value=value, metadata=self._metadata, raw_response=raw)
