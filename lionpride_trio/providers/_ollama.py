"""Ollama's native ``/api/chat`` (and streams of ``/api/generate``): newline-delimited JSON.

Facts: docs.ollama.com/api and /api/errors.  The line with ``done: true`` is the end mark; an error in
the stream is a line of its own without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from .._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    UsageChunk,
    Verdict,
)
from .._errors import LionprideError, ProviderError, StreamTruncated
from .._safe_text import Secret
from ._answer_options import ollama_answer
from ._ends import reason_of, verdict_after_calls, verdict_of
from ._faults import provider_error
from ._ollama_request import complete_address, write_request
from ._parsing import (
    DONE,
    BaseParser,
    Name,
    arguments_text,
    fields,
    tells_of_failure,
    text,
    usage,
)
from ._protocol import ChunkParser, HTTPRequest, ModelCall

_TOKENS: Final[Mapping[str, list[Name]]] = {
    "input_tokens": ["prompt_eval_count"],
    "output_tokens": ["eval_count"],
}


_MESSAGE: Final = frozenset(["content", "role", "thinking", "tool_calls"])


class Ollama:
    """``POST {base}/api/chat``."""

    name = "ollama"
    endpoint = "chat"
    framing: Literal["sse", "ndjson"] = "ndjson"
    base_url: str | None = "http://127.0.0.1:11434"
    base_url_variables: Sequence[str] = ("OLLAMA_HOST",)
    key_variables: Sequence[str] = ("OLLAMA_API_KEY",)
    key_required = False
    host: str | None = None
    answer_options = staticmethod(ollama_answer)

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request: options of the model go under ``options``, ``max_tokens`` as ``num_predict``."""
        return write_request(call)

    def complete_address(self, text: str) -> str:
        """The base URL that *text* means, read as Ollama reads ``OLLAMA_HOST``."""
        return complete_address(text)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """A bearer token, for a server behind a gate."""
        return {"authorization": f"Bearer {key.reveal()}"}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return OllamaParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A whole answer has the form of the last line."""
        parser = OllamaParser()
        chunks = parser.feed("", value)
        if value.get("done") is False and parser.failure is None:
            return chunks, StreamTruncated("the answer says that more of it was to come")
        return chunks, parser.failure

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that an error document reports."""
        return provider_error(value, status=status, headers=headers)


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
                    text=text(thought, "thinking"), metadata=self._metadata, raw_response=value
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
                metadata=self._metadata,
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
