"""The events of an OpenAI Responses answer as chunks.

Facts: the reference of the streaming events of ``POST /responses`` (platform.openai.com).  The type
stands in the data, and some servers send no ``event:`` line, so the data decides.  ``.done`` events,
finished items and the terminal event repeat the answer; of them only what nothing told before is told.
"""

from __future__ import annotations

import itertools
from operator import itemgetter
from typing import Any

from ..._chunks import Chunk, FinishChunk, PartChunk, text_chunk
from ..._errors import LionprideError
from ..._parts import RawPart
from .._faults import provider_error
from .._parsing import (
    DONE,
    arguments_text,
    fields,
    members,
    tells_of_failure,
    text,
)
from ._end import TERMINALS
from ._images import WIRE, read_image
from ._items import Item, Items, Part, Told
from ._parts import DELTAS, DONES, PART_EVENTS, PARTS, facts_of, kind_of, parts_of
from ._telling import ItemTeller


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


class ResponsesParser(ItemTeller):
    """Response events to chunks."""

    def __init__(self) -> None:
        super().__init__()
        self._items = Items()
        self._writes_at: tuple[Any, ...] = ()
        self._part = Told()
        self._cut = False
        """The answer says that it is not whole."""
        self._kept: set[tuple[Any, Any]] = set()

    def feed(self, event: str, value: Any) -> list[Chunk]:
        """The chunks of one event."""
        if value == DONE:
            return []
        kind = value.get("type") or event
        if kind == "response.output_text.delta":
            # Nearly all events are of this type and continue the part before: it is kept at hand.
            piece = text(value.get("delta"), "delta")
            at = (value.get("item_id"), value.get("output_index"), value.get("content_index"))
            if at != self._writes_at:
                item = self._items.find("message", at[0], at[1] or 0)
                self._part = item.part(("text", at[2] or 0))
                self._writes_at = at
                self._part.add(piece)
                return self._say(item, ("text", at[2] or 0), piece, value)
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
        """Chunks of what was kept, for a body that ends early."""
        return [*self._rest_of_openings(None, whole=False), *super().late]

    def _rare(self, kind: str, event: str, value: Any, chunks: list[Chunk]) -> None:
        """All events but a piece of the answer's text."""
        place = value.get("output_index") or 0
        match kind:
            case _ if kind in DELTAS:
                of, what, where, _ = DELTAS[kind]
                item = self._items.find(of, value.get("item_id"), place)
                told = value.get("delta")
                piece = arguments_text(told) if what == "arguments" else text(told, "delta")
                part = what, value.get(where) or 0
                item.part(part).add(piece)
                chunks += self._say(item, part, piece, value)
            case _ if kind in DONES:
                of, what, where, field = DONES[kind]
                item = self._items.find(of, value.get("item_id"), place)
                item.name = item.name or value.get("name")
                whole = arguments_text(value.get(field))
                self._rest_of_part(item, (what, value.get(where) or 0), whole, value, chunks)
            case _ if kind in PART_EVENTS:
                where, is_whole = PART_EVENTS[kind]
                given = members(value.get("part"))
                if given.get("type") in PARTS:
                    of, what, field = PARTS[given["type"]]
                    item = self._items.find(of, value.get("item_id"), place)
                    at = (what, value.get(where) or 0)
                    told = text(given.get(field), field)
                    if is_whole:
                        self._rest_of_part(item, at, told, value, chunks)
                    else:
                        item.given.append((at, told))
            case "response.output_text.annotation.added":
                item = self._items.find("message", value.get("item_id"), place)
                item.cited[value.get("content_index") or 0] += 1
                chunks.append(self._other("citation", value.get("annotation"), value))
            case "response.output_item.added":
                self._open(members(value.get("item")), place, value, chunks)
            case "response.output_item.done":
                self._whole(members(value.get("item")), place, value, chunks)
            case "response.created" | "response.in_progress" | "response.queued":
                response = members(value.get("response"))
                self._identify(id=response.get("id"), model=response.get("model"))
            case _ if kind in TERMINALS:
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
        self._ending.see(told, place)
        kind = kind_of(told)
        if kind is None:
            return
        item = self._items.open(kind, told, place)
        item.name = item.name or told.get("name")
        item.facts = facts_of(told, kind)
        item.given += parts_of(told, kind)[0]
        if kind == "call":
            chunks.append(self._call(item, "", raw))
        elif kind == "reasoning":
            chunks.append(self._thought(item, raw))  # its place among them: it may be told last

    def _whole(self, told: Any, place: int, raw: Any, chunks: list[Chunk]) -> None:
        """A whole item: only what nothing has told."""
        self._ending.see(told, place)
        kind = kind_of(told)
        if kind is None:
            self._keep(told, place, raw, chunks)
            return
        wholes, strange = parts_of(told, kind)
        item = self._items.whole(kind, told, place, "".join(whole for _, whole in wholes))
        item.name = item.name or told.get("name")
        item.facts = facts_of(told, kind) or item.facts
        rests = [(part[1], self._say(item, part, rest, raw)) for part, rest in item.untold(wholes)]
        if kind == "message":
            cited: list[tuple[int, list[Chunk]]] = [
                (at, [self._other("citation", each, raw)])
                for at, each in item.uncited(told.get("content") or ())
            ]
            # A citation is of the text before it, so it comes right after its part's.
            rests = sorted(rests + cited, key=itemgetter(0))
        chunks += itertools.chain.from_iterable(made for _, made in rests)
        for at, part in strange.items():
            if at not in item.strange:
                item.strange.add(at)
                kind_of_part = text(fields(part).get("type"), "type") or "part"
                chunks.append(self._other(kind_of_part, part, raw))
        if kind == "reasoning":
            sealed = text(told.get("encrypted_content"), "encrypted_content") or item.sealed
            if sealed != item.sealed or item.facts != item.facts_told:
                new = sealed if sealed != item.sealed else None
                item.sealed = sealed
                chunks.append(self._thought(item, raw, redacted=new))
        if kind == "call":
            item.call_id = item.call_id or item.id
            if (
                not item.ended
                and told.get("status", "incomplete" if self._cut else None) != "incomplete"
            ):
                item.ended = True
                chunks.append(self._call(item, "", raw, last=True))
            elif item.call_id != item.told_id or item.name != item.told_name:
                chunks.append(self._call(item, "", raw))

    def _keep(self, told: Any, place: int, raw: Any, chunks: list[Chunk]) -> None:
        """An image, or an item that this library does not model, once: it goes back as it is."""
        key = told.get("type"), told.get("id") or told.get("call_id") or place
        if key[0] and key not in self._kept:
            self._kept.add(key)
            part = read_image(told) or RawPart(WIRE, told)
            chunks.append(PartChunk(part=part, metadata=self._metadata, raw_response=raw))

    def _rest_of_part(
        self, item: Item, part: Part, whole: str, raw: Any, chunks: list[Chunk]
    ) -> None:
        rest = item.untold_of(part, whole)
        if rest or item.name != item.told_name:
            chunks += self._say(item, part, rest, raw)

    def _rest_of_openings(self, raw: Any, *, whole: bool) -> list[Chunk]:
        """Texts, ids and names that only the openings of items had."""
        chunks: list[Chunk] = []
        for item in self._items.all:
            if item.kind == "call":
                item.call_id = item.call_id or item.id
            if item.given:
                for part, rest in item.untold(item.given):
                    chunks += self._say(item, part, rest, raw)
            if item.kind == "call" and whole and not item.ended:
                item.ended = True
                chunks.append(self._call(item, "", raw, last=True))
            elif item.kind == "call" and item.call_id != item.told_id:
                chunks.append(self._call(item, "", raw))
        return chunks

    def end(self, status: str, response: Any, raw: Any, chunks: list[Chunk]) -> None:
        """The end of the answer: *response* is the whole of it, with *status*."""
        self._identify(id=response.get("id"), model=response.get("model"))
        self._cut = status == "incomplete" or bool(response.get("incomplete_details"))
        self._items.begin_again()
        output: Any = response.get("output") or ()
        alone = response.get("output_text")
        if alone and not output and not any(item.kind == "message" for item in self._items.all):
            output = [
                {"type": "message", "content": alone}
            ]  # of a gateway, after an SDK's property
        for place, told in enumerate(output):
            item = fields(told)
            if self._ending.see(item, place) and kind_of(item) is None:
                chunks.append(self._other(text(item.get("type"), "type") or "item", told, raw))
            self._whole(item, place, raw, chunks)
        chunks += self._rest_of_openings(raw, whole=not self._cut)
        report = response.get("usage")
        if report:
            chunks.append(self._usage(report, raw))
        calls = {item.call_id for item in self._items.all if item.kind == "call"}
        verdict, status, failure = self._ending.judge(status, response, calls)
        self.failure = failure or self.failure
        facts = {"finish_reason": status, "incomplete_details": response.get("incomplete_details")}
        chunks.append(
            FinishChunk(
                verdict=verdict, reason=status, metadata=self._with(**facts), raw_response=raw
            )
        )
        self.ended = self.whole = True
