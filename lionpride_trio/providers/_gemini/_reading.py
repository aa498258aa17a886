"""Answers of Gemini: the events of ``streamGenerateContent``, and a whole answer, to chunks.

Facts: the reference of ``models.streamGenerateContent`` (ai.google.dev) and recorded streams.  There
is no end mark: a candidate's ``finishReason`` or a ``promptFeedback.blockReason`` says how it ended, and
the body ends after.  Candidates are told apart by ``index``; ``STOP`` stands also where the model
calls tools; usage is a running total in every event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    PartChunk,
    ReasoningChunk,
    ToolCallChunk,
    UsageChunk,
    Verdict,
    text_chunk,
)
from ..._media import MediaPart
from ..._parts import Native, RawPart, TextPart
from .._ends import CUT, reason_of, verdict_after_calls, verdict_of
from .._faults import provider_error
from .._parsing import (
    DONE,
    BaseParser,
    Name,
    tells_of_failure,
    text,
    usage,
)
from ._calls import FunctionCalls, Piece
from ._media import MEDIA, WIRE, read_media

_TOKENS: Final[Mapping[str, list[Name]]] = {
    "input_tokens": ["promptTokenCount"],
    "output_tokens": ["candidatesTokenCount"],
    "total_tokens": ["totalTokenCount"],
    "reasoning_tokens": ["thoughtsTokenCount"],
    "cached_tokens": ["cachedContentTokenCount"],
}
NATIVE: Final = Native(WIRE)
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


class GenerateParser(BaseParser):
    """Generate-content events to chunks."""

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
        self._signed: set[int] = set()
        """The indexes of answers whose last text is signed: what follows must not join it."""

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
        """Chunks of what was kept, for a body that ends early."""
        calls = self._calls
        rest = [
            (piece, index) for index in calls.open_in for piece in calls.close(index, whole=False)
        ]
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
                    signature = part.get("thoughtSignature")
                    if signature or index in self._signed:
                        chunks.append(self._begin_text(signature, index, raw))
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
        whole = verdict_of(reason) not in CUT
        chunks += [self._call(piece, index, raw) for piece in self._calls.close(index, whole=whole)]
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
        """Add the chunks of all that a part has but its text.

        A signature proves the very part that it came with, and goes back at it.
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
                chunks.append(self._call(piece, index, raw, signature))
        else:
            # Some gateways write all the fields that a part may have, most of them null.
            told = {key: value for key, value in part.items() if value is not None}
            kind = next((key for key in told if key not in _OF_ANY_PART), None)
            medium = None if MEDIA.isdisjoint(told) else read_media(told)
            if medium is not None:
                self._close_thought(index)
                chunks.append(self._part(medium, index, raw))
                return
            if kind is not None:
                chunks.append(self._other(kind, part[kind], index, raw))
            if kind is not None and "text" not in told:
                chunks.append(self._part(RawPart(NATIVE.provider, told), index, raw))
            elif signature and not thinks and "text" not in told:
                chunks.append(self._begin_text(signature, index, raw))
        thought = text(part.get("text"), "text") if thinks else ""
        if thought or (signature and thinks):
            chunks.append(
                ReasoningChunk(
                    text=thought,
                    signature=signature,
                    block=self._thoughts.setdefault(index, self._closed_thoughts.get(index, 0)),
                    native=NATIVE,
                    metadata=self._metadata,
                    raw_response=raw,
                    index=index,
                )
            )
        if signature and thinks:
            self._close_thought(index)

    def _close_thought(self, index: int) -> None:
        """Let the next thought of the answer with this index begin another block."""
        block = self._thoughts.pop(index, None)
        if block is not None:
            self._closed_thoughts[index] = block + 1

    def _begin_text(self, signature: str | None, index: int, raw: Any) -> PartChunk:
        """Begin a text that must not join the one before, because one of the two is signed."""
        (self._signed.add if signature else self._signed.discard)(index)
        return self._part(TextPart("", signature=signature, native=NATIVE), index, raw)

    def _part(self, part: MediaPart | RawPart | TextPart, index: int, raw: Any) -> PartChunk:
        return PartChunk(part=part, metadata=self._metadata, raw_response=raw, index=index)

    def _call(
        self, piece: Piece, index: int, raw: Any, signature: str | None = None
    ) -> ToolCallChunk:
        return ToolCallChunk(
            slot=piece.slot,
            id=piece.id,
            name=piece.name,
            arguments=piece.arguments,
            last=piece.last,
            signature=signature,
            native=NATIVE if piece.name else None,
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
