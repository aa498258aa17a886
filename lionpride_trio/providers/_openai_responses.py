"""OpenAI Responses.

Facts: the reference of ``POST /responses`` and its streaming events (platform.openai.com).  The type
stands in the data, and some servers send no ``event:`` line, so the data decides.  The terminal
event repeats the whole answer; what the deltas have told is not told again.
"""

from __future__ import annotations

from typing import Any, Final

from .._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    UsageChunk,
    Verdict,
    text_chunk,
)
from .._errors import LionprideError
from ._faults import provider_error
from ._openai_chat import OpenAIChat
from ._openai_responses_request import write_request
from ._parsing import BaseParser, members, text, usage
from ._protocol import ChunkParser, HTTPRequest, ModelCall

_INCOMPLETE: Final = {
    "max_output_tokens": Verdict.LENGTH,
    "content_filter": Verdict.BLOCKED,
}
_CALLS: Final = {"function_call": "arguments", "custom_tool_call": "input"}


class OpenAIResponses(OpenAIChat):
    """``POST {base}/responses``."""

    endpoint = "responses"

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request; ``max_tokens`` is taken as ``max_output_tokens``."""
        return write_request(call, self.name)

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return ResponsesParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A response object: read as a stream of its items, and then its terminal event."""
        parser = ResponsesParser()
        chunks: list[Chunk] = []
        for place, item in enumerate(value.get("output") or ()):
            chunks += parser.feed(
                "", {"type": "response.output_item.done", "output_index": place, "item": item}
            )
        kind = "response." + text(value.get("status"), "status")
        chunks += parser.feed("", {"type": kind, "response": value})
        return chunks, parser.failure


class ResponsesParser(BaseParser):
    """Response events to chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._slots: dict[int, int] = {}
        self._told: set[tuple[str, int]] = set()
        self._refused = False
        self._thoughts: dict[int, int] = {}

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one event."""
        if value == "[DONE]":
            return []
        kind = text(value.get("type"), "type") or event
        place = value.get("output_index") or 0
        chunks: list[Chunk] = []
        match kind:
            case "response.output_text.delta":
                self._told.add(("text", place))
                chunks.append(self._text(text(value["delta"], "delta"), value))
            case "response.refusal.delta":
                self._told.add(("text", place))
                chunks.append(self._refusal(text(value["delta"], "delta"), value))
            case "response.output_text.annotation.added":
                self._told.add(("citation", place))
                chunks.append(self._other("citation", value.get("annotation"), value))
            case "response.reasoning_text.delta" | "response.reasoning_summary_text.delta":
                self._told.add(("reasoning", place))
                chunks.append(self._thought(place, value, text=text(value["delta"], "delta")))
            case "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta":
                self._told.add(("arguments", place))
                chunks.append(self._call(place, {}, text(value["delta"], "delta"), value))
            case "response.output_item.added":
                item = members(value["item"])
                if item.get("type") in _CALLS:
                    chunks.append(self._call(place, item, "", value))
            case "response.output_item.done":
                self._item(place, members(value["item"]), value, chunks)
            case "response.created" | "response.in_progress" | "response.queued":
                response = members(value["response"])
                self._identify(id=response.get("id"), model=response.get("model"))
            case (
                "response.completed"
                | "response.incomplete"
                | "response.failed"
                | "response.cancelled"
            ):
                self._end(kind, members(value["response"]), value, chunks)
            case "error":
                self.failure = provider_error(value)
            case _:
                if event == "error":
                    self.failure = provider_error(value)
        if not chunks and self.failure is None:
            chunks.append(self._other(kind, value, value))
        return chunks

    def _item(self, place: int, item: Any, raw: Any, chunks: list[Chunk]) -> None:
        """A whole item: only what its deltas have not told."""
        kind = item.get("type")
        if kind == "message" and ("text", place) not in self._told:
            for part in item.get("content") or ():
                if part.get("type") == "refusal":
                    chunks.append(self._refusal(text(part.get("refusal"), "refusal"), raw))
                else:
                    chunks.append(self._text(text(part.get("text"), "text"), raw))
        if kind == "message" and ("citation", place) not in self._told:
            for part in item.get("content") or ():
                chunks += [
                    self._other("citation", each, raw) for each in part.get("annotations") or ()
                ]
        if kind in _CALLS:
            whole = text(item.get(_CALLS[kind]), _CALLS[kind])
            told = ("arguments", place) in self._told
            if place not in self._slots or not told:
                chunks.append(self._call(place, item, "" if told else whole, raw))
        if kind == "reasoning":
            parts = [*(item.get("summary") or ()), *(item.get("content") or ())]
            whole = "" if ("reasoning", place) in self._told else "".join(p["text"] for p in parts)
            sealed = item.get("encrypted_content")
            if whole or sealed:
                chunks.append(self._thought(place, raw, text=whole, redacted=sealed))

    def _end(self, kind: str, response: Any, raw: Any, chunks: list[Chunk]) -> None:
        self._identify(id=response.get("id"), model=response.get("model"))
        status = kind.removeprefix("response.")
        report = response.get("usage")
        if report:
            chunks.append(
                UsageChunk(
                    usage=usage(
                        report,
                        input_tokens="input_tokens",
                        output_tokens="output_tokens",
                        reasoning=("output_tokens_details", "reasoning_tokens"),
                        cached=("input_tokens_details", "cached_tokens"),
                    ),
                    metadata=self._with(usage=report),
                    raw_response=raw,
                )
            )
        if status in {"failed", "cancelled"}:
            self.failure = provider_error(response.get("error") or f"the response was {status}")
        verdict, reason = Verdict.COMPLETE, status
        if self.failure is not None:
            verdict = Verdict.UNKNOWN
        elif status == "incomplete":
            details: dict[str, Any] = response.get("incomplete_details") or {}
            verdict = _INCOMPLETE.get(str(details.get("reason")), Verdict.UNKNOWN)
        elif self._slots:
            verdict = Verdict.TOOL_USE
        elif self._refused:
            verdict = Verdict.REFUSED
        facts = {"finish_reason": reason, "incomplete_details": response.get("incomplete_details")}
        chunks.append(
            FinishChunk(
                verdict=verdict, reason=reason, metadata=self._with(**facts), raw_response=raw
            )
        )
        self.ended = self.whole = True

    def _text(self, piece: str, raw: Any) -> TextChunk:
        return text_chunk(piece, self._metadata, raw)

    def _refusal(self, piece: str, raw: Any) -> OtherChunk:
        self._refused = True
        return self._other("refusal", piece, raw)

    def _thought(self, place: int, raw: Any, **parts: Any) -> ReasoningChunk:
        block = self._thoughts.setdefault(place, len(self._thoughts))
        return ReasoningChunk(block=block, metadata=self._metadata, raw_response=raw, **parts)

    def _call(self, place: int, item: Any, arguments: str, raw: Any) -> ToolCallChunk:
        return ToolCallChunk(
            slot=self._slots.setdefault(place, len(self._slots)),
            id=item.get("call_id") or item.get("id"),
            name=item.get("name"),
            arguments=arguments,
            metadata=self._metadata,
            raw_response=raw,
        )

    def _other(self, kind: str, value: Any, raw: Any) -> OtherChunk:
        return OtherChunk(kind=kind, value=value, metadata=self._metadata, raw_response=raw)
