"""Anthropic messages.

Facts: ``POST /v1/messages`` and its streaming events (docs.claude.com, "Streaming messages").  The
type stands in the data as well as in the ``event:`` line, and gateways drop the line, so the data
decides.  ``message_stop`` is the end mark; usage in ``message_delta`` is a running total.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

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
from .._errors import LionprideError, ProviderError
from .._text import Secret, Token
from ._anthropic_request import write_request
from ._faults import provider_error
from ._parsing import BaseParser, members, text, usage
from ._protocol import ChunkParser, HTTPRequest, ModelCall

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


class Anthropic:
    """``POST {base}/v1/messages``."""

    name = "anthropic"
    endpoint = "messages"
    framing: Literal["sse", "ndjson"] = "sse"
    base_url: str | None = "https://api.anthropic.com"
    base_url_variables: Sequence[str] = ("ANTHROPIC_BASE_URL",)
    key_variables: Sequence[str] = ("ANTHROPIC_API_KEY",)
    token_variables: Sequence[str] = ("ANTHROPIC_AUTH_TOKEN",)
    key_required = True
    host: str | None = None

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request.

        System messages become ``system``; parts, tools, tool calls and tool results in OpenAI's
        form become Anthropic's, and so do ``stop``, ``tool_choice`` and ``response_format``.  ``anthropic_version`` and
        ``anthropic_beta`` go into the headers.
        """
        return write_request(call)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """Anthropic's own header; a token of ``ANTHROPIC_AUTH_TOKEN`` is a bearer's."""
        if isinstance(key, Token):
            return {"authorization": f"Bearer {key.reveal()}"}
        return {"x-api-key": key.reveal()}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return MessagesParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A message: read as the stream of its blocks."""
        parser = MessagesParser()
        if value.get("type") == "error":
            return parser.feed("", value), parser.failure
        chunks = parser.feed("", {"type": "message_start", "message": value})
        for index, block in enumerate(value.get("content") or ()):
            chunks += parser.feed(
                "", {"type": "content_block_start", "index": index, "content_block": block}
            )
        end = {"stop_reason": value.get("stop_reason"), "stop_sequence": value.get("stop_sequence")}
        chunks += parser.feed(
            "", {"type": "message_delta", "delta": end, "usage": value.get("usage")}
        )
        return chunks, parser.failure

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that an error document reports."""
        return provider_error(value, status=status, headers=headers)


class MessagesParser(BaseParser):
    """Message events to chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._slots: dict[int, int] = {}
        self._thoughts: dict[int, int] = {}

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one event."""
        kind = value.get("type") or event
        match kind:
            case "content_block_delta":
                return [self._delta(value["index"], members(value["delta"]), value)]
            case "content_block_start":
                return self._block(value["index"], members(value["content_block"]), value)
            case "message_start":
                message = members(value["message"])
                self._identify(id=message.get("id"), model=message.get("model"))
                report = message.get("usage")
                return [self._usage(report, value)] if report else [self._other(kind, value, value)]
            case "message_delta":
                return self._message_delta(value)
            case "message_stop":
                self.ended = self.whole = True
                return []
            case "ping":
                return []
            case "error":
                self.failure = provider_error(value)
                return []
            case _:
                return [self._other(text(kind, "type"), value, value)]

    def _delta(self, index: int, delta: Any, raw: Any) -> Chunk:
        match delta.get("type"):
            case "text_delta":
                return text_chunk(text(delta["text"], "text"), self._metadata, raw)
            case "input_json_delta" if index in self._slots:
                return self._call(index, raw, arguments=text(delta["partial_json"], "partial_json"))
            case "thinking_delta":
                return self._thought(index, raw, text=text(delta["thinking"], "thinking"))
            case "signature_delta":
                return self._thought(index, raw, signature=text(delta["signature"], "signature"))
            case "citations_delta":
                return self._other("citation", delta.get("citation"), raw)
            case kind:
                return self._other(text(kind, "delta type"), delta, raw)

    def _block(self, index: int, block: Any, raw: Any) -> list[Chunk]:
        match block.get("type"):
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
                given = block.get("input")
                self._slots[index] = len(self._slots)
                return [
                    self._call(
                        index,
                        raw,
                        id=block.get("id"),
                        name=block.get("name"),
                        arguments=json.dumps(given, ensure_ascii=False) if given else "",
                    )
                ]
            case kind:
                return [self._other(text(kind, "block type"), block, raw)]

    def _message_delta(self, value: Any) -> list[Chunk]:
        chunks: list[Chunk] = []
        if value.get("usage"):
            chunks.append(self._usage(value["usage"], value))
        delta = members(value["delta"])
        reason = delta.get("stop_reason")
        if reason:
            facts = {name: found for name, found in delta.items() if found is not None}
            chunks.append(
                FinishChunk(
                    verdict=VERDICTS.get(reason, Verdict.UNKNOWN),
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
            ),
            metadata=self._with(usage=report),
            raw_response=raw,
        )

    def _thought(self, index: int, raw: Any, **parts: Any) -> ReasoningChunk:
        block = self._thoughts.setdefault(index, len(self._thoughts))
        return ReasoningChunk(block=block, metadata=self._metadata, raw_response=raw, **parts)

    def _call(self, index: int, raw: Any, **parts: Any) -> ToolCallChunk:
        return ToolCallChunk(
            slot=self._slots[index], metadata=self._metadata, raw_response=raw, **parts
        )

    def _other(self, kind: str, value: Any, raw: Any) -> OtherChunk:
        return OtherChunk(kind=kind, value=value, metadata=self._metadata, raw_response=raw)
