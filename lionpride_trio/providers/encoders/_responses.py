"""OpenAI Responses: items with parts, each event numbered, and the whole response at the end.

Fact: the reference of the streaming events (platform.openai.com).  Everything is told up to four
times: in deltas, when a part is done, when its item is done, and in the last event.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from ..._chunks import Chunk, FinishChunk, OtherChunk, Usage, UsageChunk, Verdict
from ._abilities import Abilities
from ._encoder import Encoder, Head, told
from ._framing import Framing, JsonObject
from ._parts import Part, PartKind, Parts, parts_of
from ._responses_object import response_with_request, short_response, usage_report
from ._style import Style, says_yes

_REASONS: Final = {
    Verdict.LENGTH: "max_output_tokens",
    Verdict.BLOCKED: "content_filter",
    Verdict.UNKNOWN: "a_new_reason",
}
"""The reason of an answer that is incomplete."""
_PREFIX: Final[Mapping[PartKind, str]] = {
    "reasoning": "rs",
    "text": "msg",
    "refusal": "msg",
    "call": "fc",
    "image": "ig",
}


def item_id(kind: PartKind, base: str, place: int) -> str:
    """The id of the item at *place* of the answer whose ids are made of *base*."""
    return f"{_PREFIX[kind]}_{base}{place:02}"


@attrs.frozen(kw_only=True)
class ResponsesStyle(Style):
    """The habits in which servers of OpenAI's Responses differ."""

    tells_steps: bool = True
    """The beginnings and ends of parts have events of their own."""
    done_only: Sequence[bool] = ()
    """For each item: its pieces are told when it is done, and not before."""
    thought_itself: Sequence[bool] = ()
    """For each item: reasoning is told as the thought, not as a summary of it."""


class ResponsesEncoder(Encoder):
    """Writes a response."""

    abilities = Abilities(
        endings={
            Verdict.COMPLETE: ["completed"],
            Verdict.TOOL_USE: ["completed"],
            Verdict.LENGTH: ["incomplete"],
            Verdict.BLOCKED: ["incomplete"],
            Verdict.UNKNOWN: ["incomplete"],
            Verdict.REFUSED: ["completed"],
        },
        reasoning="blocks",
        sealed=True,
        refusals=True,
        citations=True,
        media=("image",),
        more_counts=(
            "total_tokens",
            "reasoning_tokens",
            "cached_tokens",
            "cache_write_tokens",
        ),
    )
    has_blocks = True

    def __init__(
        self,
        head: Head,
        style: ResponsesStyle | None = None,
        *,
        request: Mapping[str, Any] | None = None,
        item_base: str = "",
    ) -> None:
        """*request* are the fields of the request that the response repeats.

        *item_base* is what the ids of the items are made of.
        """
        self._style = style or ResponsesStyle()
        super().__init__(head, Framing(self._style))
        self._sequence = 0
        self._item_base = item_base
        self._parts = Parts(has_images=True)
        self._open: Part | None = None
        self.output: list[JsonObject] = []
        """The items that are done."""
        self._response = (
            response_with_request(head, request or {})
            if self._style.extras
            else short_response(head)
        )

    def begin(self, usage: Usage | None = None) -> bytes:
        """The response without its output."""
        self.usage = usage
        body = self._event("response.created", response=self._response)
        if self._style.tells_steps:
            body += self._event("response.in_progress", response=self._response)
        return body

    def write(self, chunk: Chunk) -> bytes:
        part = self._parts.take(chunk)
        if part is None:
            return b""
        if part is self._open:
            return self._piece(part, chunk)
        body = self._close() + self._begin_item(part)
        if part.text or part.citations:
            body += self._piece(part, chunk)
        return body

    def _begin_item(self, part: Part) -> bytes:
        self._open = part
        item = self._item(part, whole=False)
        body = self._event("response.output_item.added", output_index=part.place, item=item)
        if not self._style.tells_steps or part.kind == "call":
            return body
        if part.kind == "image":
            return body + self._event("response.image_generation_call.generating", **self._at(part))
        if part.kind == "reasoning":
            if self._thinks_aloud(part):
                return body
            kind = "response.reasoning_summary_part.added"
            return body + self._event(kind, part=_summary(""), **self._at(part))
        kind = "response.content_part.added"
        return body + self._event(kind, part=self._content(part, whole=False), **self._at(part))

    def _piece(self, part: Part, chunk: Chunk) -> bytes:
        if says_yes(self._style.done_only, part.place):
            return b""
        if part.kind == "text" and isinstance(chunk, OtherChunk):
            number = {"annotation_index": len(part.citations) - 1} if self._style.extras else {}
            kind = "response.output_text.annotation.added"
            return self._event(kind, annotation=chunk.value, **number, **self._at(part))
        if part.kind == "reasoning" and not part.pieces[-1]:
            return b""  # the encrypted form, which the item has
        kind, more = self._delta(part)
        return self._event(f"{kind}.delta", delta=part.pieces[-1], **more, **self._at(part))

    def _close(self) -> bytes:
        part, self._open = self._open, None
        if part is None:
            return b""
        body = self._end_part(part) if self._style.tells_steps else b""
        item = self._item(part, whole=True)
        self.output.append(item)
        return body + self._event("response.output_item.done", output_index=part.place, item=item)

    def _end_part(self, part: Part) -> bytes:
        at = self._at(part)
        if part.kind == "image":
            return self._event("response.image_generation_call.completed", **at)
        kind, more = self._delta(part)
        match part.kind:
            case "call":
                named = {"name": part.name} if self._style.extras else {}
                return self._event(f"{kind}.done", arguments=part.text, **named, **at)
            case "reasoning":
                body = self._event(f"{kind}.done", text=part.text, **at)
                if self._thinks_aloud(part):
                    return body
                kind = "response.reasoning_summary_part.done"
                return body + self._event(kind, part=_summary(part.text), **at)
            case _:
                name = "refusal" if part.kind == "refusal" else "text"
                body = self._event(f"{kind}.done", **{name: part.text}, **more, **at)
                whole = self._content(part, whole=True)
                return body + self._event("response.content_part.done", part=whole, **at)

    def end(self) -> bytes:
        """The end of the last item, and the whole response."""
        body = self._close()
        whole = self._document()
        return body + self._event(f"response.{whole['status']}", response=whole)

    def fail(self, message: str, *, status: int = 500) -> bytes:
        """An event of the type ``error``."""
        code = "server_error" if status >= 500 else "invalid_request_error"
        return self._event("error", code=code, message=message, param=None)

    def whole(self, chunks: Iterable[Chunk]) -> JsonObject:
        """The whole response."""
        seen = list(chunks)
        for chunk in seen:
            if isinstance(chunk, UsageChunk | FinishChunk):
                self.feed(chunk)
        self._parts.all = parts_of(seen, has_images=True)
        self.output = [self._item(part, whole=True) for part in self._parts.all]
        return self._document()

    def _document(self) -> JsonObject:
        reason = self._why if self._is_incomplete else None
        return {
            **self._response,
            "status": "incomplete" if reason else "completed",
            "incomplete_details": {"reason": reason} if reason else None,
            "output": self.output,
            "usage": None if self.usage is None else usage_report(self.usage),
        }

    @property
    def _is_incomplete(self) -> bool:
        return self.finish.verdict in _REASONS

    @property
    def _why(self) -> str:
        """The reason of an answer that is incomplete: another API's word, where nobody knows it."""
        end = self.finish
        strange = end.verdict is Verdict.UNKNOWN and end.reason not in {None, "incomplete"}
        return str(end.reason) if strange else _REASONS[end.verdict]

    def _event(self, kind: str, **fields: Any) -> bytes:
        value = {"type": kind, "sequence_number": self._sequence, **fields}
        self._sequence += 1
        return self.framing.event(value, kind)

    def _at(self, part: Part) -> JsonObject:
        """Where in the output a part is."""
        if not self._style.extras:
            return {"output_index": part.place}
        place: JsonObject = {"item_id": self._id(part), "output_index": part.place}
        if part.kind == "reasoning" and not self._thinks_aloud(part):
            place["summary_index"] = 0
        elif part.kind not in {"call", "image"}:
            place["content_index"] = 0
        return place

    def _id(self, part: Part) -> str:
        return item_id(part.kind, self._item_base, part.place)

    def _thinks_aloud(self, part: Part) -> bool:
        return says_yes(self._style.thought_itself, part.place)

    def _item(self, part: Part, *, whole: bool) -> JsonObject:
        text = part.text if whole else ""
        item: JsonObject = {"id": self._id(part)}
        if part.kind == "reasoning":
            summary = [_summary(text)] if text else []
            item |= {"type": "reasoning", "summary": summary}
            return item | told(encrypted_content=part.redacted)
        if part.kind == "image":
            return {**item, **self._image(part, whole=whole)}
        if self._style.extras:
            last = part is self._parts.all[-1]
            ended = "incomplete" if last and self._is_incomplete else "completed"
            item["status"] = ended if whole else "in_progress"
        if part.kind == "call":
            call_id = part.id or f"call_{part.number}"
            call = {"call_id": call_id, "name": part.name, "arguments": text}
            return {**item, "type": "function_call", **call}
        content = [self._content(part, whole=True)] if whole else []
        return {**item, "type": "message", "role": "assistant", "content": content}

    def _image(self, part: Part, *, whole: bool) -> JsonObject:
        """The fields of an item that gives an image."""
        image: JsonObject = {"type": "image_generation_call", "status": "in_progress"}
        if part.image is None or not whole:
            return image
        form = str(part.image.media_type).removeprefix("image/")
        data = base64.b64encode(part.image.data or b"").decode("ascii")
        return {**image, "status": "completed", "output_format": form, "result": data}

    def _content(self, part: Part, *, whole: bool) -> JsonObject:
        text = part.text if whole else ""
        if part.kind == "refusal":
            return {"type": "refusal", "refusal": text}
        cited = part.citations if whole else []
        content = {"type": "output_text", "text": text, "annotations": [*cited]}
        return content | {"logprobs": []} if self._style.extras else content

    def _delta(self, part: Part) -> tuple[str, JsonObject]:
        """The name that a part's events begin with, and what else they hold."""
        match part.kind:
            case "reasoning" if self._thinks_aloud(part):
                return "response.reasoning_text", {}
            case "reasoning":
                return "response.reasoning_summary_text", {}
            case "call":
                return "response.function_call_arguments", {}
            case "refusal":
                return "response.refusal", {}
            case _:
                return "response.output_text", {"logprobs": []} if self._style.extras else {}


def _summary(text: str) -> JsonObject:
    return {"type": "summary_text", "text": text}
