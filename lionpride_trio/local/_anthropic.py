"""Anthropic messages: thinking that is signed, and sealed where it is not shown."""

from __future__ import annotations

from .._chunks import Usage
from ..providers.encoders import Encoder, Head, MessagesEncoder, anthropic_error
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
from ._json import JsonObject, as_list, as_object, as_text
from ._reply import Part, Reply
from ._rules._anthropic import check_anthropic
from ._rules._anthropic_thinking import REDACTED, SIGNED
from ._signing import seal, sign
from ._wire import Asked, Wire, bearer


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

    @property
    def fault(self) -> tuple[int, str]:
        """Its usual one."""
        return 529, "Overloaded"

    def encoder(self, asked: Asked, reply: Reply, /) -> Encoder:
        """A message."""
        request_id = f"req_{asked.id}"
        return MessagesEncoder(
            Head(id=f"msg_{asked.id}", model=reply.ask.model, request_id=request_id)
        )

    def usage(self, reply: Reply, /) -> Usage:
        """Reasoning is counted where there was some."""
        return Usage(
            input_tokens=reply.prompt_count,
            output_tokens=reply.count,
            reasoning_tokens=reply.reasoning_count or None,
            cached_tokens=0,
            cache_write_tokens=0,
        )

    def call_id(self, part: Part, /) -> str:
        """Anthropic's ids say what they are of."""
        return f"toolu_{part.id}"

    def seal(self, _asked: Asked, reply: Reply, part: Part, /) -> str | None:
        """A block that is not shown is told in encrypted form."""
        return seal(REDACTED, f"{reply.digest}{part.index}") if part.kind == "redacted" else None

    def proof(self, _reply: Reply, part: Part, /) -> str | None:
        """A block of thinking is signed."""
        return sign(SIGNED, part.text) if part.kind == "reasoning" else None

    def error(
        self, status: int, message: str, request_id: str, /, **_more: str | None
    ) -> JsonObject:
        """The error document."""
        return anthropic_error(status, message, f"req_{request_id}")

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
