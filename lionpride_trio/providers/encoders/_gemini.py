"""Gemini ``generateContent``: parts of candidates, running totals in every event, lines that end in CRLF.

Facts: the reference of ``models.streamGenerateContent`` (ai.google.dev) and recorded streams.  There
is no end mark but the finish reason.  A call comes whole.  A signature proves the part that it comes
with, an empty text where there is no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, Literal

import attrs

from ..._chunks import Chunk, FinishChunk, Usage, UsageChunk, Verdict
from ._abilities import Abilities
from ._encoder import Encoder, Head, total_of
from ._framing import Framing, JsonObject
from ._gemini_parts import Answer, join_parts
from ._style import Style

_STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def gemini_error(status: int, message: str) -> JsonObject:
    """An error document; a limit of rate says when to come back in its details."""
    word = _STATUS.get(status, "INVALID_ARGUMENT" if status < 500 else "INTERNAL")
    error: JsonObject = {"code": status, "message": message, "status": word}
    if status == 429:
        info = "type.googleapis.com/google.rpc.RetryInfo"
        error["details"] = [{"@type": info, "retryDelay": "1s"}]
    return {"error": error}


@attrs.frozen(kw_only=True)
class GeminiStyle(Style):
    """The habits in which Google's servers and those after them differ."""

    finish: Literal["with an empty text", "alone", "with the last part"] = "with an empty text"
    """The event that has the finish reason; the last part waits for it."""
    prompt_feedback: bool = False
    """An answer that is blocked and empty is feedback on the prompt, without a candidate."""


class GeminiEncoder(Encoder):
    """Writes an answer."""

    abilities = Abilities(
        endings={
            Verdict.COMPLETE: ["STOP"],
            Verdict.TOOL_USE: ["STOP"],
            Verdict.LENGTH: ["MAX_TOKENS"],
            Verdict.BLOCKED: ["SAFETY", "PROHIBITED_CONTENT"],
            Verdict.UNKNOWN: ["A_NEW_REASON"],
        },
        reasoning="one",
        signed=True,
        citations=True,
        media=("image", "audio", "file"),
        alternatives=True,
        call_ids=False,
        counts=("input_tokens", "output_tokens", "total_tokens"),
        more_counts=("reasoning_tokens", "cached_tokens"),
    )
    has_end_mark = False
    counts_as_it_goes = True

    def __init__(self, head: Head, style: GeminiStyle | None = None) -> None:
        self._style = style or GeminiStyle()
        super().__init__(head, Framing(self._style, line_end="\r\n"))
        self._facts: JsonObject = {"modelVersion": head.model, "responseId": head.id}
        self._counts: JsonObject = {}
        self._answers: dict[int, Answer] = {}
        self._held: JsonObject | None = None
        """The last candidate of the first answer, where it waits for the finish reason."""
        self._ending: FinishChunk | None = None
        """An end that waits for the usage, which may come after it."""
        self._wrote = False

    def begin(self, usage: Usage | None = None) -> bytes:
        """Nothing; the first event tells the usage."""
        self._counts = {} if usage is None else _report(usage)
        return b""

    def write(self, chunk: Chunk) -> bytes:
        index = chunk.index
        answer = self._answers.get(index)
        if answer is None:
            answer = self._answers[index] = Answer()
        body = b"" if self._ending is None else self._tell_end()
        for part in answer.take(chunk):
            body += self._part(part, index)
        return body

    def _finished(self, chunk: FinishChunk) -> bytes:
        body = self._tell_end()
        self._ending = chunk
        return body

    def _part(self, part: JsonObject, index: int) -> bytes:
        candidate = _candidate([part], index)
        if self._style.finish == "with an empty text":
            return self._event(candidate)
        body = self._release()
        if self._style.finish == "with the last part" and index == 0:
            self._held = candidate
            return body
        return body + self._event(candidate)

    def _release(self) -> bytes:
        held, self._held = self._held, None
        return b"" if held is None else self._event(held)

    def _tell_end(self, *, is_last: bool = False) -> bytes:
        """The end of an answer that was said to have ended; the last one may be all there is."""
        ending, self._ending = self._ending, None
        if ending is None:
            return b""
        index = ending.index
        answer = self._answers.setdefault(index, Answer())
        rest = answer.take_rest()
        body = b"".join(self._part(part, index) for part in answer.close())
        if is_last and ending.verdict is Verdict.BLOCKED and self._is_feedback:
            return body + self.framing.event(self._blocked(self.abilities.word_for(ending)))
        candidate: JsonObject = {"index": index}
        if self._held is not None and index == 0 and not rest:
            candidate, self._held = self._held, None
        elif rest or (self._style.finish == "with an empty text" and index == 0):
            candidate = _candidate(rest or [{"text": ""}], index)
        return body + self._release() + self._event(self._ended(candidate, ending, answer))

    @property
    def _is_feedback(self) -> bool:
        said = (
            self._wrote
            or self._held is not None
            or any(a.citations for a in self._answers.values())
        )
        return self._style.prompt_feedback and not said

    def end(self) -> bytes:
        """The end of the last answer."""
        if self._ending is None and not self._answers.setdefault(0, Answer()).ended:
            self._ending = self.finish
        return self._tell_end(is_last=True)

    def fail(self, message: str, *, status: int = 503) -> bytes:
        """The error document, with which Google's front end breaks into the stream."""
        return json.dumps(gemini_error(status, message), indent=2).encode("ascii") + b"\n"

    def whole(self, chunks: Iterable[Chunk]) -> JsonObject:
        """An answer in one piece."""
        ends: list[FinishChunk] = []
        parts: dict[int, list[JsonObject]] = {}
        for chunk in chunks:
            if isinstance(chunk, UsageChunk):
                self._take_usage(chunk)
            elif isinstance(chunk, FinishChunk):
                ends.append(chunk)
            else:
                answer = self._answers.setdefault(chunk.index, Answer())
                parts.setdefault(chunk.index, []).extend(answer.take(chunk))
        candidates: list[JsonObject] = []
        for end in ends or [self.finish]:
            answer = self._answers.setdefault(end.index, Answer())
            said = [*parts.get(end.index, ()), *answer.close(), *answer.take_rest()]
            candidate = _candidate(join_parts(said), end.index)
            candidates.append(self._ended(candidate, end, answer))
        if self._style.prompt_feedback and not parts and len(ends) == 1:
            (end,) = ends
            if end.verdict is Verdict.BLOCKED:
                return self._blocked(self.abilities.word_for(end))
        return self._answer(candidates)

    def _ended(self, candidate: JsonObject, end: FinishChunk, answer: Answer) -> JsonObject:
        answer.ended = True
        more: JsonObject = {"finishReason": self.abilities.word_for(end)}
        if answer.citations:
            more["citationMetadata"] = {"citations": answer.citations}
        index = candidate.pop("index")
        return {**candidate, **more, "index": index}

    def _event(self, candidate: JsonObject) -> bytes:
        self._wrote = True
        return self.framing.event(self._answer([candidate]))

    def _answer(self, candidates: list[JsonObject]) -> JsonObject:
        if not self._counts:
            return {"candidates": candidates, **self._facts}
        return {"candidates": candidates, "usageMetadata": self._counts, **self._facts}

    def _take_usage(self, chunk: UsageChunk) -> None:
        # Before each piece, where the embedded server writes it: `Usage.updated` would cost as much
        # as the event.
        report = _report(chunk.usage)
        told_all = report.keys() >= self._counts.keys()
        self._counts = report if told_all else {**self._counts, **report}

    def _usage_field(self) -> JsonObject:
        return {"usageMetadata": self._counts} if self._counts else {}

    def _blocked(self, reason: str) -> JsonObject:
        """Feedback that the prompt was refused."""
        rating = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH"}
        feedback: JsonObject = {"blockReason": reason}
        if not self._style.extras:
            model = self._facts["modelVersion"]
            return {"promptFeedback": feedback, **self._usage_field(), "modelVersion": model}
        feedback["safetyRatings"] = [rating]
        return {"promptFeedback": feedback, **self._usage_field(), **self._facts}


def _candidate(parts: list[JsonObject], index: int) -> JsonObject:
    return {"content": {"parts": parts, "role": "model"}, "index": index}


def _report(usage: Usage) -> JsonObject:
    report: JsonObject = {}
    if usage.input_tokens is not None:
        report["promptTokenCount"] = usage.input_tokens
    if usage.output_tokens is not None:
        report["candidatesTokenCount"] = usage.output_tokens
    if usage.reasoning_tokens is not None:
        report["thoughtsTokenCount"] = usage.reasoning_tokens
    if (total := total_of(usage)) is not None:
        report["totalTokenCount"] = total
    if usage.cached_tokens is not None:
        report["cachedContentTokenCount"] = usage.cached_tokens
    return report
