"""Anthropic messages: blocks that begin, grow and stop, and a ping among them."""

from __future__ import annotations

from typing import Any, Final

from ._ask import (
    Ask,
    BadAsk,
    Choice,
    Tool,
    ask_limit,
    ask_list,
    ask_model,
    ask_stop,
    ask_switch,
    ask_tools,
    count_media,
    joined,
    plain_text,
)
from ._json import JsonObject, as_list, as_object, as_text, sse
from ._reply import Finish, Part, Reply
from ._rules._anthropic import check_anthropic
from ._rules._anthropic_thinking import REDACTED, SIGNED
from ._signing import seal, sign
from ._wire import Asked, Wire, Writer, bearer

_FINISH: Final[dict[Finish, str]] = {
    "stop": "end_turn",
    "stop_string": "stop_sequence",
    "length": "max_tokens",
    "tools": "tool_use",
    # Its filter, too, ends an answer with this.
    "filtered": "refusal",
    "refused": "refusal",
}
_TYPES: Final = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class Anthropic(Wire):
    """``POST {base}/v1/messages``."""

    def authorized(self, asked: Asked, /) -> bool:
        """Its own header, or a bearer token."""
        return bool(asked.headers.get("x-api-key")) or bearer(asked)

    def check(self, asked: Asked, /) -> None:
        """Refuse what Anthropic refuses; a request that names a beta may use its fields."""
        check_anthropic(asked.body, asked.headers.get("anthropic-beta", ""))

    def read(self, asked: Asked, /) -> Ask:
        """Read the request."""
        body = asked.body
        if "anthropic-version" not in asked.headers:
            raise BadAsk("anthropic-version: header is required")
        messages = ask_list(body, "messages")
        for place, message in enumerate(messages):
            if message.get("role") not in {"user", "assistant"}:
                raise BadAsk(f"messages.{place}.role: Input should be 'user' or 'assistant'")
        limit = ask_limit(body, "max_tokens")
        if limit is None:
            raise BadAsk("max_tokens: Field required")
        # A message that only brings results of tools is not the user's word.
        said = [text for m in messages if m["role"] == "user" and (text := _said(m))]
        last = as_list(messages[-1].get("content"))
        tools, choice = _tools(body)
        thinking = as_object(body.get("thinking")).get("type")
        form = as_object(as_object(body.get("output_config")).get("format"))
        beta = asked.headers.get("anthropic-beta", "")
        texts = [plain_text(message.get("content")) for message in messages]
        return Ask(
            model=ask_model(body),
            prompt=said[-1] if said else "",
            context=joined([plain_text(body.get("system")), *texts]),
            stream=ask_switch(body, "stream"),
            after_tool=any(as_object(block).get("type") == "tool_result" for block in last),
            reasoning=thinking in {"enabled", "adaptive"},
            can_redact=True,
            interleaved=thinking == "adaptive" or "interleaved-thinking" in beta,
            tools=tools,
            choice=choice,
            one_call=as_object(body.get("tool_choice")).get("disable_parallel_tool_use") is True,
            form=as_object(form.get("schema")) if form else None,
            media=count_media(messages),
            limit=limit,
            stop=ask_stop(body.get("stop_sequences")),
        )

    def writer(self, asked: Asked, reply: Reply, /) -> Writer:
        """A writer for one reply."""
        return _MessageWriter(asked, reply)

    def error(
        self, status: int, message: str, request_id: str, /, **_more: str | None
    ) -> JsonObject:
        """The error document."""
        kind = _TYPES.get(status, "invalid_request_error" if status < 500 else "api_error")
        error = {"type": kind, "message": message}
        return {"type": "error", "error": error, "request_id": f"req_{request_id}"}

    def headers(self, request_id: str, /) -> dict[str, str]:
        """Ids."""
        return {"request-id": f"req_{request_id}"}


def _said(message: JsonObject) -> str:
    return plain_text(message.get("content"))


def _tools(body: JsonObject) -> tuple[tuple[Tool, ...], Choice]:
    offered = [
        Tool(as_text(as_object(tool).get("name")), as_object(as_object(tool).get("input_schema")))
        for tool in as_list(body.get("tools"))
    ]
    choice = as_object(body.get("tool_choice"))
    kind = choice.get("type")
    names = (as_text(choice.get("name")),) if kind == "tool" else None
    read = Choice(must_call=kind in {"any", "tool"}, never=kind == "none", names=names)
    return ask_tools(offered, read), read


class _MessageWriter(Writer):
    def __init__(self, asked: Asked, reply: Reply) -> None:
        self._reply = reply
        self._id = asked.id
        self._pinged = False
        self._message: JsonObject = {
            "id": f"msg_{asked.id}",
            "type": "message",
            "role": "assistant",
            "model": reply.ask.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
        }

    def begin(self) -> bytes:
        usage = self._usage(min(1, self._reply.count))
        return _event("message_start", message=self._message | {"usage": usage})

    def open(self, part: Part, /) -> bytes:
        block: JsonObject
        match part.kind:
            case "reasoning":
                block = {"type": "thinking", "thinking": "", "signature": ""}
            case "redacted":
                block = self._block(part)  # it comes whole
            case "call":
                block = {"type": "tool_use", "id": _call_id(part), "name": part.name, "input": {}}
            case _:
                block = {"type": "text", "text": ""}
        opened = _event("content_block_start", index=part.index, content_block=block)
        if not self._pinged:
            self._pinged = True
            opened += _event("ping")
        if part.kind == "call":
            opened += self._delta(part.index, "input_json_delta", partial_json="")
        return opened

    def piece(self, part: Part, piece: str, /) -> bytes:
        match part.kind:
            case "reasoning":
                return self._delta(part.index, "thinking_delta", thinking=piece)
            case "redacted":
                return b""
            case "call":
                return self._delta(part.index, "input_json_delta", partial_json=piece)
            case _:
                return self._delta(part.index, "text_delta", text=piece)

    def close(self, part: Part, /) -> bytes:
        closed = b""
        if part.kind == "reasoning":
            signature = sign(SIGNED, part.text)
            closed = self._delta(part.index, "signature_delta", signature=signature)
        return closed + _event("content_block_stop", index=part.index)

    def end(self) -> bytes:
        usage = self._final_usage()
        return _event("message_delta", delta=self._stop(), usage=usage) + _event("message_stop")

    def fault(self) -> bytes:
        error = {"type": "overloaded_error", "message": "Overloaded"}
        return _event("error", error=error, request_id=f"req_{self._id}")

    def whole(self) -> JsonObject:
        content = [self._block(part) for part in self._reply.parts]
        return {**self._message, "content": content, **self._stop(), "usage": self._final_usage()}

    def _block(self, part: Part) -> JsonObject:
        match part.kind:
            case "reasoning":
                signature = sign(SIGNED, part.text)
                return {"type": "thinking", "thinking": part.text, "signature": signature}
            case "redacted":
                data = seal(REDACTED, f"{self._reply.digest}{part.index}")
                return {"type": "redacted_thinking", "data": data}
            case "call":
                call = {"id": _call_id(part), "name": part.name, "input": part.arguments}
                return {"type": "tool_use", **call}
            case _:
                return {"type": "text", "text": part.text}

    def _delta(self, index: int, kind: str, **fields: str) -> bytes:
        return _event("content_block_delta", index=index, delta={"type": kind, **fields})

    def _stop(self) -> JsonObject:
        reason = _FINISH[self._reply.finish]
        return {"stop_reason": reason, "stop_sequence": self._reply.stop_string}

    def _usage(self, output: int) -> JsonObject:
        return {
            "input_tokens": self._reply.prompt_count,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": output,
        }

    def _final_usage(self) -> JsonObject:
        usage = self._usage(self._reply.count)
        if self._reply.reasoning_count:
            usage["output_tokens_details"] = {"thinking_tokens": self._reply.reasoning_count}
        return usage


def _event(kind: str, **fields: Any) -> bytes:
    return sse({"type": kind, **fields}, event=kind)


def _call_id(part: Part) -> str:
    return f"toolu_{part.id}"
