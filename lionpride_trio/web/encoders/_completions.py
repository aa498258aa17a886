"""``openai``: chunks of a chat completion, so that any client of OpenAI's reads a pipeline."""

from __future__ import annotations

import time
from typing import Any, Final
from uuid import uuid4

import attrs

from ..._checks import check_size
from ..._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    TextChunk,
    ToolCallChunk,
    ToolResultChunk,
    UsageChunk,
    Verdict,
)
from ..._errors import ConfigurationError
from ..._response import Response
from ...providers.encoders import ChatEncoder, ChatStyle, Head
from ._encoder import Describe
from ._ending import Ending
from ._failures import Failure, describe_failure
from ._framing import EventStreamMachine
from ._plain import dump, plain
from ._sources import place_and_title

_SAID: Final = frozenset([
    Verdict.COMPLETE,
    Verdict.LENGTH,
    Verdict.TOOL_USE,
    Verdict.BLOCKED,
    Verdict.REFUSED,
])
"""The verdicts that the protocol has a word for; every other one is ``stop``."""


class OpenAIEncoder(EventStreamMachine):
    """Writes chunks of a chat completion.

    A client runs the tool calls that it is told.  So calls are held back until it is known that no result
    of this side follows: those of a conversation's earlier turns never come, and those that the client
    has to answer come whole, at the end.  Reasoning stands in ``reasoning_content``.

    *id*, *model* and *created* (seconds since 1970; now by default) are what the completion says of itself.
    """

    def __init__(
        self,
        *,
        id: str | None = None,
        model: str = "lionpride_trio",
        created: int | None = None,
        describe: Describe = describe_failure,
    ) -> None:
        super().__init__(describe=describe)
        for name, value in (("id", id or ""), ("model", model)):
            if not isinstance(value, str):
                raise ConfigurationError(f"{name}= is a str, not {value!r:.100}")
        seconds = time.time() if created is None else check_size("created=", created, 0)
        head = Head(id=id or f"chatcmpl-{uuid4().hex}", model=model, clock=lambda: seconds)
        self._chat = ChatEncoder(head, ChatStyle(extras=False))
        self._has_begun = False
        self._ending = Ending()
        self._turn = 0
        self._calls: list[ToolCallChunk] = []
        """The pieces of this turn's calls."""
        self._answered: set[str] = set()
        self._finishes: dict[int, FinishChunk] = {}
        self._cited: dict[int, int] = {}
        """How many citations each answer has had."""

    def _write(self, item: Any, id: int | str | None) -> bytes:
        begin = b"" if self._has_begun else self._chat.begin()
        self._has_begun = True
        return self._events(_split(begin + self._body(item)), id)

    def _body(self, item: Any) -> bytes:
        if not isinstance(item, Chunk):
            text = item if isinstance(item, str) else dump(plain(item)) + "\n"
            return self._chat.feed(TextChunk(text)) if text else b""
        self._ending.see(item)
        if item.turn > self._turn:
            self._turn = item.turn
            self._calls.clear()
        match item:
            case TextChunk():  # nearly all
                return self._chat.feed(item) if item.data else b""
            case ToolCallChunk():
                self._calls.append(item)
            case ToolResultChunk():
                self._answered.add(item.call_id)
            case FinishChunk():
                self._finishes[item.index] = item
            case UsageChunk():
                pass  # that of all turns is told at the end
            case OtherChunk(kind="citation"):
                return self._annotation(item)
            case _ if item.data:
                return self._chat.feed(TextChunk(item.data, index=item.index))
            case _:
                return self._chat.feed(item)
        return b""

    def _end(self, response: Response | None) -> bytes:
        body = b"" if self._has_begun else self._chat.begin()
        calls = self._open_calls()
        for piece in calls:
            body += self._chat.feed(piece)
        usage = self._ending.usage(response)
        if usage is not None:
            body += self._chat.feed(UsageChunk(usage=usage))
        for index in sorted(self._finishes.keys() - {0}):
            body += self._chat.feed(_sayable(self._finishes[index]))
        verdict = self._ending.verdict(response) or Verdict.COMPLETE
        if verdict is Verdict.TOOL_USE and not calls:
            verdict = Verdict.COMPLETE
        reason = self._ending.reason(response)
        body += self._chat.feed(_sayable(FinishChunk(verdict=verdict, reason=reason)))
        return self._after_items(*_split(body + self._chat.end()))

    def _annotation(self, chunk: OtherChunk) -> bytes:
        url, title = place_and_title(chunk.value)
        if url is None:
            return b""
        number = self._cited.get(chunk.index, 0)
        self._cited[chunk.index] = number + 1
        citation = {"url": url, "title": title or url, "start_index": 0, "end_index": 0}
        # OpenAI's SDK adds two lists up by an index, and fails where there is none.
        annotation = {"index": number, "type": "url_citation", "url_citation": citation}
        return self._chat.feed(attrs.evolve(chunk, value=annotation))

    def _open_calls(self) -> list[ToolCallChunk]:
        """The pieces of the calls that nothing on this side has answered, in slots of their own."""
        ids: dict[tuple[int, int], str | None] = {}
        for piece in self._calls:
            place = piece.index, piece.slot
            ids[place] = ids.get(place) or piece.id
        if self._answered:
            ids = {at: name for at, name in ids.items() if name and name not in self._answered}
        slots = {place: slot for slot, place in enumerate(ids)}
        return [
            attrs.evolve(piece, slot=slots[piece.index, piece.slot])
            for piece in self._calls
            if (piece.index, piece.slot) in slots
        ]

    def _failed(self, failure: Failure) -> bytes:
        begin = b"" if self._has_begun else self._chat.begin()
        return self._after_items(
            *_split(begin + self._chat.fail(f"{failure.error}: {failure.message}"))
        )


def _sayable(finish: FinishChunk) -> FinishChunk:
    """*finish* with a verdict that the protocol has a word for."""
    if finish.verdict in _SAID:
        return finish
    return FinishChunk(verdict=Verdict.COMPLETE, index=finish.index)


def _split(body: bytes) -> list[str]:
    """The events of *body*, without their blank lines."""
    return body.decode().split("\n\n")[:-1]
