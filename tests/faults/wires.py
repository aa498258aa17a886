"""One small answer on each wire format, in parts that the tests put together wrongly.

Every answer says "Hello you" in three pieces, and ends well.
"""

import json

import attrs

from lionpride_trio import iModel

SAID = ("Hel", "lo ", "you")
TEXT = "".join(SAID)
KEY = "sk-very-secret-key"


@attrs.frozen
class Wire:
    """A provider's stream in its parts."""

    provider: str
    endpoint: str
    before: bytes
    pieces: tuple[bytes, ...]
    after: bytes
    """The finish reason, and the end mark where there is one."""
    failure: bytes
    """An error that the provider reports in the stream: overloaded."""
    media: str = "text/event-stream"

    @property
    def body(self):
        return self.before + b"".join(self.pieces) + self.after

    @property
    def unended(self):
        return self.before + b"".join(self.pieces)

    def model(self, server, **settings):
        settings.setdefault("retry", None)
        return iModel(
            self.provider,
            "m",
            self.endpoint,
            api_key=KEY,
            base_url=server.url(self.provider),
            **settings,
        )

    def event(self, value, name=None):
        """A value in the wire's framing."""
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        return framed(data, name) if self.media == "text/event-stream" else data + b"\n"

    def text_event(self, piece):
        """An event that says *piece*."""
        index = TEXT_AT[self.provider, self.endpoint]
        return self.event(index(piece), index(piece).get("type"))

    def __str__(self):
        return f"{self.provider}-{self.endpoint}"


def framed(data, name=None):
    lines = b"".join(b"data: %s\n" % line for line in data.split(b"\n"))
    return (b"event: %s\n" % name.encode() if name else b"") + lines + b"\n"


def chat_text(piece):
    return {"id": "1", "model": "m", "choices": [{"index": 0, "delta": {"content": piece}}]}


def responses_text(piece):
    return {"type": "response.output_text.delta", "output_index": 0, "delta": piece}


def anthropic_text(piece):
    return {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": piece},
    }


def gemini_text(piece):
    return {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": piece}]}}]}


def ollama_text(piece):
    return {"model": "m", "message": {"role": "assistant", "content": piece}, "done": False}


TEXT_AT = {
    ("openai", "chat"): chat_text,
    ("groq", "chat"): chat_text,
    ("openrouter", "chat"): chat_text,
    ("openai", "responses"): responses_text,
    ("anthropic", "messages"): anthropic_text,
    ("gemini", "generate"): gemini_text,
    ("ollama", "chat"): ollama_text,
}


def sse(*values):
    return tuple(framed(json.dumps(value).encode(), value.get("type")) for value in values)


def chat(provider):
    finish = {"id": "1", "model": "m", "choices": [{"index": 0, "delta": {}}]}
    finish["choices"][0]["finish_reason"] = "stop"
    error = {"error": {"message": "try later", "type": "overloaded_error", "code": None}}
    return Wire(
        provider,
        "chat",
        b"",
        sse(*map(chat_text, SAID)),
        b"".join(sse(finish)) + b"data: [DONE]\n\n",
        b"".join(sse(error)),
    )


def responses():
    start = {"type": "response.created", "response": {"id": "r1", "model": "m"}}
    end = {"type": "response.completed", "response": {"id": "r1", "status": "completed"}}
    failed = {
        "type": "error",
        "code": "service_unavailable",
        "message": "try later",
    }
    return Wire(
        "openai",
        "responses",
        b"".join(sse(start)),
        sse(*map(responses_text, SAID)),
        b"".join(sse(end)),
        b"".join(sse(failed)),
    )


def anthropic():
    start = {"type": "message_start", "message": {"id": "m1", "model": "m", "usage": None}}
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text"}}
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "try later"}}
    return Wire(
        "anthropic",
        "messages",
        b"".join(sse(start, block)),
        sse(*map(anthropic_text, SAID)),
        b"".join(sse({"type": "content_block_stop", "index": 0}, end, {"type": "message_stop"})),
        b"".join(sse(error)),
    )


def gemini():
    end = {"candidates": [{"index": 0, "finishReason": "STOP"}]}
    error = {"error": {"code": 503, "status": "UNAVAILABLE", "message": "try later"}}
    return Wire(
        "gemini",
        "generate",
        b"",
        sse(*map(gemini_text, SAID)),
        b"".join(sse(end)),
        b"".join(sse(error)),
    )


def ollama():
    lines = [json.dumps(ollama_text(piece)).encode() + b"\n" for piece in SAID]
    end = {"model": "m", "message": {"content": ""}, "done": True, "done_reason": "stop"}
    return Wire(
        "ollama",
        "chat",
        b"",
        tuple(lines),
        json.dumps(end).encode() + b"\n",
        b'{"error": {"message": "try later", "code": "service_unavailable"}}\n',
        media="application/x-ndjson",
    )


WIRES = [
    chat("openai"),
    responses(),
    anthropic(),
    gemini(),
    chat("groq"),
    chat("openrouter"),
    ollama(),
]
