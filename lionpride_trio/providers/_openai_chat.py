"""OpenAI chat completions, and the many servers that speak them.

Facts: the reference of ``POST /chat/completions`` and its stream object (platform.openai.com), and
recorded streams of compatible servers.  Habits of those that are covered here: ``choices`` or
``delta`` null (Azure), reasoning as ``reasoning_content`` (DeepSeek, Moonshot) or ``reasoning``
(vLLM, Groq, OpenRouter), content as a list of parts with thinking among them (Mistral), tool calls
without index (Mistral) or all with index 0 (Ollama), errors as an object, a string or
``{"object": "error"}`` (vLLM), the same usage reported twice (Groq's ``x_groq``), and usage with each
piece of text (vLLM's ``continuous_usage_stats``).
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
    text_chunk,
)
from .._errors import LionprideError, ProviderError
from .._text import Secret
from ._faults import provider_error
from ._openai_chat_request import HINTS, OPENAI, write_request
from ._parsing import BaseParser, members, text, usage
from ._protocol import ChunkParser, HTTPRequest, ModelCall

VERDICTS: Final[Mapping[str, Verdict]] = {
    "stop": Verdict.COMPLETE,
    "length": Verdict.LENGTH,
    "tool_calls": Verdict.TOOL_USE,
    "function_call": Verdict.TOOL_USE,
    "content_filter": Verdict.BLOCKED,
}

USAGE: Final[Mapping[str, Any]] = {
    "input_tokens": "prompt_tokens",
    "output_tokens": "completion_tokens",
    "reasoning": ("completion_tokens_details", "reasoning_tokens"),
    "cached": ("prompt_tokens_details", "cached_tokens"),
}


class OpenAIChat:
    """``POST {base}/chat/completions``."""

    name = "openai"
    endpoint = "chat"
    framing: Literal["sse", "ndjson"] = "sse"
    base_url: str | None = "https://api.openai.com/v1"
    base_url_variables: Sequence[str] = ("OPENAI_BASE_URL",)
    key_variables: Sequence[str] = ("OPENAI_API_KEY",)
    key_required = True
    host: str | None = None
    header_variables: Mapping[str, str] = {
        "OPENAI_ORG_ID": "openai-organization",
        "OPENAI_PROJECT_ID": "openai-project",
    }
    fields = OPENAI
    """The fields of the request's body."""
    hints: Mapping[str, str] = HINTS
    """What to write in place of options that this service does not have."""

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request; a stream asks for its usage unless ``stream_options`` says otherwise."""
        return write_request(call, self.name, self.fields, self.hints)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """A bearer token."""
        return {"authorization": f"Bearer {key.reveal()}"}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return ChatParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A ``chat.completion``: read as a stream of one event whose message is the delta."""
        parser = ChatParser()
        return parser.feed("message", value), parser.failure

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that an error document reports."""
        return provider_error(value, status=status, headers=headers)


class ChatParser(BaseParser):
    """Chat completion chunks to chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._calls = _Slots()
        self._id: str | None = None
        self._refused: set[int] = set()
        self._seen: set[int] = set()
        self._finished: dict[int, str] = {}

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one event; ``[DONE]`` comes as that string."""
        if value == "[DONE]":
            self.ended = self.whole = True
            return []
        if value.get("id") != self._id or not self._metadata:
            self._id = value.get("id")
            self._identify(
                id=self._id, model=value.get("model") or None, provider=value.get("provider")
            )
        chunks: list[Chunk] = []
        for choice in value.get("choices") or ():
            self._choice(members(choice), value, chunks)
        report, error = value.get("usage"), value.get("error")
        groq = value.get("x_groq")
        if groq:
            report, error = report or groq.get("usage"), error or groq.get("error")
        if report:
            self._report(lambda: self._usage(report, value), chunks)
        if error or event == "error" or value.get("object") == "error":
            self.failure = provider_error(value if not isinstance(error, str) else error)
        elif self._finished and "error" in self._finished.values():
            self.failure = provider_error(
                "the provider ended the answer with finish_reason 'error'"
            )
        elif not chunks:
            kind = text(value.get("object"), "object")
            chunks.append(
                OtherChunk(kind=kind, value=value, metadata=self._metadata, raw_response=value)
            )
        return chunks

    def _usage(self, report: Any, raw: Any) -> UsageChunk:
        return UsageChunk(
            usage=usage(report, **USAGE), metadata=self._with(usage=report), raw_response=raw
        )

    def _choice(self, choice: Any, raw: Any, chunks: list[Chunk]) -> None:
        index: int = choice.get("index") or 0
        if index not in self._seen:
            self._seen.add(index)
            self.whole = False  # an answer that begins late is waited for
        delta = choice.get("delta") or choice.get("message")
        if delta:
            content = delta.get("content")
            if content:
                if content.__class__ is str:
                    chunks.append(text_chunk(content, self._metadata, raw, index))
                else:
                    self._parts(content, index, raw, chunks)
            if len(delta) > 1 or not content:
                self._rare(delta, index, raw, chunks)
        reason = choice.get("finish_reason")
        if reason and self._finished.get(index) != reason:
            self._finish(text(reason, "finish_reason"), index, raw, chunks)

    def _rare(self, delta: Any, index: int, raw: Any, chunks: list[Chunk]) -> None:
        """All of a delta but its content."""
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if thought:
            at = len(chunks) - 1 if chunks and type(chunks[-1]) is TextChunk else len(chunks)
            chunks.insert(at, self._reasoning(text(thought, "reasoning"), index, raw))
        refusal = delta.get("refusal")
        if refusal:
            self._refused.add(index)
            chunks.append(self._other("refusal", text(refusal, "refusal"), index, raw))
        for call in delta.get("tool_calls") or ():
            if not call:
                continue
            function: dict[str, Any] = call.get("function") or {}
            chunks.append(self._call(call, function, index, raw))
        if delta.get("function_call"):  # the deprecated form: one call, no id
            chunks.append(self._call({"index": 0}, delta["function_call"], index, raw))
        for annotation in delta.get("annotations") or ():
            chunks.append(self._other("citation", annotation, index, raw))

    def _parts(self, parts: Any, index: int, raw: Any, chunks: list[Chunk]) -> None:
        """Content as a list of typed parts."""
        for part in parts:
            match part.get("type"):
                case "text":
                    piece = text(part.get("text"), "text")
                    chunks.append(text_chunk(piece, self._metadata, raw, index))
                case "thinking":
                    inner = part.get("thinking") or ()
                    thought = inner if isinstance(inner, str) else "".join(p["text"] for p in inner)
                    chunks.append(self._reasoning(thought, index, raw))
                case kind:
                    chunks.append(self._other(text(kind, "type"), part, index, raw))

    def _call(self, call: Any, function: Any, index: int, raw: Any) -> ToolCallChunk:
        arguments = function.get("arguments")
        return ToolCallChunk(
            slot=self._calls.slot(index, call.get("index"), call.get("id"), function.get("name")),
            id=call.get("id") or None,
            name=function.get("name") or None,
            arguments=text(arguments, "arguments"),
            metadata=self._metadata,
            raw_response=raw,
            index=index,
        )

    def _reasoning(self, thought: str, index: int, raw: Any) -> ReasoningChunk:
        return ReasoningChunk(text=thought, metadata=self._metadata, raw_response=raw, index=index)

    def _other(self, kind: str, value: Any, index: int, raw: Any) -> OtherChunk:
        return OtherChunk(
            kind=kind, value=value, metadata=self._metadata, raw_response=raw, index=index
        )

    def _finish(self, reason: str, index: int, raw: Any, chunks: list[Chunk]) -> None:
        self._finished[index] = reason
        self.whole = len(self._finished) == max(self._seen) + 1
        verdict = VERDICTS.get(reason, Verdict.UNKNOWN)
        if verdict is Verdict.COMPLETE and index in self._refused:
            verdict = Verdict.REFUSED
        chunks.append(
            FinishChunk(
                verdict=verdict,
                reason=reason,
                metadata=self._with(finish_reason=reason),
                raw_response=raw,
                index=index,
            )
        )


class _Slots:
    """Which tool call a delta belongs to, where servers are careless about index and id.

    A delta names a call by ``index``.  Where that is missing, or one index is used again with
    another id (whole calls from servers that number none), the id tells; a delta without both
    continues the last call.
    """

    def __init__(self) -> None:
        self._by_index: dict[tuple[int, int], int] = {}
        self._ids: dict[tuple[int, int], str] = {}
        self._last: dict[int, int] = {}
        self._used: dict[int, int] = {}

    def slot(self, choice: int, index: int | None, call_id: str | None, name: str | None) -> int:
        key = (choice, index) if index is not None else None
        slot = self._by_index.get(key) if key else None
        known = None if slot is None else self._ids.get((choice, slot))
        if slot is not None and not (call_id and known and call_id != known):
            self._last[choice] = slot
            if call_id:
                self._ids[choice, slot] = call_id
            return slot
        if key is None and not call_id and not name and choice in self._last:
            return self._last[choice]
        if (
            key is None
            and call_id
            and self._ids.get((choice, self._last.get(choice, -1))) == call_id
        ):
            return self._last[choice]
        slot = self._used.get(choice, 0)
        self._used[choice] = slot + 1
        self._last[choice] = slot
        if key is not None:
            self._by_index[key] = slot
        if call_id:
            self._ids[choice, slot] = call_id
        return slot
