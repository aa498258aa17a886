"""OpenAI Responses: items with parts, each event numbered, and the whole response at the end."""

from __future__ import annotations

import time
from typing import Any, Final

import attrs

from ._ask import (
    Ask,
    BadAsk,
    ask_limit,
    ask_list,
    ask_model,
    ask_switch,
    count_media,
    joined,
    plain_text,
)
from ._json import JsonObject, as_list, as_object, as_text, sse
from ._openai_chat import OpenAIChat
from ._openai_choices import read_form, read_tools
from ._reply import Part, Reply
from ._rules._responses import ENCRYPTED, SEALED, check_responses
from ._signing import seal
from ._wire import FAULT_MESSAGE, Asked, Writer

_REASONS: Final = {"length": "max_output_tokens", "filtered": "content_filter"}
_PREFIX: Final = {"reasoning": "rs", "text": "msg", "refusal": "msg", "call": "fc"}


@attrs.frozen
class OpenAIResponses(OpenAIChat):
    """``POST {base}/responses``; keys and errors are those of chat completions."""

    def check(self, asked: Asked, /) -> None:
        """Refuse what the service refuses."""
        check_responses(asked.body, asked.stored, ignored=self.dialect != "openai")

    def read(self, asked: Asked, /) -> Ask:
        """Read the request."""
        body = asked.body
        if isinstance(body.get("input"), str):
            items: list[JsonObject] = [{"role": "user", "content": body["input"]}]
        else:
            items = ask_list(body, "input")
        before = asked.stored.conversation(body.get("previous_response_id")) or ()
        for place, item in enumerate(items):
            if not (item.get("role") or item.get("type")):
                raise BadAsk(f"input[{place}]: a role or a type is required")
        last, items = items[-1], [*before, *items]
        users = [item for item in items if item.get("role") == "user"]
        said = [plain_text(item.get("content", item.get("output"))) for item in items]
        tools, choice = read_tools(body)
        shown = as_object(body.get("reasoning")).get("summary") is not None
        return Ask(
            model=ask_model(body),
            prompt=plain_text(users[-1].get("content")) if users else "",
            context=joined([as_text(body.get("instructions")), *said]),
            stream=ask_switch(body, "stream"),
            after_tool=last.get("type") == "function_call_output",
            reasoning=shown or ENCRYPTED in as_list(body.get("include")),
            tools=tools,
            choice=choice,
            one_call=body.get("parallel_tool_calls") is False,
            form=read_form(as_object(body.get("text")).get("format")),
            media=count_media(items),
            limit=ask_limit(body, "max_output_tokens"),
        )

    def writer(self, asked: Asked, reply: Reply, /) -> Writer:
        """A writer for one reply."""
        return _ResponsesWriter(asked, reply)


class _ResponsesWriter(Writer):
    def __init__(self, asked: Asked, reply: Reply) -> None:
        self._reply = reply
        self._sequence = 0
        self._asked = asked
        body = asked.body
        self._encrypted = ENCRYPTED in as_list(body.get("include"))
        reasoning = as_object(body.get("reasoning"))
        self._response: JsonObject = {
            "id": f"resp_{asked.id}",
            "object": "response",
            "created_at": int(time.time()),
            "status": "in_progress",
            "background": False,
            "error": None,
            "incomplete_details": None,
            "instructions": body.get("instructions"),
            "max_output_tokens": reply.ask.limit,
            "model": reply.ask.model,
            "output": [],
            "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
            "previous_response_id": body.get("previous_response_id"),
            "reasoning": {
                "effort": reasoning.get("effort"),
                "summary": reasoning.get("summary"),
            },
            "service_tier": "default",
            "store": body.get("store") is not False,
            "temperature": 1.0,
            "text": {"format": {"type": "text"}, **as_object(body.get("text"))},
            "tool_choice": body.get("tool_choice") or "auto",
            "tools": as_list(body.get("tools")),
            "top_p": 1.0,
            "truncation": "disabled",
            "usage": None,
            "user": None,
            "metadata": {},
        }

    def begin(self) -> bytes:
        return self._event("response.created", response=self._response) + self._event(
            "response.in_progress", response=self._response
        )

    def open(self, part: Part, /) -> bytes:
        item = self._item(part, whole=False)
        added = self._event("response.output_item.added", output_index=part.index, item=item)
        match part.kind:
            case "call":
                return added
            case "reasoning":
                kind = "response.reasoning_summary_part.added"
                empty: JsonObject = {"type": "summary_text", "text": ""}
                return added + self._event(kind, part=empty, **self._at(part))
            case _:
                kind = "response.content_part.added"
                return added + self._event(kind, part=_content(part, ""), **self._at(part))

    def piece(self, part: Part, piece: str, /) -> bytes:
        kind, more = _delta(part)
        return self._event(f"{kind}.delta", delta=piece, **more, **self._at(part))

    def close(self, part: Part, /) -> bytes:
        kind, more = _delta(part)
        at = self._at(part)
        match part.kind:
            case "call":
                closed = self._event(f"{kind}.done", arguments=part.text, name=part.name, **at)
            case "reasoning":
                told: JsonObject = {"type": "summary_text", "text": part.text}
                closed = self._event(f"{kind}.done", text=part.text, **at)
                closed += self._event("response.reasoning_summary_part.done", part=told, **at)
            case _:
                name = "refusal" if part.kind == "refusal" else "text"
                told = _content(part, part.text)
                closed = self._event(f"{kind}.done", **{name: part.text}, **more, **at)
                closed += self._event("response.content_part.done", part=told, **at)
        # Events are numbered as they are made: this one last.
        item = self._item(part, whole=True)
        return closed + self._event("response.output_item.done", output_index=part.index, item=item)

    def end(self) -> bytes:
        whole = self.whole()
        return self._event(f"response.{whole['status']}", response=whole)

    def fault(self) -> bytes:
        return self._event("error", code="server_error", message=FAULT_MESSAGE, param=None)

    def whole(self) -> JsonObject:
        reply = self._reply
        reason = _REASONS.get(reply.finish)
        usage: JsonObject = {
            "input_tokens": reply.prompt_count,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": reply.count,
            "output_tokens_details": {"reasoning_tokens": reply.reasoning_count},
            "total_tokens": reply.prompt_count + reply.count,
        }
        output = [self._item(part, whole=True) for part in reply.parts]
        if self._response["store"]:
            said = self._asked.body.get("input")
            items = [{"role": "user", "content": said}] if isinstance(said, str) else as_list(said)
            before = self._asked.stored.conversation(self._response["previous_response_id"]) or ()
            self._asked.stored.add(self._response["id"], [*before, *items], output)
        return {
            **self._response,
            "status": "incomplete" if reason else "completed",
            "incomplete_details": {"reason": reason} if reason else None,
            "output": output,
            "usage": usage,
        }

    def _event(self, kind: str, **fields: Any) -> bytes:
        value = {"type": kind, "sequence_number": self._sequence, **fields}
        self._sequence += 1
        return sse(value, event=kind)

    def _at(self, part: Part) -> JsonObject:
        place: JsonObject = {"item_id": self._id(part), "output_index": part.index}
        if part.kind == "reasoning":
            place["summary_index"] = 0
        elif part.kind != "call":
            place["content_index"] = 0
        return place

    def _id(self, part: Part) -> str:
        return f"{_PREFIX[part.kind]}_{self._reply.digest[:24]}{part.index:02}"

    def _item(self, part: Part, *, whole: bool) -> JsonObject:
        text = part.text if whole else ""
        item: JsonObject = {"id": self._id(part)}
        if part.kind == "reasoning":
            summary = [{"type": "summary_text", "text": text}] if whole else []
            item |= {"type": "reasoning", "summary": summary}
            if self._encrypted:
                item["encrypted_content"] = seal(SEALED, item["id"])
            return item
        last = part.index == len(self._reply.parts) - 1
        ended = "incomplete" if last and self._reply.finish in _REASONS else "completed"
        item["status"] = ended if whole else "in_progress"
        if part.kind == "call":
            call = {"call_id": f"call_{part.id}", "name": part.name, "arguments": text}
            return {**item, "type": "function_call", **call}
        content = [_content(part, text)] if whole else []
        return {**item, "type": "message", "role": "assistant", "content": content}


def _content(part: Part, text: str) -> JsonObject:
    if part.kind == "refusal":
        return {"type": "refusal", "refusal": text}
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _delta(part: Part) -> tuple[str, JsonObject]:
    """The name that a part's events begin with, and what else they hold."""
    match part.kind:
        case "reasoning":
            return "response.reasoning_summary_text", {}
        case "call":
            return "response.function_call_arguments", {}
        case "refusal":
            return "response.refusal", {}
        case _:
            return "response.output_text", {"logprobs": []}
