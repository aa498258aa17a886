"""A network in memory, for simulations: it is slow, it cuts, and it breaks, all from one seed.

It stands behind the HTTP protocol that an ``http_client=`` has to satisfy, so everything above it is
the real code.
"""

from __future__ import annotations

import json
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
import httpx
import trio

WORDS = ["whale", "sea", "ship", "ö", "鯨。", "🎉", "Mr.", "3.5", "\u2028", "end.\n"]


def sse(*events: tuple[str | None, Any]) -> bytes:
    lines = []
    for name, value in events:
        data = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        lines.append((f"event: {name}\n" if name else "") + f"data: {data}\n\n")
    return "".join(lines).encode()


def openai(text: list[str]) -> bytes:
    events: list[tuple[str | None, Any]] = [
        (None, {"id": "1", "choices": [{"index": 0, "delta": {"content": piece}}]})
        for piece in text
    ]
    stop = {"id": "1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return sse(*events, (None, stop), (None, "[DONE]"))


def anthropic(text: list[str]) -> bytes:
    events: list[tuple[str | None, Any]] = [
        (
            "content_block_delta",
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": piece},
            },
        )
        for piece in text
    ]
    start = {"type": "message_start", "message": {"id": "1", "usage": {"input_tokens": 1}}}
    block = {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "text", "text": ""},
    }
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {}}
    return sse(
        ("message_start", start),
        ("content_block_start", block),
        ("ping", {"type": "ping"}),
        *events,
        ("content_block_stop", {"type": "content_block_stop", "index": 0}),
        ("message_delta", end),
        ("message_stop", {"type": "message_stop"}),
    )


def gemini(text: list[str]) -> bytes:
    def event(piece: str, **more: Any) -> tuple[None, Any]:
        candidate = {"content": {"parts": [{"text": piece}]}, "index": 0, **more}
        return None, {"candidates": [candidate], "usageMetadata": {"totalTokenCount": 1}}

    return sse(*map(event, text), event("", finishReason="STOP")).replace(b"\n\n", b"\r\n\r\n")


WIRES = {"openai": openai, "anthropic": anthropic, "gemini": gemini}


@attrs.define
class Answered:
    """The network's decisions for one request."""

    text: str
    fault: str | None
    open: bool = False


@attrs.define
class World:
    """The network, and what it did."""

    random: random.Random
    faulty: float = 0.5
    fail_at: int | None = None
    """Which operation of the network fails, counted from 0."""
    operations: int = 0
    answers: list[Answered] = attrs.Factory(list)

    def client(self, wire: str) -> Client:
        return Client(self, wire)

    def operation(self) -> None:
        """One thing that the network does, and may fail to do."""
        self.operations += 1
        if self.operations - 1 == self.fail_at:
            raise httpx.ReadError("the network failed here")

    def pieces(self, body: bytes) -> list[bytes]:
        made = []
        while body:
            size = self.random.choice((1, 5, 30, 200, 4000))
            made.append(body[:size])
            body = body[size:]
        return made


@attrs.define
class Client:
    """A client of the world's; of httpx it has the shape alone."""

    world: World
    wire: str

    @asynccontextmanager
    async def stream(self, method: str, url: str, **options: Any) -> AsyncGenerator[Response]:
        world = self.world
        source = world.random
        text = [source.choice(WORDS) + " " for _ in range(source.randint(0, 25))]
        faults = ("refuse", "reset", "cut", "stall", "503", "error", "html")
        fault = source.choice(faults) if source.random() < world.faulty else None
        answer = Answered("".join(text), fault)
        world.answers.append(answer)
        await trio.sleep(source.random())
        world.operation()
        if fault == "refuse":
            raise httpx.ConnectError("refused")
        body = WIRES[self.wire](text)
        media = "text/event-stream"
        status = 200
        if fault in {"reset", "cut", "stall"}:
            body = body[: source.randrange(len(body))]
        elif fault == "503":
            status, media, body = 503, "application/json", b'{"error": {"message": "busy"}}'
        elif fault == "html":
            media, body = "text/html", b"<html>no</html>"
        elif fault == "error":
            body = sse(("error", {"type": "error", "error": {"type": "x", "message": "broke"}}))
        response = Response(world, answer, status, {"content-type": media}, world.pieces(body))
        answer.open = True
        try:
            yield response
        finally:
            answer.open = False

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


@attrs.define
class Response:
    world: World
    answer: Answered
    status_code: int
    headers: dict[str, str]
    body: list[bytes]

    async def aiter_raw(self) -> AsyncIterator[bytes]:
        source = self.world.random
        for piece in self.body:
            await trio.sleep(source.choice((0, 0, 0.01, 0.5)))
            self.world.operation()
            yield piece
        self.world.operation()
        if self.answer.fault == "stall":
            await trio.sleep_forever()
        if self.answer.fault == "reset":
            raise httpx.ReadError("reset by peer")

    async def aclose(self) -> None:
        self.answer.open = False
        await trio.lowlevel.checkpoint()
