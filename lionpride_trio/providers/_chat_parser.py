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

import json
from collections.abc import Mapping
from typing import Any, Final

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
from ._chat_calls import OpenCalls
from ._faults import provider_error
from ._parsing import BaseParser, cache_writes_in, members, text, usage

VERDICTS: Final[Mapping[str, Verdict]] = {
    word: verdict
    for verdict, words in {
        Verdict.COMPLETE: "stop eos eos_token end end_turn stop_sequence complete completed",
        Verdict.LENGTH: "length max_tokens max_output_tokens max_length model_length token_limit"
        " model_context_window_exceeded context_length_exceeded",
        Verdict.TOOL_USE: "tool_calls function_call tool_call tool_use",
        Verdict.BLOCKED: "content_filter content_filtered safety sensitive blocked blocklist"
        " prohibited_content recitation guardrail_intervened",
        Verdict.REFUSED: "refusal",
        Verdict.PAUSED: "pause_turn",
    }.items()
    for word in words.split()
}
"""By the reason in small letters and underscores: servers behind gateways pass on their own words."""

FAILURES: Final = frozenset(["error", "network_error", "insufficient_system_resource"])
"""Reasons that are failures of the provider: OpenRouter's and Mistral's, Zhipu's, DeepSeek's."""

USAGE: Final[Mapping[str, Any]] = {
    "input_tokens": ["prompt_tokens", "input_tokens"],
    "output_tokens": ["completion_tokens", "output_tokens"],
    "reasoning": [("completion_tokens_details", "reasoning_tokens"), "reasoning_tokens"],
    "cached": [
        ("prompt_tokens_details", "cached_tokens"),
        ("input_tokens_details", "cached_tokens"),
        "prompt_cache_hit_tokens",  # DeepSeek
        "cached_tokens",  # Moonshot
        "cache_read_input_tokens",  # gateways to Anthropic
    ],
    "cache_write": [
        *cache_writes_in("prompt_tokens_details"),
        *cache_writes_in("input_tokens_details"),
        "cache_creation_input_tokens",
    ],
}

_DELTA: Final = frozenset([
    "annotations",
    "content",
    "function_call",
    "reasoning",
    "reasoning_content",
    "refusal",
    "role",
    "tool_calls",
])


class _Alternative:
    """One of the answers that were asked for (OpenAI's ``n``), as far as it has come."""

    __slots__ = (
        "by_message",
        "calls",
        "last",
        "reason",
        "refused",
        "said",
        "told",
        "told_at_finish",
        "verdict",
    )

    def __init__(self) -> None:
        self.calls = OpenCalls()
        self.refused = False
        self.said = 0
        """Characters of text."""
        self.last = ""
        """The last piece of text."""
        self.by_message = False
        """Whether the text began in a message, not in a delta."""
        self.told = 0
        """Pieces of all else: with `said` it tells whether anything came since the finish reason."""
        self.told_at_finish: tuple[int, int] = (0, 0)
        self.reason: str | None = None
        self.verdict: Verdict | None = None

    def verdict_for(self, reason: str | None) -> Verdict:
        """How the answer ended: what it did counts more than the provider's word."""
        called = len(self.calls) > 0
        if reason is None:
            return Verdict.TOOL_USE if called else Verdict.UNKNOWN
        verdict = VERDICTS.get(reason.lower().replace("-", "_"), Verdict.UNKNOWN)
        if verdict is Verdict.COMPLETE and called:
            return Verdict.TOOL_USE
        if verdict is Verdict.COMPLETE and self.refused:
            return Verdict.REFUSED
        return verdict


class ChatParser(BaseParser):
    """Chat completion chunks to chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._id: str | None = None
        self._alternatives: dict[int, _Alternative] = {}
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
        for choice in value.get("choices") or ():
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
        answer = self._alternatives.get(index)
        if answer is None:
            answer = self._alternatives[index] = _Alternative()
            self.whole = False  # an answer that begins late is waited for
        delta = choice.get("delta")
        if delta:
            content = delta.get("content")
            if content:
                if content.__class__ is str:
                    answer.said += len(content)
                    answer.last = content
                    chunks.append(text_chunk(content, self._metadata, raw, index))
                else:
                    self._parts(content, answer, index, raw, chunks)
            if len(delta) > 1 or not content:
                self._rare(delta, answer, index, raw, chunks)
        message = choice.get("message")
        if message:
            self._message(message, answer, index, raw, chunks)
        elif not delta and choice.get("text"):  # as the older completions answer
            self._text(text(choice["text"], "text"), answer, index, raw, chunks)
        reason = choice.get("finish_reason")
        if reason:
            self._last_report = choice.get("usage")
            self._finish(text(reason, "finish_reason"), choice, index, raw, chunks)

    def _message(
        self, message: Any, answer: _Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        """A whole message: only what was not told before.

        A few servers have no deltas and send each piece as a message.
        """
        content, said = message.get("content"), answer.said
        if not said and not answer.told:
            if isinstance(content, str):
                self._text(content, answer, index, raw, chunks)
                answer.by_message = True
            elif content:
                self._parts(content, answer, index, raw, chunks)
            self._rare(message, answer, index, raw, chunks)
            return
        if isinstance(content, str):
            if len(content) >= said and content.startswith(answer.last, said - len(answer.last)):
                self._text(content[said:], answer, index, raw, chunks)
            elif answer.by_message:
                self._text(content, answer, index, raw, chunks)
        if not len(answer.calls) and message.get("tool_calls"):
            self._tool_calls(message["tool_calls"], answer, index, raw, chunks)

    def _text(
        self, piece: str, answer: _Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        if piece:
            answer.said += len(piece)
            answer.last = piece
            chunks.append(text_chunk(piece, self._metadata, raw, index))

    def _rare(
        self, delta: Any, answer: _Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        """All of a delta but its content."""
        before = len(chunks)
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if thought:
            at = len(chunks) - 1 if chunks and type(chunks[-1]) is TextChunk else len(chunks)
            chunks.insert(at, self._reasoning(text(thought, "reasoning"), index, raw))
        refusal = delta.get("refusal")
        if refusal:
            answer.refused = True
            chunks.append(self._other("refusal", text(refusal, "refusal"), index, raw))
        if delta.get("tool_calls"):
            self._tool_calls(delta["tool_calls"], answer, index, raw, chunks)
        if delta.get("function_call"):  # the deprecated form: one call, no id
            call = {"index": 0, "function": delta["function_call"]}
            self._tool_calls([call], answer, index, raw, chunks)
        for annotation in delta.get("annotations") or ():
            chunks.append(self._other("citation", annotation, index, raw))
        if not chunks:
            for kind, value in delta.items():
                if value and kind not in _DELTA:  # audio, images, a server's own tools
                    chunks.append(self._other(kind, value, index, raw))
        answer.told += len(chunks) - before

    def _parts(
        self, parts: Any, answer: _Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        """Content as a list of typed parts."""
        several: Any = [parts] if isinstance(parts, Mapping) else parts
        for part in several:
            if isinstance(part, str):
                self._text(part, answer, index, raw, chunks)
                continue
            match members(part).get("type"):
                case "text" | "output_text":
                    self._text(text(part.get("text"), "text"), answer, index, raw, chunks)
                case "thinking" | "reasoning":
                    thought = _thought(part)
                    if thought:
                        answer.told += 1
                        chunks.append(self._reasoning(thought, index, raw))
                case kind if part:
                    answer.told += 1
                    chunks.append(self._other(text(kind, "type"), part, index, raw))
                case _:
                    pass

    def _tool_calls(
        self, calls: Any, answer: _Alternative, index: int, raw: Any, chunks: list[Chunk]
    ) -> None:
        taken: set[int] = set()
        for piece in calls:
            if not piece:
                continue
            function = piece.get("function") or piece.get("custom") or piece
            arguments = _arguments(function)
            call_id, name = piece.get("id") or None, function.get("name") or None
            call = answer.calls.find(piece.get("index"), call_id, name, taken)
            known = call.add(call_id, name, arguments)
            chunks.append(
                ToolCallChunk(
                    slot=call.slot,
                    id=call_id and call.id,
                    name=known,
                    arguments=arguments,
                    metadata=self._metadata,
                    raw_response=raw,
                    index=index,
                )
            )

    def _reasoning(self, thought: str, index: int, raw: Any) -> ReasoningChunk:
        return ReasoningChunk(text=thought, metadata=self._metadata, raw_response=raw, index=index)

    def _other(self, kind: str, value: Any, index: int, raw: Any) -> OtherChunk:
        return OtherChunk(
            kind=kind, value=value, metadata=self._metadata, raw_response=raw, index=index
        )

    def _finish(self, reason: str, choice: Any, index: int, raw: Any, chunks: list[Chunk]) -> None:
        answer = self._alternatives[index]
        told = (answer.said, answer.told)
        if answer.reason == reason and answer.told_at_finish == told:
            return  # said again
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
        chunks.append(self._end(answer, index, raw))

    def _end(self, answer: _Alternative, index: int, raw: Any) -> FinishChunk:
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


def _arguments(function: Any) -> str:
    """A piece of the arguments, as text: some servers send the whole as an object."""
    arguments = function.get("arguments")
    if arguments is None:
        arguments = function.get("input")
    if arguments is None or isinstance(arguments, str):
        return arguments or ""
    return json.dumps(arguments, ensure_ascii=False)


def _thought(part: Any) -> str:
    """The text of a part of thinking: a string, or parts again (Mistral)."""
    inner = part.get("thinking") or part.get("text") or ()
    if isinstance(inner, str):
        return inner
    return "".join(text(members(each).get("text"), "text") for each in inner)
