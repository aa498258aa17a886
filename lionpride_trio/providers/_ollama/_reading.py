"""Answers of Ollama: the lines of ``/api/chat`` (and of ``/api/generate``) to chunks.

Facts: docs.ollama.com/api and /api/errors.  The line with ``done: true`` is the end mark; an error in
the stream is a line of its own without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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
from ..._parts import Native
from .._ends import reason_of, verdict_after_calls, verdict_of
from .._faults import provider_error
from .._parsing import (
    DONE,
    BaseParser,
    Name,
    arguments_text,
    fields,
    tells_of_failure,
    text,
    usage,
)
from ._request import WIRE

_TOKENS: Final[Mapping[str, list[Name]]] = {
    "input_tokens": ["prompt_eval_count"],
    "output_tokens": ["eval_count"],
}


NATIVE: Final = Native(WIRE)
_MESSAGE: Final = frozenset(["content", "role", "thinking", "tool_calls"])


class OllamaParser(BaseParser):
    """Lines to chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._calls = 0
        self._told: set[tuple[Any, Any, str]] = set()
        """Calls that were told, by id, name and arguments: some servers repeat them in the last line."""

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one line."""
        if value == DONE:
            return []
        if tells_of_failure(value):
            self.failure = provider_error(value)
            return []
        self._identify(model=value.get("model"))
        chunks: list[Chunk] = []
        message: dict[str, Any] = value.get("message") or {}
        thought = message.get("thinking") or value.get("thinking")
        if thought:
            chunks.append(
                ReasoningChunk(
                    text=text(thought, "thinking"),
                    native=NATIVE,
                    metadata=self._metadata,
                    raw_response=value,
                )
            )
        content = message.get("content") or value.get("response")
        if content:
            chunks.append(
                TextChunk(text(content, "content"), metadata=self._metadata, raw_response=value)
            )
        calls: Any = message.get("tool_calls") or ()
        for call in [calls] if calls.__class__ is dict else calls:
            if call:
                self._call(call, value, chunks)
        if not chunks:
            for name, told in message.items():
                if told and name not in _MESSAGE:  # images of models that draw
                    chunks.append(self._other(name, told, value))
        if value.get("done"):
            self._finish(value, chunks)
        elif "done" not in value and not chunks:
            chunks.append(self._other("", value, value))
        return chunks or [self._other("empty", None, value)]

    def _call(self, call: Any, raw: Any, chunks: list[Chunk]) -> None:
        function = fields(fields(call).get("function")) or fields(call)
        call_id, name = fields(call).get("id"), function.get("name")
        if not name:
            chunks.append(self._other("tool_call", call, raw))
            return
        arguments = arguments_text(function.get("arguments"))
        if (call_id, name, arguments) in self._told:
            return
        if call_id:
            self._told.add((call_id, name, arguments))
        chunks.append(
            ToolCallChunk(
                slot=self._calls,
                id=call_id,
                name=name,
                arguments=arguments,
                last=True,
                native=NATIVE,
                # The one thing that tells two answers apart, so that their calls have other ids.
                metadata=self._with(created_at=raw.get("created_at")),
                raw_response=raw,
            )
        )
        self._calls += 1

    def _other(self, kind: str, value: Any, raw: Any) -> OtherChunk:
        return OtherChunk(kind=kind, value=value, metadata=self._metadata, raw_response=raw)

    def _finish(self, value: Any, chunks: list[Chunk]) -> None:
        self.ended = self.whole = True
        counts = {
            name: found for name, found in value.items() if name.endswith(("_count", "_duration"))
        }
        if counts:
            chunks.append(
                UsageChunk(
                    usage=usage(counts, _TOKENS),
                    metadata=self._with(usage=counts),
                    raw_response=value,
                )
            )
        reason = reason_of(value.get("done_reason"), "done_reason")
        verdict = Verdict.COMPLETE if reason is None else verdict_of(reason)
        if self._calls:
            verdict = verdict_after_calls(verdict)
        chunks.append(
            FinishChunk(
                verdict=verdict,
                reason=reason,
                metadata=self._with(finish_reason=reason),
                raw_response=value,
            )
        )
