"""The events of an Anthropic message as chunks.

Facts: the streaming events of ``POST /v1/messages`` (docs.claude.com, "Streaming messages").  The
type stands in the data as well as in the ``event:`` line, and gateways drop the line, so the data
decides.  ``message_stop`` is the end mark; usage in ``message_delta`` is a running total.
"""

from __future__ import annotations

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
    text_chunk,
)
from ..._errors import LionprideError
from ..._parts import Native, RawPart, TextPart
from ..._readonly import ReadOnlyDict
from .._ends import CUT, reason_of, verdict_after_calls, verdict_of
from .._faults import provider_error
from .._parsing import (
    DONE,
    BaseParser,
    arguments_text,
    fields,
    members,
    tells_of_failure,
    text,
    usage,
)
from ._blocks import Call, Calls, RawBlock, Texts
from ._request import WIRE

NATIVE: Final = Native(WIRE)
_CALL_FIELDS: Final = frozenset(["id", "input", "name", "type"])


def chunks_of_message(value: Any) -> tuple[list[Chunk], LionprideError | None]:
    """A whole message, read as the stream of its blocks; and the failure that it reports, if any."""
    parser = MessagesParser()
    if value.get("type") == "error" or tells_of_failure(value):
        return parser.feed("error", value), parser.failure
    content = value.get("content") or ()
    blocks: Any = [{"type": "text", "text": content}] if content.__class__ is str else content
    end = {"stop_reason": value.get("stop_reason"), "stop_sequence": value.get("stop_sequence")}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": value},
        *(
            event
            for index, block in enumerate(blocks)
            for event in (
                {"type": "content_block_start", "index": index, "content_block": block},
                {"type": "content_block_stop", "index": index},
            )
        ),
        {"type": "message_delta", "delta": end, "usage": value.get("usage")},
        {"type": "message_stop"},
    ]
    return [chunk for event in events for chunk in parser.feed("", event)], parser.failure


class MessagesParser(BaseParser):
    """Message events to chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._begun: dict[Any, bool] = {}
        """The indexes of blocks that have begun, and whether each is open."""
        self._last: Any = None
        """The index of the block that began last."""
        self._calls = Calls()
        self._open_thoughts: dict[Any, int] = {}
        self._open_raws: dict[Any, RawBlock] = {}
        self._texts = Texts()
        self._thoughts = 0
        self._end: FinishChunk | None = None

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one event."""
        if value == DONE:
            return []
        kind = value.get("type") or event
        match kind:
            case "content_block_delta":
                delta = members(value.get("delta"))
                index = value.get("index")
                if delta.get("type") == "text_delta":  # nearly all events
                    said = text_chunk(text(delta.get("text"), "text"), self._metadata, value)
                    if index == self._texts.told_index:
                        return [said]
                    return self._text(index, said, value)
                return self._delta(index, delta, value)
            case "content_block_start":
                index = self._last = value.get("index")
                self._begun[index] = True
                self._texts.begin_block(index)
                closed = self._close_before(index, value)
                return [*closed, *self._block(index, members(value.get("content_block")), value)]
            case "content_block_stop":
                index = self._place(value.get("index"))
                self._begun[index] = False
                closed = self._close(index, value)
                return [*closed, self._other(kind, value, value)]
            case "message_start":
                message = members(value.get("message"))
                self._identify(id=message.get("id"), model=message.get("model"))
                report = message.get("usage")
                return [self._usage(report, value)] if report else [self._other(kind, value, value)]
            case "message_delta":
                return self._message_delta(value)
            case "message_stop":
                self.ended = self.whole = True
                return self._message_stop(value)
            case "ping":
                return []
            case _:
                if "error" in {kind, event} or tells_of_failure(value):
                    self.failure = provider_error(value)
                    return []
                return [self._other(text(kind, "type"), value, value)]

    @property
    def late(self) -> list[Chunk]:
        """Chunks of what was kept, for a body that ends early."""
        return [*self._close_all(None), *super().late]

    def _place(self, index: Any) -> Any:
        """The index of the block that an event with *index* is about.

        Some gateways number the starts alone, and some the deltas alone: then it is the last block.  It is, too,
        where the block of that index has stopped.
        """
        if self._begun.get(index) or not self._begun:
            return index
        numbered = index is not None and self._last is not None
        return index if numbered and index not in self._begun else self._last

    def _text(self, told_index: Any, said: TextChunk, raw: Any) -> list[Chunk]:
        """*said*, which is the first text since another block began, or since one of another's."""
        return [*self._turn_to(told_index, raw), said] if said.data else [said]

    def _cited(self, told_index: Any, citation: Any, raw: Any) -> list[Chunk]:
        """A citation of a block's text, which it may come before."""
        begun = self._turn_to(told_index, raw, cited=True)
        return [*begun, self._other("citation", citation, raw)]

    def _turn_to(self, told_index: Any, raw: Any, **why: bool) -> list[Chunk]:
        """Begin the text of a block, or go on with it where another block's text came between."""
        slot = self._texts.turn_to(self._place(told_index), told_index, **why)
        return [] if slot is None else [self._part(TextPart("", native=NATIVE), raw, slot)]

    def _delta(self, told_index: Any, delta: Any, raw: Any) -> list[Chunk]:
        if delta.get("type") == "citations_delta":
            return self._cited(told_index, delta.get("citation"), raw)
        index = self._place(told_index)
        if index in self._open_raws:
            self._open_raws[index].add(delta)
        return [self._delta_of_block(index, delta, raw)]

    def _delta_of_block(self, index: Any, delta: Any, raw: Any) -> Chunk:
        match delta.get("type"):
            case "input_json_delta" if index in self._calls.open:
                call = self._calls.open[index]
                piece = delta.get("partial_json")
                if piece.__class__ is not str:
                    piece = arguments_text(piece)
                return self._call(call, raw, arguments=call.told.add(piece))
            case "thinking_delta":
                return self._thought(index, raw, text=text(delta.get("thinking"), "thinking"))
            case "signature_delta":
                signature = text(delta.get("signature"), "signature") or None
                return self._thought(index, raw, signature=signature)
            case kind:
                return self._other(text(kind, "delta type"), delta, raw)

    def _block(self, index: Any, block: Any, raw: Any) -> list[Chunk]:
        match fields(block).get("type"):
            case "text":
                said = text_chunk(text(block.get("text"), "text"), self._metadata, raw)
                chunks = self._text(index, said, raw)
                for citation in block.get("citations") or ():
                    chunks += self._cited(index, citation, raw)
                return chunks
            case "thinking":
                return [
                    self._thought(
                        index,
                        raw,
                        text=text(block.get("thinking"), "thinking"),
                        signature=block.get("signature") or None,
                    )
                ]
            case "redacted_thinking":
                return [self._thought(index, raw, redacted=text(block.get("data"), "data"))]
            case "tool_use":
                call = self._calls.begin(index, block)
                facts = {name: value for name, value in block.items() if name not in _CALL_FIELDS}
                native = attrs.evolve(NATIVE, facts=ReadOnlyDict(facts)) if facts else NATIVE
                return [self._call(call, raw, id=block.get("id"), name=call.name, native=native)]
            case kind:
                if kind and block.__class__ is dict:
                    self._open_raws[index] = RawBlock(dict(block))
                return [self._other(text(kind, "block type") or "block", block, raw)]

    def _close_before(self, index: Any, raw: Any) -> list[Chunk]:
        """End what is over when a block begins on *index*, where no stop has told so.

        A block of the provider's own is told when it is closed, and stands where it is told: one that waited
        for the end of the message would come behind the blocks that follow it.
        """
        chunks = self._close(index, raw)
        for other in [key for key, block in self._open_raws.items() if block.may_be_whole]:
            chunks += self._close(other, raw)
        return [*chunks, *self._end_calls(raw, empty_only=True)]

    def _close(self, index: Any, raw: Any) -> list[Chunk]:
        """End the block that is open on *index*: the input that no delta has told."""
        self._open_thoughts.pop(index, None)
        raw_block = self._open_raws.pop(index, None)
        if raw_block is not None:
            return [self._part(raw_block.part(), raw)]
        call = self._calls.close(index)
        if call is None:
            return []
        given = call.take_untold()
        rest: list[Chunk] = [self._call(call, raw, arguments=given)] if given else []
        # A block that the limit of tokens has cut is stopped, too: that it stops says nothing.
        return [*rest, *self._end_calls(raw)] if raw is not None else rest

    def _end_calls(self, raw: Any, **which: bool) -> list[Chunk]:
        """The last pieces of calls that have closed; see `Calls.take_ended`."""
        return [self._call(call, raw, last=True) for call in self._calls.take_ended(**which)]

    def _close_all(self, raw: Any) -> list[Chunk]:
        indexes = [*self._calls.open, *self._open_raws]
        return [chunk for index in indexes for chunk in self._close(index, raw)]

    def _message_delta(self, value: Any) -> list[Chunk]:
        chunks: list[Chunk] = []
        if value.get("usage"):
            chunks.append(self._usage(value["usage"], value))
        delta = members(value.get("delta"))
        reason = reason_of(delta.get("stop_reason"), "stop_reason")
        if reason:
            chunks += self._close_all(value)
            facts = {name: found for name, found in delta.items() if found is not None}
            said = verdict_of(reason)
            if said not in CUT:
                chunks += self._end_calls(value, all_of_them=True)
            self._end = FinishChunk(
                verdict=verdict_after_calls(said) if self._calls.count else said,
                reason=reason,
                metadata=self._with(**facts),
                raw_response=value,
            )
            chunks.append(self._end)
        return chunks or [self._other("message_delta", delta, value)]

    def _message_stop(self, value: Any) -> list[Chunk]:
        """The end, and the verdict again where a call came after the reason, or none was given."""
        chunks = self._close_all(value)
        if self._end is None or self._end.verdict not in CUT:
            chunks += self._end_calls(value, all_of_them=True)
        if value.get("usage"):
            chunks.append(self._usage(value["usage"], value))
        end = self._end or FinishChunk(raw_response=value)
        verdict = verdict_after_calls(end.verdict)
        if self._calls.count and verdict is not end.verdict:
            chunks.append(attrs.evolve(end, verdict=verdict, raw_response=value))
        return chunks

    def _usage(self, report: Any, raw: Any) -> UsageChunk:
        return UsageChunk(usage=usage(report), metadata=self._with(usage=report), raw_response=raw)

    def _thought(self, index: Any, raw: Any, **parts: Any) -> ReasoningChunk:
        block = self._open_thoughts.get(index)
        if block is None:
            block = self._open_thoughts[index] = self._thoughts
            self._thoughts += 1
        return ReasoningChunk(
            block=block, metadata=self._metadata, raw_response=raw, native=NATIVE, **parts
        )

    def _call(self, call: Call, raw: Any, **parts: Any) -> ToolCallChunk:
        return ToolCallChunk(slot=call.slot, metadata=self._metadata, raw_response=raw, **parts)

    def _part(self, part: RawPart | TextPart, raw: Any, slot: int | None = None) -> PartChunk:
        return PartChunk(part=part, slot=slot, metadata=self._metadata, raw_response=raw)

    def _other(self, kind: str, value: Any, raw: Any) -> OtherChunk:
        return OtherChunk(kind=kind, value=value, metadata=self._metadata, raw_response=raw)
