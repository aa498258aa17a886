"""Chat completions, as OpenAI, Groq, OpenRouter and compatible servers write them.

Facts: the reference of the stream object (platform.openai.com) and recorded streams.  Groq tells the
usage beside the finish reason, twice; OpenRouter begins with comments, and tells the usage beside an
empty piece; OpenAI pads its events, so that their sizes say little about their text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import starmap
from typing import Any, Final

import attrs

from ..._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    PartChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    Usage,
    Verdict,
)
from ..._media import MediaPart
from ..._parts import ToolCall
from ..._response import Response, reassemble
from ._abilities import Abilities
from ._chat_errors import Dialect, chat_error
from ._chat_media import media_delta
from ._encoder import Encoder, Head, told, total_of
from ._framing import Framing, JsonObject
from ._style import Style

_ENDINGS: Final[Mapping[Verdict, list[str]]] = {
    Verdict.COMPLETE: ["stop"],
    Verdict.TOOL_USE: ["tool_calls"],
    Verdict.LENGTH: ["length"],
    Verdict.BLOCKED: ["content_filter"],
    Verdict.UNKNOWN: ["a_new_reason"],
}
_COUNTS: Final = ("input_tokens", "output_tokens", "total_tokens")
_MORE_COUNTS: Final = ("reasoning_tokens", "cached_tokens", "cache_write_tokens")
CHAT_ABILITIES: Final[Mapping[Dialect, Abilities]] = {
    "openai": Abilities(
        endings={**_ENDINGS, Verdict.REFUSED: ["stop"]},
        refusals=True,
        citations=True,
        media=("audio",),
        alternatives=True,
        counts=_COUNTS,
        more_counts=_MORE_COUNTS,
    ),
    "groq": Abilities(endings=_ENDINGS, reasoning="one", counts=_COUNTS, more_counts=_MORE_COUNTS),
    "openrouter": Abilities(
        endings=_ENDINGS,
        reasoning="one",
        citations=True,
        media=("image",),
        counts=_COUNTS,
        more_counts=_MORE_COUNTS,
    ),
    "compatible": Abilities(
        endings=_ENDINGS,
        reasoning="one",
        media=("image", "audio"),
        alternatives=True,
        counts=_COUNTS,
    ),
}


@attrs.frozen(kw_only=True)
class ChatStyle(Style):
    """The habits in which servers of chat completions differ."""

    role_first: bool = True
    """An event with the role, and an empty piece, comes before all others."""
    tells_usage: bool = True
    """The usage is told at the end, as ``stream_options`` asks for it."""
    usage_twice: bool = False
    """Its event comes twice."""
    running_usage: bool = False
    """Each event tells the usage so far."""
    null_usage: bool = False
    """Each event that tells no usage says so, as OpenAI's do where the usage was asked for."""
    padding: bool = False
    """Events are padded to hide their sizes."""


class ChatEncoder(Encoder):
    """Writes a chat completion."""

    def __init__(
        self, head: Head, style: ChatStyle | None = None, *, dialect: Dialect = "openai"
    ) -> None:
        style = style or ChatStyle()
        super().__init__(head, Framing(style))
        self.abilities = CHAT_ABILITIES[dialect]
        self._style = style
        self._dialect: Dialect = dialect
        self._begun_calls: set[tuple[int, int]] = set()
        self._told_end = False
        self._facts: JsonObject = {
            "id": head.id,
            "object": "chat.completion.chunk",
            "created": int(head.clock()),
            "model": head.model,
        }
        if style.extras and dialect == "openai":
            self._facts |= {"service_tier": "default", "system_fingerprint": "fp_local"}
        if style.extras and dialect == "openrouter":
            self._facts["provider"] = "Local"
        compatible = dialect in {"openai", "compatible"}
        self._has_refusals = compatible
        self._thought_name = "reasoning_content" if compatible else "reasoning"

    def begin(self, usage: Usage | None = None) -> bytes:
        """The event with the role."""
        self.usage = usage
        if not self._style.role_first:
            return b""
        first: JsonObject = {"role": "assistant", "content": ""}
        if not self._style.extras:
            return self._delta(first)
        match self._dialect:
            case "openai":
                return self._delta(first | {"refusal": None})
            case "groq":
                return self._delta(first, x_groq={"id": self.head.request_id, "seed": 1})
            case "openrouter":
                return self.framing.raw(": OPENROUTER PROCESSING\n\n" * 2) + self._delta(first)
            case _:
                return self._delta(first)

    def write(self, chunk: Chunk) -> bytes:
        match chunk:
            case TextChunk():  # nearly all
                return self._delta({"content": chunk.data}, chunk.index)
            case ReasoningChunk():
                return self._delta(self._thought(chunk.text), chunk.index)
            case ToolCallChunk():
                return self._delta({"tool_calls": [self._call_piece(chunk)]}, chunk.index)
            case OtherChunk(kind="refusal"):
                name = "refusal" if self._has_refusals else "content"
                return self._delta({name: chunk.value}, chunk.index)
            case OtherChunk(kind="citation"):
                return self._delta({"annotations": [chunk.value]}, chunk.index)
            case PartChunk(part=MediaPart() as medium):
                media = media_delta([medium], self.abilities)
                return self._delta(media, chunk.index) if media else b""
            case _:
                return b""

    def _call_piece(self, chunk: ToolCallChunk) -> JsonObject:
        place = (chunk.index, chunk.slot)
        piece: JsonObject = {"index": chunk.slot}
        function: JsonObject = {"arguments": chunk.arguments}
        if place not in self._begun_calls:
            self._begun_calls.add(place)
            piece |= {"id": chunk.id or f"call_{chunk.slot}", "type": "function"}
            function = {"name": chunk.name or "", **function}
        elif chunk.name:
            function = {"name": chunk.name, **function}
        return piece | {"function": function}

    def _finished(self, chunk: FinishChunk) -> bytes:
        if chunk.index:
            return self._delta({}, chunk.index, finish=self.abilities.word_for(chunk))
        # Groq tells the usage beside the reason, and it may not be known yet.
        return b"" if self._dialect == "groq" else self._tell_end()

    def _tell_end(self, **more: Any) -> bytes:
        self._told_end = True
        empty = {"content": ""} if self._dialect == "openrouter" and self._style.extras else {}
        return self._delta(empty, finish=self.reason, **more)

    def end(self) -> bytes:
        """The end, if it was not told, the usage, and the end mark."""
        usage = self.usage if self._style.tells_usage else None
        report = None if usage is None else self._report(usage)
        body = b""
        if self._dialect == "groq":
            again = {"id": self.head.request_id, "usage": report}
            body = self._tell_end(x_groq=again, usage=report) if report else self._tell_end()
        else:
            if not self._told_end:
                body = self._tell_end()
            if report:
                body += self._usage_event(report) * (2 if self._style.usage_twice else 1)
        return body + self.framing.event("[DONE]")

    def _usage_event(self, report: JsonObject) -> bytes:
        if self._dialect == "openrouter" and self._style.extras:
            return self._delta({"content": ""}, usage=report)
        return self.framing.event({**self._facts, "choices": [], "usage": report})

    def fail(self, message: str, *, status: int = 500) -> bytes:
        """An event with the error document; OpenRouter's stands beside a choice."""
        document = chat_error(status, message, self._dialect)
        match self._dialect:
            case "groq":
                document["error"] |= {"code": "internal_server_error", "status_code": status}
                return self.framing.event(document, "error")
            case "openrouter":
                return self._delta({"content": ""}, finish="error", **document)
            case _:
                return self.framing.event(document)

    def whole(self, chunks: Iterable[Chunk]) -> JsonObject:
        """A ``chat.completion``."""
        seen = list(chunks)
        for chunk in seen:
            if isinstance(chunk, FinishChunk) and chunk.index == 0:
                self.finish = chunk
        response = reassemble(seen)
        whole: JsonObject = {
            **self._facts,
            "object": "chat.completion",
            "choices": [self._choice(response, index) for index in range(len(response.texts))],
        }
        if response.usage is not None:
            whole["usage"] = self._report(response.usage)
        if self._dialect == "groq" and self._style.extras:
            whole["x_groq"] = {"id": self.head.request_id, "seed": 1}
        return whole

    def _choice(self, response: Response, index: int) -> JsonObject:
        first = index == 0
        said, refusal = response.texts[index], response.refusal if first else ""
        if not self._has_refusals:
            said += refusal
        message: JsonObject = {"role": "assistant", "content": said or None}
        if self._has_refusals:
            message["refusal"] = refusal or None
        if first and response.reasoning:
            message |= self._thought(response.reasoning)
        calls = [response.tool_calls, *response.other_tool_calls][index : index + 1]
        if calls and calls[0]:
            message["tool_calls"] = list(starmap(_whole_call, enumerate(calls[0])))
        if first and response.citations:
            message["annotations"] = list(response.citations)
        if first:
            media = [part for part in response.parts if isinstance(part, MediaPart)]
            message |= media_delta(media, self.abilities)
        end = self.finish if first else FinishChunk(verdict=response.verdicts[index])
        choice: JsonObject = {"index": index, "message": message}
        if self._style.extras:
            choice["logprobs"] = None
        return choice | {"finish_reason": self.abilities.word_for(end)}

    def _thought(self, text: str) -> JsonObject:
        thought: JsonObject = {self._thought_name: text}
        if self._dialect == "openrouter" and self._style.extras:
            detail = {"type": "reasoning.text", "text": text, "format": "unknown", "index": 0}
            thought["reasoning_details"] = [detail]
        return thought

    def _delta(
        self, delta: JsonObject, index: int = 0, *, finish: str | None = None, **more: Any
    ) -> bytes:
        style = self._style
        choice: JsonObject = {"index": index, "delta": delta}
        if style.extras:
            choice["logprobs"] = None
        choice["finish_reason"] = finish
        if style.extras and self._dialect == "openrouter":
            choice["native_finish_reason"] = finish
        chunk = {**self._facts, "choices": [choice], **more}
        if "usage" not in more:
            if style.running_usage and self.usage is not None:
                chunk["usage"] = _counts(self.usage)
            elif style.null_usage:
                chunk["usage"] = None
        if style.padding:
            chunk["obfuscation"] = "lionpride"[: 1 + len(str(delta)) % 9]
        return self.framing.event(chunk)

    def _report(self, usage: Usage) -> JsonObject:
        """The usage at the end, with the fields that must be there."""
        total = total_of(usage)
        required: JsonObject = {
            "prompt_tokens": 0,
            "completion_tokens": 0,
            "total_tokens": total or 0,
        }
        report = required | _counts(usage)
        if self._style.extras and self._dialect == "groq":
            seconds = (usage.output_tokens or 0) / 1000
            report |= {"queue_time": 0.0, "prompt_time": 0.0}
            report |= {"completion_time": seconds, "total_time": seconds}
        if self._style.extras and self._dialect == "openrouter":
            report["cost"] = 0
        return report


def _counts(usage: Usage) -> JsonObject:
    """The counts that *usage* tells."""
    report = told(
        prompt_tokens=usage.input_tokens,
        completion_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
    )
    cache = told(cached_tokens=usage.cached_tokens, cache_write_tokens=usage.cache_write_tokens)
    if cache:
        report["prompt_tokens_details"] = cache
    if usage.reasoning_tokens is not None:
        report["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    return report


def _whole_call(slot: int, call: ToolCall) -> JsonObject:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id or f"call_{slot}", "type": "function", "function": function}
