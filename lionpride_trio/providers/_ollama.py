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
from .._errors import LionprideError, ProviderError
from .._text import Secret
from ._faults import provider_error
from ._ollama_request import complete_address, write_request
from ._parsing import (
    DONE,
    BaseParser,
    arguments_text,
    fields,
    tells_of_failure,
    text,
    usage,
    verdict_after_calls,
)
from ._protocol import ChunkParser, HTTPRequest, ModelCall

VERDICTS: Final = {"stop": Verdict.COMPLETE, "length": Verdict.LENGTH}


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
        return parser.feed("", value), parser.failure

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
        for call in message.get("tool_calls") or ():
            if not call:
                continue
            function = fields(fields(call).get("function"))
            if not function:
                chunks.append(self._other("tool_call", call, value))
                continue
            chunks.append(
                ToolCallChunk(
                    slot=self._calls,
                    id=call.get("id"),
                    name=function.get("name"),
                    arguments=arguments_text(function.get("arguments")),
                    metadata=self._metadata,
                    raw_response=value,
                )
            )
            self._calls += 1
        if value.get("done"):
            self._finish(value, chunks)
        elif "done" not in value and not chunks:
            chunks.append(self._other("", value, value))
        return chunks or [self._other("empty", None, value)]

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
                    usage=usage(
                        counts, input_tokens="prompt_eval_count", output_tokens="eval_count"
                    ),
                    metadata=self._with(usage=counts),
                    raw_response=value,
                )
            )
        reason = value.get("done_reason")
        verdict = VERDICTS.get(reason, Verdict.COMPLETE if reason is None else Verdict.UNKNOWN)
        if self._calls:
            verdict = verdict_after_calls(verdict)
        chunks.append(
            FinishChunk(
                verdict=verdict,
                reason=text(reason, "done_reason") or None,
                metadata=self._with(finish_reason=reason),
                raw_response=value,
            )
        )
