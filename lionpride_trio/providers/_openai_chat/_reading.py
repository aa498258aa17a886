"""Reading chat completions: the events of a stream, and whole answers, to chunks.

Facts: the reference of the stream object (platform.openai.com), and recorded streams of compatible
servers.  Habits of those that are covered here: ``choices`` or ``delta`` null (Azure), reasoning as
``reasoning_content`` (DeepSeek, Moonshot) or ``reasoning`` (vLLM, Groq, OpenRouter), content as a
list of parts with thinking among them (Mistral), a last chunk with the whole message in it, errors as
an object, a string or ``{"object": "error"}`` (vLLM), the same usage reported twice (Groq's
``x_groq``) or in a choice (Moonshot), usage with each piece of text (vLLM's
``continuous_usage_stats``), and ``stop`` as the reason where the model calls tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
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
    UsageChunk,
    Verdict,
    text_chunk,
)
from ..._media import MediaPart
from ..._parts import Native
from ..._readonly import ReadOnlyDict
from .._ends import CUT, reason_of
from .._faults import provider_error
from .._parsing import BaseParser, fields, members, text, usage
from ._answer import Alternative, thought_text
from ._calls import NATIVE, Make
from ._media import read_image

FAILURES: Final = frozenset(["error", "network_error", "insufficient_system_resource"])
"""Reasons that are failures of the provider: OpenRouter's and Mistral's, Zhipu's, DeepSeek's."""

_DELTA: Final = frozenset([
    "annotations",
    "audio",
    "content",
    "function_call",
    "images",
    "reasoning",
    "reasoning_content",
    "refusal",
    "role",
    "tool_calls",
])
_MEDIA: Final = frozenset(["audio", "images"])


class ChatParser(BaseParser):
    """Chat completion chunks to chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._id: str | None = None
        self._alternatives: dict[int, Alternative] = {}
        self._last_report: Any = None  # usage that stands in a choice that has ended

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one event; ``[DONE]`` comes as that string."""
        if value.__class__ is str and value == "[DONE]":
            self.ended = self.whole = True
            return self._corrections()
        if value.get("id") != self._id or not self._metadata:
            self._id = value.get("id")
            self._identify(
                id=self._id, model=value.get("model") or None, provider=value.get("provider")
            )
        chunks: list[Chunk] = []
        report, error = value.get("usage"), value if value.get("error") else None
        choices = value.get("choices")
        if not choices and fields(value.get("provider")).get("choices"):
            return self.feed(event, value["provider"])  # OpenRouter puts some answers there
        for choice in choices or ():
            self._choice({} if choice is None else choice, value, chunks)
        if self._last_report:
            report, self._last_report = report or self._last_report, None
        groq = value.get("x_groq")
        if groq:
            report, error = report or groq.get("usage"), error or groq.get("error")
        if report:
            self._report(lambda: self._usage(report, value), chunks)
        if error or event == "error" or value.get("object") == "error":
            self.failure = provider_error(error or value)
        elif not chunks and self.failure is None:
            kind = text(value.get("object") or value.get("type"), "object")
            if "choices" in value:
                kind = "chat.completion.chunk"  # one that says nothing, however a server names it
            chunks.append(
                OtherChunk(kind=kind, value=value, metadata=self._metadata, raw_response=value)
            )
        return chunks

    def _usage(self, report: Any, raw: Any) -> UsageChunk:
        return UsageChunk(usage=usage(report), metadata=self._with(usage=report), raw_response=raw)

    def _choice(self, choice: Any, raw: Any, chunks: list[Chunk]) -> None:
        index: int = choice.get("index") or 0
        answer = self._alternatives.get(index)
        if answer is None:
            answer = self._alternatives[index] = Alternative()
            self.whole = False  # an answer that begins late is waited for
        delta = choice.get("delta")
        if delta:
            content = delta.get("content")
            if content.__class__ is str and content and len(delta) == 1:  # nearly all events
                answer.text.size += len(content)
                answer.text.last = content
                chunks.append(text_chunk(content, self._metadata, raw, index))
            else:
                self._delta(delta, answer, index, raw, chunks)
        message = choice.get("message")
        if message:
            self._message(message, answer, index, raw, chunks)
        elif not delta and choice.get("text"):  # as the older completions answer
            self._text(text(choice["text"], "text"), answer, index, raw, chunks)
        reason = choice.get("finish_reason")
        if reason:
            self._last_report = choice.get("usage")
            self._finish(reason_of(reason, "finish_reason"), choice, index, raw, chunks)
        if "error" in choice and choice["error"] and self.failure is None:
            self.failure = provider_error(choice)

    def _delta(
        self, delta: Any, answer: Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        content = delta.get("content")
        if content:
            if content.__class__ is str:
                self._text(content, answer, index, raw, chunks)
            else:
                self._parts(content, answer, index, raw, chunks)
        if len(delta) > 1 or not content:
            self._rare(delta, answer, index, raw, chunks)

    def _message(
        self, message: Any, answer: Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        """A whole message: only what was not told before."""
        if not answer.begun:
            self._delta(message, answer, index, raw, chunks)
            answer.by_message = answer.text.size > 0
            return
        self._delta(answer.untold_of(message), answer, index, raw, chunks)
        chunks += answer.calls.read_again(message.get("tool_calls"), self._make(index, raw))

    def _text(
        self, piece: str, answer: Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        if piece:
            answer.text.add(piece)
            chunks.append(text_chunk(piece, self._metadata, raw, index))

    def _rare(
        self, delta: Any, answer: Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        """All of a delta but its content."""
        before = len(chunks)
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if thought and thought.__class__ is not str:
            thought = thought_text(thought)
        if thought:
            answer.thought.add(thought)
            at = len(chunks) - 1 if chunks and type(chunks[-1]) is TextChunk else len(chunks)
            chunks.insert(at, self._reasoning(thought, index, raw))
        answer.details.add(delta.get("reasoning_details"))
        if delta.get("refusal"):
            self._refuse(text(delta["refusal"], "refusal"), answer, index, raw, chunks)
        calls = delta.get("tool_calls")
        if delta.get("function_call"):  # the deprecated form: one call, no id
            calls = calls or {"index": 0, "function": delta["function_call"]}
        if calls:
            make = self._make(index, raw)
            chunks += answer.calls.read(calls, make)
            chunks += answer.calls.end(make, all_of_them=False)
        for annotation in delta.get("annotations") or ():
            answer.cited += 1
            chunks.append(self._other("citation", annotation, index, raw))
        if not _MEDIA.isdisjoint(delta):
            self._media(delta, answer, index, raw, chunks)
        if not chunks:
            for kind, value in delta.items():
                if value and kind not in _DELTA:  # a server's own tools
                    answer.kinds.add(kind)
                    chunks.append(self._other(kind, value, index, raw))
        answer.told += len(chunks) - before

    def _media(
        self, delta: Any, answer: Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        """The images and the piece of a sound that a delta has."""
        images, audio = delta.get("images"), delta.get("audio")
        told: list[tuple[str, Any, MediaPart | None, int | None]] = []
        for image in images if images.__class__ is list else [images] if images else ():
            told.append(("images", image, read_image(image), None))
        if audio:
            told.append(("audio", audio, answer.sound.read(audio), 0))
        for kind, value, part, slot in told:
            answer.kinds.add(kind)
            if part is None:  # of a form that is not known
                chunks.append(self._other(kind, value, index, raw))
                continue
            chunks.append(
                PartChunk(
                    part=part, slot=slot, metadata=self._metadata, raw_response=raw, index=index
                )
            )

    def _refuse(
        self, piece: str, answer: Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        answer.refusal.add(piece)
        chunks.append(self._other("refusal", piece, index, raw))

    def _parts(
        self, parts: Any, answer: Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        """Content as a list of typed parts."""
        several: Any = [parts] if isinstance(parts, Mapping) else parts
        for part in several:
            if isinstance(part, str):
                self._text(part, answer, index, raw, chunks)
                continue
            kind = members(part).get("type") or ("text" if "text" in members(part) else None)
            match kind:
                case "text" | "output_text":
                    self._text(text(part.get("text"), "text"), answer, index, raw, chunks)
                    continue
                case "thinking" | "reasoning":
                    thought = thought_text(part)
                    if thought:
                        answer.thought.add(thought)
                        chunks.append(self._reasoning(thought, index, raw))
                case "refusal":
                    said = text(part.get("refusal"), "refusal")
                    self._refuse(said, answer, index, raw, chunks)
                case kind if part:
                    chunks.append(self._other(text(kind, "type"), part, index, raw))
                case _:
                    continue
            answer.told += 1

    def _make(self, index: int, raw: Any) -> Make:
        return partial(ToolCallChunk, metadata=self._metadata, raw_response=raw, index=index)

    def _reasoning(self, thought: str, index: int, raw: Any) -> ReasoningChunk:
        return ReasoningChunk(
            text=thought, native=NATIVE, metadata=self._metadata, raw_response=raw, index=index
        )

    def _other(self, kind: str, value: Any, index: int, raw: Any) -> OtherChunk:
        return OtherChunk(
            kind=kind, value=value, metadata=self._metadata, raw_response=raw, index=index
        )

    def _finish(
        self, reason: str | None, choice: Any, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        answer = self._alternatives[index]
        told = (answer.text.size, answer.told)
        if reason is None or (answer.reason == reason and answer.told_at_finish == told):
            return  # none, or said again
        answer.reason, answer.told_at_finish = reason, told
        answer.verdict = answer.verdict_for(reason)
        self.whole = len(self._alternatives) == max(self._alternatives) + 1 and all(
            each.verdict is not None for each in self._alternatives.values()
        )
        word = reason.lower()
        if word in FAILURES and self.failure is None:
            self.failure = provider_error(
                choice.get("error")
                or raw.get("error")
                or {
                    "code": word,
                    "message": f"the provider ended the answer with finish_reason {reason!r}",
                }
            )
        if answer.verdict not in CUT:
            chunks += answer.calls.end(self._make(index, raw), all_of_them=True)
        details = answer.details.untold()
        if details is not None:
            native = Native(NATIVE.provider, ReadOnlyDict(reasoning_details=details))
            chunks.append(attrs.evolve(self._reasoning("", index, raw), native=native))
        chunks.append(self._end(answer, index, raw))

    def _end(self, answer: Alternative, index: int, raw: Any) -> FinishChunk:
        return FinishChunk(
            verdict=answer.verdict or Verdict.UNKNOWN,
            reason=answer.reason,
            metadata=self._with(finish_reason=answer.reason),
            raw_response=raw,
            index=index,
        )

    def _corrections(self) -> list[Chunk]:
        """At the end mark: ends that what came after their finish reason has changed."""
        chunks: list[Chunk] = []
        for index, answer in self._alternatives.items():
            verdict = answer.verdict_for(answer.reason)
            if verdict is not (answer.verdict or Verdict.UNKNOWN):
                answer.verdict = verdict
                chunks.append(self._end(answer, index, None))
        return chunks
