"""Ollama's native ``/api/chat``: one JSON object a line, tool calls whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from ._ask import (
    Ask,
    BadAsk,
    Tool,
    ask_list,
    ask_model,
    ask_seed,
    ask_stop,
    ask_switch,
    count_media,
    joined,
    plain_text,
)
from ._json import JsonObject, as_count, as_list, as_object, as_text, dump
from ._reply import Part, Reply
from ._rules._ollama import ROLES, check_ollama
from ._wire import FAULT_MESSAGE, Asked, Wire, Writer

_NANOSECONDS: Final = 1_000_000
"""What one piece is said to have taken."""


class Ollama(Wire):
    """``POST {base}/api/chat``, which streams unless told not to."""

    stream_type = "application/x-ndjson"

    def authorized(self, _asked: Asked, /) -> bool:
        """It has no keys."""
        return True

    def check(self, asked: Asked, /) -> None:
        """Refuse what Ollama refuses."""
        check_ollama(asked.body)

    def read(self, asked: Asked, /) -> Ask:
        """Read the request."""
        body = asked.body
        model = ask_model(body)
        messages = ask_list(body, "messages")
        for message in messages:
            if message.get("role") not in ROLES:
                raise BadAsk(f"invalid role: {as_text(message.get('role'))!r}")
        users = [message for message in messages if message["role"] == "user"]
        options = as_object(body.get("options"))
        functions = [
            as_object(as_object(tool).get("function")) for tool in as_list(body.get("tools"))
        ]
        form = body.get("format")
        return Ask(
            model=model,
            prompt=plain_text(users[-1].get("content")) if users else "",
            context=joined(plain_text(message.get("content")) for message in messages),
            stream=ask_switch(body, "stream", otherwise=True),
            after_tool=messages[-1]["role"] == "tool",
            reasoning=body.get("think") not in {None, False},
            tools=tuple(
                Tool(as_text(f.get("name")), as_object(f.get("parameters"))) for f in functions if f
            ),
            form=as_object(form) if form else None,
            media=count_media(messages),
            # -1 and -2 mean no limit.
            limit=as_count(options.get("num_predict")) or None,
            stop=ask_stop(options.get("stop")),
            seed=ask_seed(options.get("seed")),
        )

    def writer(self, _asked: Asked, reply: Reply, /) -> Writer:
        """A writer for one reply."""
        return _LineWriter(reply)

    def error(
        self, _status: int, message: str, _request_id: str, /, **_more: str | None
    ) -> JsonObject:
        """The error document."""
        return {"error": message}


class _LineWriter(Writer):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def piece(self, part: Part, piece: str, /) -> bytes:
        match part.kind:
            case "reasoning":
                return self._line({"content": "", "thinking": piece})
            case "call":
                return b""
            case _:
                return self._line({"content": piece})

    def close(self, part: Part, /) -> bytes:
        if part.kind != "call":
            return b""
        return self._line({"content": "", "tool_calls": [_call(part)]})

    def end(self) -> bytes:
        return dump(self._final({"content": ""})) + b"\n"

    def fault(self) -> bytes:
        return dump({"error": FAULT_MESSAGE}) + b"\n"

    def whole(self) -> JsonObject:
        message: JsonObject = {"content": self._reply.text("text", "refusal")}
        if thought := self._reply.text("reasoning"):
            message["thinking"] = thought
        if calls := self._reply.of("call"):
            message["tool_calls"] = [_call(part) for part in calls]
        return self._final(message)

    def _line(self, message: JsonObject) -> bytes:
        return dump(self._object(message) | {"done": False}) + b"\n"

    def _final(self, message: JsonObject) -> JsonObject:
        reply = self._reply
        spent = {"load": 0, "prompt_eval": reply.prompt_count, "eval": reply.count}
        final = self._object(message) | {
            "done": True,
            "done_reason": "length" if reply.finish == "length" else "stop",
            "total_duration": sum(spent.values()) * _NANOSECONDS,
            "load_duration": 0,
        }
        for name in ("prompt_eval", "eval"):
            final |= {f"{name}_count": spent[name], f"{name}_duration": spent[name] * _NANOSECONDS}
        return final

    def _object(self, message: JsonObject) -> JsonObject:
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        return {
            "model": self._reply.ask.model,
            "created_at": now,
            "message": {"role": "assistant", **message},
        }


def _call(part: Part) -> JsonObject:
    return {"function": {"name": part.name, "arguments": part.arguments}}
