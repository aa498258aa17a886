"""One answer to one page: its head, its body, and how long it has been silent.

Two tasks send: the one that reads the source, and the one that fills its silence.  A lock keeps their
messages apart, and what is to be sent is decided under it: a head is sent once, and a heartbeat is not
sent behind an item that it has waited for.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

import trio

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]


class Page:
    """The page that reads an answer.  *scope* is cancelled when it goes away."""

    def __init__(
        self, send: Send, status: int, headers: Headers, scope: trio.CancelScope, heartbeat: bytes
    ) -> None:
        self._send = send
        self._status = status
        self._headers = headers
        self._scope = scope
        self._heartbeat = heartbeat
        self._lock = trio.Lock()
        self._has_head = trio.Event()
        self._last_sent = -math.inf

    async def send(self, data: bytes, *, is_last: bool = False) -> None:
        """Send a piece of the body, behind the head.  Waits while the page is slow."""
        async with self._lock:
            await self._send_body(data, is_last=is_last)

    async def refuse(self, status: int, headers: Headers, body: bytes) -> bool:
        """Answer with *status* instead; return False if the head was sent already."""
        async with self._lock:
            if self._has_head.is_set():
                return False
            self._status, self._headers = status, headers
            await self._send_body(body, is_last=True)
            return True

    async def _send_body(self, data: bytes, *, is_last: bool) -> None:
        try:
            if not self._has_head.is_set():
                self._has_head.set()
                await self._send({
                    "type": "http.response.start",
                    "status": self._status,
                    "headers": self._headers,
                })
            await self._send({"type": "http.response.body", "body": data, "more_body": not is_last})
        except OSError:  # so a server of ASGI 2.4 says that the page has gone
            self._scope.cancel()
            await trio.lowlevel.checkpoint()
        self._last_sent = trio.current_time()

    async def fill_silence(self, head_after: float, heartbeat: float) -> None:
        """Send the head after *head_after* seconds at the latest, and a heartbeat after each silence."""
        with trio.move_on_after(head_after):
            await self._has_head.wait()
        async with self._lock:
            if not self._has_head.is_set():
                await self._send_body(self._heartbeat, is_last=False)
        while self._heartbeat:
            await trio.sleep_until(self._last_sent + heartbeat)
            async with self._lock:  # an item may have been sent meanwhile
                if self._last_sent + heartbeat <= trio.current_time():
                    await self._send_body(self._heartbeat, is_last=False)

    async def watch(self, receive: Receive) -> None:
        """Wait until the page goes away, and cancel the answer then."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self._scope.cancel()
