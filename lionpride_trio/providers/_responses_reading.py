"""The events of an OpenAI Responses answer as chunks.

Facts: the reference of the streaming events of ``POST /responses`` (platform.openai.com).  The type
stands in the data, and some servers send no ``event:`` line, so the data decides.  ``.done`` events,
finished items and the terminal event repeat the answer; of them only what nothing told before is told.
"""

from __future__ import annotations

from typing import Any, Final

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
from .._errors import LionprideError
from ._faults import provider_error
from ._parsing import (
    DONE,
    BaseParser,
    arguments_text,
    fields,
    members,
    tells_of_failure,
    text,
    usage,
)
from ._responses_items import Item, Items, Part, Told

_INCOMPLETE: Final = {
    "max_output_tokens": Verdict.LENGTH,
    "content_filter": Verdict.BLOCKED,
}
_KINDS: Final = {
    "message": "message",
    "reasoning": "reasoning",
    "function_call": "call",
    "custom_tool_call": "call",
}
_ARGUMENTS: Final = {"function_call": "arguments", "custom_tool_call": "input"}
# What carries a text: the kind of its item and of its part, and the fields that have the part's
# place and, when it is done, the whole text.
_TEXTS: Final = {
    "response.output_text": ("message", "text", "content_index", "text"),
    "response.refusal": ("message", "refusal", "content_index", "refusal"),
    "response.reasoning_text": ("reasoning", "thought", "content_index", "text"),
    "response.reasoning_summary_text": ("reasoning", "summary", "summary_index", "text"),
    "response.function_call_arguments": ("call", "arguments", "", "arguments"),
    "response.custom_tool_call_input": ("call", "arguments", "", "input"),
}
_DELTAS: Final = {name + ".delta": fields for name, fields in _TEXTS.items()}
_DONES: Final = {name + ".done": fields for name, fields in _TEXTS.items()}
_PART_DONES: Final = {
    "response.content_part.done": "content_index",
    "response.reasoning_summary_part.done": "summary_index",
}
# The type of a part: the kind of its item and of the part, and the field that has its text.
_PARTS: Final = {
    "output_text": ("message", "text", "text"),
    "text": ("message", "text", "text"),
    "refusal": ("message", "refusal", "refusal"),
    "reasoning_text": ("reasoning", "thought", "text"),
    "summary_text": ("reasoning", "summary", "text"),
}
_OF_CLIENT: Final = frozenset([
    "apply_patch_call",
    "computer_call",
    "local_shell_call",
    "mcp_approval_request",
    "shell_call",
])
"""Items that wait for what the client does, if the answer does not have it already."""


def chunks_of_response(value: Any) -> tuple[list[Chunk], LionprideError | None]:
    """A whole response object; and the failure that it reports, if any."""
    parser = ResponsesParser()
    # An object without a status is an answer if it has any output.
    status = text(value.get("status"), "status") or ("completed" if value.get("output") else "")
    chunks: list[Chunk] = []
    if status:
        parser.end(status, value, value, chunks)
    else:
        chunks += parser.feed("", value)
    return chunks, parser.failure


class ResponsesParser(BaseParser):
    """Response events to chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._items = Items()
        self._writes_at: tuple[Any, ...] = ()
        self._part = Told()
        self._calls = 0
        self._thoughts = 0
        self._refused = False
        self._seen: set[tuple[Any, Any]] = set()
        self._waiting: set[Any] = set()
        self._answered: set[Any] = set()

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one event."""
        if value == DONE:
            return []
        kind = value.get("type") or event
        if kind == "response.output_text.delta":
            # Nearly all events are of this type and continue the part before: it is kept at hand.
            piece = text(value["delta"], "delta")
            at = (value.get("item_id"), value.get("output_index"), value.get("content_index"))
            if at != self._writes_at:
                item = self._items.find("message", at[0], at[1] or 0)
                self._part = item.part(("text", at[2] or 0))
                self._writes_at = at
            self._part.add(piece)
            return [text_chunk(piece, self._metadata, value)]
        self._writes_at = ()
        chunks: list[Chunk] = []
        kind = text(kind, "type")
        self._rare(kind, event, value, chunks)
        if not chunks and self.failure is None:
            chunks.append(self._other(kind, value, value))
        return chunks

    @property
    def late(self) -> list[Chunk]:
        """What is still to be told when the body ends early."""
        return [*self._rest_of_calls(None), *super().late]

    def _rare(self, kind: str, event: str, value: Any, chunks: list[Chunk]) -> None:
        """All events but a piece of the answer's text."""
        place = value.get("output_index") or 0
        match kind:
            case _ if kind in _DELTAS:
                of, what, where, _ = _DELTAS[kind]
                item = self._items.find(of, value.get("item_id"), place)
                piece = text(value["delta"], "delta")
                item.part((what, value.get(where) or 0)).add(piece)
                chunks.append(self._say(item, what, piece, value))
            case _ if kind in _DONES:
                of, what, where, field = _DONES[kind]
                item = self._items.find(of, value.get("item_id"), place)
                item.name = item.name or value.get("name")
                whole = arguments_text(value.get(field))
                self._rest_of_part(item, (what, value.get(where) or 0), whole, value, chunks)
            case _ if kind in _PART_DONES:
                part = members(value.get("part"))
                if part.get("type") in _PARTS:
                    of, what, field = _PARTS[part["type"]]
                    item = self._items.find(of, value.get("item_id"), place)
                    at = (what, value.get(_PART_DONES[kind]) or 0)
                    self._rest_of_part(item, at, text(part.get(field), field), value, chunks)
            case "response.output_text.annotation.added":
                self._items.find("message", value.get("item_id"), place).cited += 1
                chunks.append(self._other("citation", value.get("annotation"), value))
            case "response.output_item.added":
                self._open(members(value["item"]), place, value, chunks)
            case "response.output_item.done":
                self._whole(members(value["item"]), place, value, chunks)
            case "response.created" | "response.in_progress" | "response.queued":
                response = members(value.get("response"))
                self._identify(id=response.get("id"), model=response.get("model"))
            case (
                "response.completed"
                | "response.incomplete"
                | "response.failed"
                | "response.cancelled"
            ):
                status = kind.removeprefix("response.")
                self.end(status, members(value.get("response")), value, chunks)
            case "error" | "response.error":
                self.failure = provider_error(value)
            case _:
                # Events of a server's tool may tell of the tool's error, which is not the answer's.
                of_tool = kind.startswith("response.")
                if event == "error" or (tells_of_failure(value) and not of_tool):
                    self.failure = provider_error(value)

    def _open(self, told: Any, place: int, raw: Any, chunks: list[Chunk]) -> None:
        """An item that begins."""
        self._see(told, place)
        kind = _KINDS.get(told.get("type"))
        if kind is None:
            return
        item = self._items.open(kind, told, place)
        if kind == "call":
            item.name = item.name or told.get("name")
            item.given = arguments_text(told.get(_ARGUMENTS[told["type"]]))
            chunks.append(self._call(item, "", raw))

    def _whole(self, told: Any, place: int, raw: Any, chunks: list[Chunk]) -> None:
        """A whole item: only what nothing has told."""
        self._see(told, place)
        kind = _KINDS.get(told.get("type"))
        if kind is None:
            return
        wholes, strange = _parts_of(told, kind)
        item = self._items.whole(kind, told, place, "".join(whole for _, whole in wholes))
        item.name = item.name or told.get("name")
        chunks += [self._say(item, what, rest, raw) for what, rest in item.untold(wholes)]
        for at, part in strange.items():
            if at not in item.strange:
                item.strange.add(at)
                kind_of_part = text(fields(part).get("type"), "type") or "part"
                chunks.append(self._other(kind_of_part, part, raw))
        if kind == "message":
            cited = [
                each
                for part in told.get("content") or ()
                for each in fields(part).get("annotations") or ()
            ]
            chunks += [self._other("citation", each, raw) for each in cited[item.cited :]]
            item.cited = max(item.cited, len(cited))
        sealed = told.get("encrypted_content")
        if kind == "reasoning" and sealed and sealed != item.sealed:
            item.sealed = text(sealed, "encrypted_content")
            chunks.append(self._thought(item, raw, redacted=item.sealed))
        if kind == "call":
            item.call_id = item.call_id or item.id
            if item.call_id != item.told_id or item.name != item.told_name:
                chunks.append(self._call(item, "", raw))

    def _rest_of_part(
        self, item: Item, part: Part, whole: str, raw: Any, chunks: list[Chunk]
    ) -> None:
        rest = item.untold_of(part, whole)
        if rest:
            chunks.append(self._say(item, part[0], rest, raw))

    def _rest_of_calls(self, raw: Any) -> list[Chunk]:
        """Arguments and ids that only the openings of calls had."""
        chunks: list[Chunk] = []
        for item in self._items.all:
            if item.kind == "call":
                item.call_id = item.call_id or item.id
                rest = item.untold_of(("arguments", 0), item.given)
                if rest or item.call_id != item.told_id:
                    chunks.append(self._call(item, rest, raw))
        return chunks

    def _see(self, told: Any, place: int) -> None:
        """Note an item, and whether it waits for the client or answers one that does."""
        name = _name_of(told, place)
        kind = name[0]
        self._seen.add(name)
        if kind in _OF_CLIENT or told.get("execution") == "client":
            self._waiting.add(name[1])
        if kind == "mcp_approval_response":
            self._answered.add(told.get("approval_request_id"))
        elif str(kind).endswith("_output"):
            self._answered.add(told.get("call_id"))

    def end(self, status: str, response: Any, raw: Any, chunks: list[Chunk]) -> None:
        """The end of the answer: *response* is the whole of it, with *status*."""
        self._identify(id=response.get("id"), model=response.get("model"))
        for place, told in enumerate(response.get("output") or ()):
            item = fields(told)
            if item.get("type") not in _KINDS and _name_of(item, place) not in self._seen:
                chunks.append(self._other(text(item.get("type"), "type") or "item", told, raw))
            self._whole(item, place, raw, chunks)
        chunks += self._rest_of_calls(raw)
        report = response.get("usage")
        if report:
            chunks.append(self._usage(report, raw))
        verdict, status = self._judge(status, response)
        facts = {"finish_reason": status, "incomplete_details": response.get("incomplete_details")}
        chunks.append(
            FinishChunk(
                verdict=verdict, reason=status, metadata=self._with(**facts), raw_response=raw
            )
        )
        self.ended = self.whole = True

    def _judge(self, status: str, response: Any) -> tuple[Verdict, str]:
        """How the answer ended, and the provider's word for it; sets `failure`."""
        details = response.get("incomplete_details")
        why = fields(details).get("reason")
        if status == "completed":
            # Gateways name each terminal event so, whatever the response says.
            own = response.get("status")
            if own in {"incomplete", "failed", "cancelled"}:
                status = own
            elif why:
                status = "incomplete"
        if status in {"failed", "cancelled"} or tells_of_failure(response):
            self.failure = provider_error(response.get("error") or f"the response was {status}")
            return Verdict.UNKNOWN, status
        if status == "incomplete":
            return _INCOMPLETE.get(str(why), Verdict.UNKNOWN), status
        if status in {"queued", "in_progress"}:
            return Verdict.PAUSED, status
        calls = {item.call_id for item in self._items.all if item.kind == "call"}
        if (calls | self._waiting) - self._answered:
            return Verdict.TOOL_USE, status
        verdict = Verdict.COMPLETE if status == "completed" else Verdict.UNKNOWN
        return (Verdict.REFUSED if self._refused else verdict), status

    def _usage(self, report: Any, raw: Any) -> UsageChunk:
        return UsageChunk(
            usage=usage(report),
            metadata=self._with(usage=report),
            raw_response=raw,
        )

    def _say(self, item: Item, what: str, piece: str, raw: Any) -> Chunk:
        """The chunk of a piece of a part."""
        match what:
            case "text":
                return text_chunk(piece, self._metadata, raw)
            case "refusal":
                self._refused = True
                return self._other("refusal", piece, raw)
            case "arguments":
                return self._call(item, piece, raw)
            case _:
                return self._thought(item, raw, text=piece)

    def _thought(self, item: Item, raw: Any, **parts: Any) -> ReasoningChunk:
        if item.number is None:
            item.number = self._thoughts
            self._thoughts += 1
        return ReasoningChunk(block=item.number, metadata=self._metadata, raw_response=raw, **parts)

    def _call(self, item: Item, piece: str, raw: Any) -> ToolCallChunk:
        """A piece of a call, with its id and its name where they were not told."""
        if item.number is None:
            item.number = self._calls
            self._calls += 1
        chunk = ToolCallChunk(
            slot=item.number,
            id=item.call_id if item.told_id is None else None,
            name=item.name if item.told_name is None else None,
            arguments=piece,
            metadata=self._metadata,
            raw_response=raw,
        )
        item.told_id, item.told_name = item.call_id, item.name
        return chunk

    def _other(self, kind: str, value: Any, raw: Any) -> OtherChunk:
        return OtherChunk(kind=kind, value=value, metadata=self._metadata, raw_response=raw)


def _parts_of(told: Any, kind: str) -> tuple[list[tuple[Part, str]], dict[int, Any]]:
    """The texts of a whole item's parts, and its parts that this library does not know."""
    if kind == "call":
        return [(("arguments", 0), arguments_text(told.get(_ARGUMENTS[told["type"]])))], {}
    wholes: list[tuple[Part, str]] = []
    strange: dict[int, Any] = {}
    content = told.get("content") or ()
    if content.__class__ is str:
        content = [{"type": "output_text", "text": content}]
    for at, part in enumerate(told.get("summary") or ()):
        wholes.append((("summary", at), text(fields(part).get("text"), "text")))
    for at, part in enumerate(content):
        known = fields(part)
        named = known.get("type") or ("output_text" if "text" in known else "")
        of, what, field = _PARTS.get(named, ("", "", ""))
        if of == kind:
            wholes.append(((what, at), text(known.get(field), field)))
        else:
            strange[at] = part
    return wholes, strange


def _name_of(told: Any, place: int) -> tuple[Any, Any]:
    """What an item is told again by."""
    return told.get("type"), told.get("call_id") or told.get("id") or place
