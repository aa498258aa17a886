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
from .._text import Secret
from ._faults import provider_error
from ._gemini_request import write_request
from ._parsing import (
    DONE,
    BaseParser,
    arguments_text,
    members,
    tells_of_failure,
    text,
    usage,
    verdict_after_calls,
)
from ._partial_args import PartialArguments
from ._protocol import ChunkParser, HTTPRequest, ModelCall

_BLOCKED = (
    "SAFETY RECITATION LANGUAGE BLOCKLIST PROHIBITED_CONTENT SPII IMAGE_SAFETY "
    "IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION IMAGE_OTHER NO_IMAGE MODEL_ARMOR ESCALATION "
    "PUP_LIMITED_DISABLED"
)
VERDICTS: Final[Mapping[str, Verdict]] = {
    "STOP": Verdict.COMPLETE,
    "MAX_TOKENS": Verdict.LENGTH,
    "CONTINUATION": Verdict.PAUSED,  # goes on with the option continuation_token=
    **dict.fromkeys(_BLOCKED.split(), Verdict.BLOCKED),
}
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
        self._slots = 0
        self._called: set[int] = set()
        self._seen: set[int] = set()
        self._finished: set[int] = set()
        self._streamed: PartialArguments | None = None
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
                if "text" in part and not part.get("thought"):
                    said = text(part["text"], "text")
                    if self._thoughts:
                        self._close_thought(index)
                    chunks.append(text_chunk(said, self._metadata, raw, index))
                if len(part) > 1 or "text" not in part:
                    self._rare(part, index, raw, chunks)
        for name in ("citationMetadata", "groundingMetadata"):
            if name in candidate:
                for each in _citations(candidate[name]):
                    chunks.append(self._other("citation", each, index, raw))
        reason = candidate.get("finishReason")
        if not reason:
            return
        self._finished.add(index)
        self.whole = len(self._finished) == max(self._seen) + 1
        if reason in FAILURES:
            self.failure = provider_error({
                "code": reason,
                "message": candidate.get("finishMessage") or f"the answer ended with {reason}",
            })
            return
        verdict = VERDICTS.get(reason, Verdict.UNKNOWN)
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
                reason=text(reason, "finishReason"),
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
        if not thinks and (signature or "functionCall" in part):
            self._close_thought(index)
        if "functionCall" in part:
            self._called.add(index)
            self._function(members(part["functionCall"]), index, raw, chunks)
        elif "text" not in part and any(key != "thoughtSignature" for key in part):
            kind = next(key for key in part if key not in {"thoughtSignature", "thought"})
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

    def _function(self, call: Any, index: int, raw: Any, chunks: list[Chunk]) -> None:
        """A whole call in one part, or (Vertex) a call whose arguments come path by path."""
        piece = ""
        if call.get("name") or self._streamed is None:
            self._slots += 1
            self._streamed = PartialArguments() if call.get("willContinue") else None
        if self._streamed is None:
            piece = arguments_text(call.get("args"))
        else:
            self._streamed.add(call.get("partialArgs") or ())
            if not call.get("willContinue"):
                piece = self._streamed.text()
                self._streamed = None
        chunks.append(
            ToolCallChunk(
                slot=self._slots - 1,
                id=call.get("id"),
                name=call.get("name"),
                arguments=piece,
                metadata=self._metadata,
                raw_response=raw,
                index=index,
            )
        )

    def _usage(self, report: Any, raw: Any) -> UsageChunk:
        return UsageChunk(
            usage=usage(
                report,
                input_tokens="promptTokenCount",
                output_tokens="candidatesTokenCount",
                total_tokens="totalTokenCount",
                reasoning="thoughtsTokenCount",
                cached="cachedContentTokenCount",
            ),
            metadata=self._with(usageMetadata=report),
            raw_response=raw,
        )

    def _other(self, kind: str, value: Any, index: int, raw: Any) -> OtherChunk:
        return OtherChunk(
            kind=kind, value=value, metadata=self._metadata, raw_response=raw, index=index
        )


def _citations(found: Any) -> list[Any]:
    if not found:
        return []
    return list(
        found.get("citations") or found.get("citationSources") or found.get("groundingChunks") or ()
    )
