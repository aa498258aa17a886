"""Streams to read: each provider's wire format, in the pieces that a network would make."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "and",
    "then",
    "sleeps",
    "for",
    "some",
    "time",
]


def texts(n: int) -> Iterator[str]:
    source = random.Random(0)
    return (f" {source.choice(WORDS)}" for _ in range(n))


def _sse(value: object, event: str | None = None, end: str = "\n\n") -> bytes:
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(value, separators=(',', ':'))}{end}".encode()


def openai_chat(n: int, *, groq: bool = False) -> bytes:
    """*n* chunks of about 313 bytes."""
    base = {
        "id": "chatcmpl-DN2H4Y9fQxkCjZWcRkJqTBVQ0Yw1h",
        "object": "chat.completion.chunk",
        "created": 1774968842,
        "model": "gpt-4o-mini-2024-07-18",
        "service_tier": "default",
        "system_fingerprint": "fp_6a1b2c3d4e",
    }
    if groq:
        base["x_groq"] = None  # type: ignore[assignment]

    def chunk(delta: object, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _sse({**base, "choices": [choice], "usage": None, "obfuscation": "x8Jq2"})

    parts = [chunk({"role": "assistant", "content": ""})]
    parts += [chunk({"content": text}) for text in texts(n)]
    parts += [chunk({}, "stop"), b"data: [DONE]\n\n"]
    return b"".join(parts)


def anthropic(n: int) -> bytes:
    message = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-3-5-haiku-20241022",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 1},
    }
    parts = [
        _sse({"type": "message_start", "message": message}, "message_start"),
        _sse(
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "text", "text": ""},
            },
            "content_block_start",
        ),
    ]
    parts += [
        _sse(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": text},
            },
            "content_block_delta",
        )
        for text in texts(n)
    ]
    parts += [
        _sse({"type": "content_block_stop", "index": 0}, "content_block_stop"),
        _sse(
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": n},
            },
            "message_delta",
        ),
        _sse({"type": "message_stop"}, "message_stop"),
    ]
    return b"".join(parts)


def gemini(n: int) -> bytes:
    def event(text: str, count: int, finish: str | None = None) -> bytes:
        candidate: dict[str, object] = {
            "content": {"parts": [{"text": text}], "role": "model"},
            "index": 0,
        }
        if finish:
            candidate["finishReason"] = finish
        usage = {
            "promptTokenCount": 9,
            "candidatesTokenCount": count,
            "totalTokenCount": 9 + count,
        }
        return _sse(
            {
                "candidates": [candidate],
                "usageMetadata": usage,
                "modelVersion": "gemini-2.0-flash",
                "responseId": "abc",
            },
            end="\r\n\r\n",
        )

    parts = [event(text, count) for count, text in enumerate(texts(n), 1)]
    return b"".join([*parts, event("", n, "STOP")])


def responses(n: int) -> bytes:
    def event(kind: str, **fields: object) -> bytes:
        return _sse({"type": kind, "sequence_number": 7, **fields}, kind)

    response = {
        "id": "resp_1",
        "object": "response",
        "status": "in_progress",
        "model": "gpt-4o",
        "output": [],
    }
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    parts = [event("response.created", response=response)]
    parts += [
        event("response.output_text.delta", delta=text, logprobs=[], **where) for text in texts(n)
    ]
    parts += [event("response.completed", response={**response, "status": "completed"})]
    return b"".join(parts)


STREAMS = {
    "openai": openai_chat,
    "anthropic": anthropic,
    "gemini": gemini,
    "groq": lambda n: openai_chat(n, groq=True),
    "responses": responses,
}


def pieces(body: bytes, low: int = 1024, high: int = 4096) -> list[bytes]:
    """*body* cut as a network cuts, the same way each time."""
    source = random.Random(1)
    made = []
    at = 0
    while at < len(body):
        size = source.randint(low, high)
        made.append(body[at : at + size])
        at += size
    return made
