"""One answer of a chat completion, as far as it has come, and what a whole message adds to it.

Servers end a stream with a chunk that has the whole message in it, send messages that grow beside the
deltas, or send each piece as a message.  Whatever of them no delta has told is told, and once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._chunks import Verdict
from .._ends import verdict_of
from .._parsing import fields
from ._calls import OpenCalls
from ._details import ReasoningDetails
from ._media import SoundReader


class Said:
    """The length and the last piece of the text told so far: a reply may be longer than memory."""

    __slots__ = ("last", "size")

    def __init__(self) -> None:
        self.size = 0
        self.last = ""

    def add(self, piece: str) -> None:
        """Count *piece* as told."""
        self.size += len(piece)
        self.last = piece

    def rest_of(self, whole: str) -> str | None:
        """The rest of *whole* after the text told so far; None if *whole* is another text."""
        size = self.size
        if len(whole) < size or not whole.startswith(self.last, size - len(self.last)):
            return None
        return whole[size:]


class Alternative:
    """One of the answers that were asked for (OpenAI's ``n``), as far as it has come."""

    __slots__ = (
        "by_message",
        "calls",
        "cited",
        "details",
        "kinds",
        "reason",
        "refusal",
        "sound",
        "text",
        "thought",
        "told",
        "told_at_finish",
        "verdict",
    )

    def __init__(self) -> None:
        self.calls = OpenCalls()
        self.text = Said()
        self.thought = Said()
        self.refusal = Said()
        self.cited = 0
        """How many citations were told."""
        self.details = ReasoningDetails()
        self.sound = SoundReader()
        self.kinds: set[str] = set()
        """The kinds of all else that was told."""
        self.by_message = False
        """Whether the text began in a message, not in a delta."""
        self.told = 0
        """Pieces that are no text: with the text it tells whether anything came since the reason."""
        self.told_at_finish: tuple[int, int] = (0, 0)
        self.reason: str | None = None
        self.verdict: Verdict | None = None

    @property
    def begun(self) -> bool:
        """Whether anything was told of it."""
        return self.text.size > 0 or self.told > 0

    def verdict_for(self, reason: str | None) -> Verdict:
        """The verdict on the answer.  Its tool calls count more than the provider's word."""
        called = len(self.calls) > 0
        if reason is None:
            return Verdict.TOOL_USE if called else Verdict.UNKNOWN
        verdict = verdict_of(reason)
        if verdict is Verdict.COMPLETE and called:
            return Verdict.TOOL_USE
        if verdict is Verdict.COMPLETE and self.refusal.size:
            return Verdict.REFUSED
        return verdict

    def untold_of(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The delta that *message*, a whole one, is after what was told; its calls excepted."""
        delta = {
            name: value
            for name, value in message.items()
            if name not in self.kinds and name not in _CALLS
        }
        delta["content"] = self._untold_content(message.get("content"))
        for name in ("reasoning_content", "reasoning"):
            if name in delta:
                delta[name] = self.thought.rest_of(thought_text(delta[name]))
        refusal = message.get("refusal")
        if isinstance(refusal, str):
            delta["refusal"] = self.refusal.rest_of(refusal)
        if self.details.any:
            delta["reasoning_details"] = None
        delta["annotations"] = (message.get("annotations") or ())[self.cited :]
        return delta

    def _untold_content(self, content: Any) -> str | None:
        if content.__class__ is list:
            content = "".join(
                part if isinstance(part, str) else str(fields(part).get("text") or "")
                for part in content
            )
        if not isinstance(content, str):
            return None
        rest = self.text.rest_of(content)
        # A few servers have no deltas and send each piece as a message.
        return content if rest is None and self.by_message else rest


_CALLS = frozenset(["function_call", "tool_calls"])


def thought_text(value: Any) -> str:
    """The text of a piece of reasoning: a string, an object that has it, or a list of such (Mistral)."""
    if isinstance(value, str):
        return value
    if value.__class__ is list:
        return "".join(map(thought_text, value))
    for name in ("thinking", "text", "content", "summary"):
        inner = fields(value).get(name)
        if inner:
            return thought_text(inner)
    return ""
