"""OpenAI chat completions, and the dialects of Groq, OpenRouter and compatible servers."""

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
    ask_seed,
    ask_stop,
    ask_switch,
    count_media,
    joined,
    plain_text,
)
from ._json import JsonObject, as_object, sse
from ._openai_choices import read_form, read_tools
from ._reply import Finish, Part, Reply
from ._rules._openai_chat import Dialect, check_openai_chat
from ._wire import FAULT_MESSAGE, Asked, Wire, Writer, bearer

ROLES: Final = frozenset(["system", "developer", "user", "assistant", "tool", "function"])
_FINISH: Final[dict[Finish, str]] = {
    "stop": "stop",
    "stop_string": "stop",
    "length": "length",
    "tools": "tool_calls",
    "filtered": "content_filter",
    "refused": "stop",
}
_TYPES: Final = {
    401: ("invalid_request_error", "invalid_api_key"),
    403: ("invalid_request_error", "unsupported_country_region_territory"),
    404: ("invalid_request_error", "model_not_found"),
    429: ("requests", "rate_limit_exceeded"),
    503: ("service_unavailable_error", None),
}


@attrs.frozen
class OpenAIChat(Wire):
    """``POST {base}/chat/completions``."""

    dialect: Dialect
    key_needed: bool = True

    def authorized(self, asked: Asked, /) -> bool:
        """A bearer token."""
        return not self.key_needed or bearer(asked)

    def check(self, asked: Asked, /) -> None:
        """Refuse what the service refuses."""
        check_openai_chat(asked.body, self.dialect)

    def read(self, asked: Asked, /) -> Ask:
        """Read the request."""
        body = asked.body
        messages = ask_list(body, "messages")
        for place, message in enumerate(messages):
            if message.get("role") not in ROLES:
                raise BadAsk(f"messages[{place}].role: one of {', '.join(sorted(ROLES))}")
        if body.get("n") not in {None, 1}:
            raise BadAsk("n: this server gives one answer only")
        users = [message for message in messages if message["role"] == "user"]
        tools, choice = read_tools(body)
        shown, tagged = self._reasoning(body)
        return Ask(
            model=ask_model(body),
            prompt=plain_text(users[-1].get("content")) if users else "",
            context=joined(plain_text(message.get("content")) for message in messages),
            stream=ask_switch(body, "stream"),
            after_tool=messages[-1]["role"] in {"tool", "function"},
            reasoning=shown,
            think_tags=tagged,
            tools=tools,
            choice=choice,
            one_call=body.get("parallel_tool_calls") is False,
            form=read_form(body.get("response_format")),
            media=count_media(messages),
            limit=ask_limit(body, "max_completion_tokens", "max_tokens"),
            stop=ask_stop(body.get("stop")),
            seed=ask_seed(body.get("seed")),
        )

    def _reasoning(self, body: JsonObject) -> tuple[bool, bool]:
        """Whether reasoning is shown, and whether inside the answer instead."""
        wanted = body.get("reasoning_effort") not in {None, "none"}
        if self.dialect == "openrouter":
            told = as_object(body.get("reasoning"))
            wanted = wanted or bool(told and not told.get("exclude"))
        if self.dialect == "groq" and body.get("reasoning_format") is not None:
            return body["reasoning_format"] == "parsed", body["reasoning_format"] == "raw"
        # OpenAI's own models never show their reasoning here; its compatible servers do.
        return wanted and self.dialect != "openai", False

    def writer(self, asked: Asked, reply: Reply, /) -> Writer:
        """A writer for one reply."""
        return _ChatWriter(self, asked, reply)

    def error(
        self,
        status: int,
        message: str,
        _request_id: str,
        /,
        *,
        param: str | None = None,
        code: str | None = None,
    ) -> JsonObject:
        """The error document."""
        if self.dialect == "openrouter":
            return {"error": {"code": status, "message": message}}
        kind, usual = _TYPES.get(
            status, ("invalid_request_error" if status < 500 else "server_error", None)
        )
        told: JsonObject = {"message": message, "type": kind}
        if self.dialect != "groq":
            told["param"] = param
        return {"error": told | {"code": usual if param is None and code is None else code}}

    def headers(self, request_id: str, /) -> dict[str, str]:
        """Ids."""
        if self.dialect == "openrouter":
            return {"x-generation-id": f"gen-{request_id}"}
        return {"x-request-id": f"req_{request_id}"}


class _ChatWriter(Writer):
    def __init__(self, wire: OpenAIChat, asked: Asked, reply: Reply) -> None:
        self._dialect = wire.dialect
        self._reply = reply
        options = as_object(asked.body.get("stream_options"))
        self._usage_asked = options.get("include_usage") is True
        self._obfuscated = wire.dialect == "openai" and options.get("include_obfuscation", True)
        prefix = "gen-" if wire.dialect == "openrouter" else "chatcmpl-"
        self._head: JsonObject = {
            "id": f"{prefix}{asked.id}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": reply.ask.model,
        }
        if wire.dialect == "openai":
            self._head |= {"service_tier": "default", "system_fingerprint": "fp_local"}
        if wire.dialect == "openrouter":
            self._head["provider"] = "Local"
        self._reasoning_name = (
            "reasoning" if wire.dialect in {"groq", "openrouter"} else "reasoning_content"
        )

    def begin(self) -> bytes:
        first: JsonObject = {"role": "assistant", "content": ""}
        match self._dialect:
            case "openai":
                return self._chunk(first | {"refusal": None})
            case "groq":
                return self._chunk(first, x_groq={"id": self._groq_id, "seed": 1})
            case "openrouter":
                return b": OPENROUTER PROCESSING\n\n" * 2 + self._chunk(first)
            case _:
                return self._chunk(first)

    def open(self, part: Part, /) -> bytes:
        if part.kind != "call":
            return b""
        function = {"name": part.name, "arguments": ""}
        call = {"index": part.slot, "id": _call_id(part), "type": "function", "function": function}
        return self._chunk({"tool_calls": [call]})

    def piece(self, part: Part, piece: str, /) -> bytes:
        match part.kind:
            case "reasoning":
                return self._chunk(self._thought(piece))
            case "call":
                call = {"index": part.slot, "function": {"arguments": piece}}
                return self._chunk({"tool_calls": [call]})
            case "refusal" if self._has_refusals:
                return self._chunk({"refusal": piece})
            case _:
                return self._chunk({"content": piece})

    def end(self) -> bytes:
        reason = _FINISH[self._reply.finish]
        done = b"data: [DONE]\n\n"
        match self._dialect:
            case "groq":
                usage = self._usage()
                told = {"id": self._groq_id, "usage": usage}
                return self._chunk({}, finish=reason, x_groq=told, usage=usage) + done
            case "openrouter":
                last = self._chunk({"content": ""}, finish=reason)
                return last + self._chunk({"content": ""}, usage=self._usage()) + done
            case _:
                last = self._chunk({}, finish=reason)
                if self._usage_asked:
                    counted: JsonObject = {**self._head, "choices": [], "usage": self._usage()}
                    last += sse(counted)
                return last + done

    def fault(self) -> bytes:
        told: JsonObject = {"message": FAULT_MESSAGE, "type": "server_error"}
        match self._dialect:
            case "groq":
                told |= {"code": "internal_server_error", "status_code": 500}
                return sse({"error": told}, event="error")
            case "openrouter":
                told = {"code": 502, "message": FAULT_MESSAGE}
                return self._chunk({"content": ""}, finish="error", error=told)
            case _:
                return sse({"error": told | {"param": None, "code": None}})

    def whole(self) -> JsonObject:
        reply = self._reply
        said = reply.text("text") if self._has_refusals else reply.text("text", "refusal")
        message: JsonObject = {"role": "assistant", "content": said or None}
        if self._has_refusals:
            message["refusal"] = reply.text("refusal") or None
        if thought := reply.text("reasoning"):
            message |= self._thought(thought)
        calls = [
            {
                "id": _call_id(part),
                "type": "function",
                "function": {"name": part.name, "arguments": part.text},
            }
            for part in reply.of("call")
        ]
        if calls:
            message["tool_calls"] = calls
        choice: JsonObject = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": _FINISH[reply.finish],
        }
        whole = {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": self._usage(),
        }
        if self._dialect == "groq":
            whole["x_groq"] = {"id": self._groq_id, "seed": 1}
        return whole

    @property
    def _groq_id(self) -> str:
        return f"req_{self._head['id'].removeprefix('chatcmpl-')}"

    @property
    def _has_refusals(self) -> bool:
        return self._dialect in {"openai", "compatible"}

    def _thought(self, text: str) -> JsonObject:
        thought: JsonObject = {self._reasoning_name: text}
        if self._dialect == "openrouter":
            detail = {"type": "reasoning.text", "text": text, "format": "unknown", "index": 0}
            thought["reasoning_details"] = [detail]
        return thought

    def _chunk(self, delta: JsonObject, *, finish: str | None = None, **more: Any) -> bytes:
        choice: JsonObject = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        if self._dialect == "openrouter":
            choice["native_finish_reason"] = finish
        chunk = {**self._head, "choices": [choice], **more}
        if self._usage_asked and self._dialect in {"openai", "compatible"}:
            chunk["usage"] = None
        if self._obfuscated:
            # OpenAI pads its events so that their sizes say little about their text.
            chunk["obfuscation"] = "lionpride"[: 1 + len(str(delta)) % 9]
        return sse(chunk)

    def _usage(self) -> JsonObject:
        reply = self._reply
        usage: JsonObject = {
            "prompt_tokens": reply.prompt_count,
            "completion_tokens": reply.count,
            "total_tokens": reply.prompt_count + reply.count,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": reply.reasoning_count},
        }
        if self._dialect == "groq":
            seconds = reply.count / 1000
            usage |= {"queue_time": 0.0, "prompt_time": 0.0}
            usage |= {"completion_time": seconds, "total_time": seconds}
        if self._dialect == "openrouter":
            usage["cost"] = 0
        return usage


def _call_id(part: Part) -> str:
    return f"call_{part.id}"
