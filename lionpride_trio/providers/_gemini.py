"""Gemini ``streamGenerateContent``.

Facts: the reference of ``models.streamGenerateContent`` (ai.google.dev) and recorded streams.  There
is no end mark of its own: a candidate's ``finishReason`` or a ``promptFeedback.blockReason`` is it,
and the body ends after.  Candidates are told apart by ``index``; ``STOP`` stands also where the model
calls tools; usage is a running total in every event.
"""

from __future__ import annotations

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
from .._safe_text import Secret
from ._answer_options import gemini_answer
from ._ends import reason_of, verdict_after_calls, verdict_of
from ._faults import provider_error
from ._gemini_calls import FunctionCalls, Piece
from ._gemini_request import write_request
from ._parsing import (
    DONE,
    BaseParser,
    Name,
    tells_of_failure,
    text,
    usage,
)
from ._protocol import ChunkParser, HTTPRequest, ModelCall

_TOKENS: Final[Mapping[str, list[Name]]] = {
    "input_tokens": ["promptTokenCount"],
    "output_tokens": ["candidatesTokenCount"],
    "total_tokens": ["totalTokenCount"],
    "reasoning_tokens": ["thoughtsTokenCount"],
    "cached_tokens": ["cachedContentTokenCount"],
}
_SOURCES: Final = frozenset(["citationMetadata", "groundingMetadata", "urlContextMetadata"])
_OF_ANY_PART: Final = frozenset(["text", "thought", "thoughtSignature"])
FAILURES: Final = frozenset([
    "MALFORMED_FUNCTION_CALL",
    "MALFORMED_RESPONSE",
    "MISSING_THOUGHT_SIGNATURE",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "OTHER",
])


class Gemini:
    """``POST {base}/v1beta/models/{model}:streamGenerateContent?alt=sse``."""

    name = "gemini"
    endpoint = "generate"
    framing: Literal["sse", "ndjson"] = "sse"
    base_url: str | None = "https://generativelanguage.googleapis.com"
    base_url_variables: Sequence[str] = ("GOOGLE_GEMINI_BASE_URL",)
    key_variables: Sequence[str] = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
    key_required = True
    host: str | None = None
    answer_options = staticmethod(gemini_answer)

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request: messages become contents, neutral options fields of ``generationConfig``."""
        return write_request(call)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """Google's own header; the key is never part of the URL."""
        return {"x-goog-api-key": key.reveal()}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return GenerateParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A whole answer has the form of one event."""
        parser = GenerateParser()
        return parser.feed("", value), parser.failure

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that an error document reports."""
        return provider_error(value, status=status, headers=headers)


class GenerateParser(BaseParser):
    """Generate-content events to chunks."""

    has_end_mark = False

    def __init__(self) -> None:
        super().__init__()
        self._id: str | None = None
        self._calls = FunctionCalls()
        self._called: set[int] = set()
        self._seen: set[int] = set()
        self._finished: set[int] = set()
        self._thoughts: dict[int, int] = {}
        """The block of reasoning that is open, by the answer's index."""
        self._closed_thoughts: dict[int, int] = {}

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one event."""
        if "candidates" not in value or "error" in value or event == "error":  # hardly any event
            if value == DONE:
                return []
            if event == "error" or tells_of_failure(value):
                self.failure = provider_error(value)
                return []
        response_id = value.get("responseId")
        if response_id != self._id or not self._metadata:
            self._id = response_id
            self._identify(id=response_id, model=value.get("modelVersion"))
        chunks: list[Chunk] = []
        for candidate in value.get("candidates") or ():
            if candidate.__class__ is dict:
                self._candidate(candidate, value, chunks)
            elif candidate is not None:
                chunks.append(self._other("candidate", candidate, 0, value))
        report = value.get("usageMetadata")
        if report:
            self._report(lambda: self._usage(report, value), chunks)
        feedback = value.get("promptFeedback")
        if feedback and feedback.get("blockReason"):
            self.whole = True
            chunks.append(
                FinishChunk(
                    verdict=Verdict.BLOCKED,
                    reason=text(feedback["blockReason"], "blockReason"),
                    metadata=self._with(promptFeedback=feedback),
                    raw_response=value,
                )
            )
        return chunks or [self._other("GenerateContentResponse", value, 0, value)]

    @property
    def late(self) -> list[Chunk]:
        """What is still to be told when the body ends early."""
        calls = self._calls
        rest = [(piece, index) for index in calls.open_in for piece in calls.close(index)]
        return [*(self._call(piece, index, None) for piece, index in rest), *super().late]

    def _candidate(self, candidate: Any, raw: Any, chunks: list[Chunk]) -> None:
        index: int = candidate.get("index") or 0
        self._seen.add(index)
        if index not in self._finished:
            self.whole = False  # an answer that begins late, or goes on, is waited for
        content = candidate.get("content")
        if content:
            for part in content.get("parts") or ():
                if not part:
                    continue
                if part.__class__ is not dict:
                    chunks.append(self._other("part", part, index, raw))
                    continue
                said = part.get("text")
                if said is not None and not part.get("thought"):
                    said = text(said, "text")
                    if self._thoughts:
                        self._close_thought(index)
                    chunks.append(text_chunk(said, self._metadata, raw, index))
                if len(part) > 1 or said is None:
                    self._rare(part, index, raw, chunks)
        for name in () if _SOURCES.isdisjoint(candidate) else sorted(_SOURCES):
            if candidate.get(name):
                cited = _citations(candidate[name])
                chunks += [self._other("citation", each, index, raw) for each in cited]
                if not cited:
                    chunks.append(self._other(name, candidate[name], index, raw))
        reason = candidate.get("finishReason")
        if not reason or (reason := reason_of(reason, "finishReason")) is None:
            return
        chunks += [self._call(piece, index, raw) for piece in self._calls.close(index)]
        self._finished.add(index)
        self.whole = len(self._finished) == max(self._seen) + 1
        if reason in FAILURES:
            self.failure = provider_error({
                "code": reason,
                "message": candidate.get("finishMessage") or f"the answer ended with {reason}",
            })
            return
        verdict = verdict_of(reason)
        if index in self._called:
            verdict = verdict_after_calls(verdict)
        facts = {
            name: candidate[name]
            for name in ("finishReason", "finishMessage", "safetyRatings", "continuationToken")
            if name in candidate
        }
        chunks.append(
            FinishChunk(
                verdict=verdict,
                reason=reason,
                metadata=self._with(**facts),
                raw_response=raw,
                index=index,
            )
        )

    def _rare(self, part: Any, index: int, raw: Any, chunks: list[Chunk]) -> None:
        """All of a part but its text.

        A signature proves the very part that it came with: on a part that is no thought it is a
        block of its own, beside its part.
        """
        thinks = bool(part.get("thought"))
        signature = part.get("thoughtSignature")
        call = part.get("functionCall")
        if not thinks and (signature or call is not None):
            self._close_thought(index)
        if call is not None:
            self._called.add(index)
            piece = self._calls.read(index, call)
            if piece is not None:
                chunks.append(self._call(piece, index, raw))
        else:
            # Some gateways write all the fields that a part may have, most of them null.
            told = (key for key, value in part.items() if value is not None)
            kind = next((key for key in told if key not in _OF_ANY_PART), None)
            if kind is not None:
                chunks.append(self._other(kind, part[kind], index, raw))
        thought = text(part.get("text"), "text") if thinks else ""
        if thought or signature:
            chunks.append(
                ReasoningChunk(
                    text=thought,
                    signature=signature,
                    block=self._thoughts.setdefault(index, self._closed_thoughts.get(index, 0)),
                    metadata=self._metadata,
                    raw_response=raw,
                    index=index,
                )
            )
        if signature:
            self._close_thought(index)

    def _close_thought(self, index: int) -> None:
        """What the answer with this index thinks next is another block."""
        block = self._thoughts.pop(index, None)
        if block is not None:
            self._closed_thoughts[index] = block + 1

    def _call(self, piece: Piece, index: int, raw: Any) -> ToolCallChunk:
        return ToolCallChunk(
            slot=piece.slot,
            id=piece.id,
            name=piece.name,
            arguments=piece.arguments,
            metadata=self._metadata,
            raw_response=raw,
            index=index,
        )

    def _usage(self, report: Any, raw: Any) -> UsageChunk:
        return UsageChunk(
            usage=usage(report, _TOKENS),
            metadata=self._with(usageMetadata=report),
            raw_response=raw,
        )

    def _other(self, kind: str, value: Any, index: int, raw: Any) -> OtherChunk:
        return OtherChunk(
            kind=kind, value=value, metadata=self._metadata, raw_response=raw, index=index
        )


def _citations(found: Any) -> list[Any]:
    return list(
        found.get("citations") or found.get("citationSources") or found.get("groundingChunks") or ()
    )
