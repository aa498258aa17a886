"""Connections that are idle between two requests."""

from __future__ import annotations

from collections import deque
from typing import Final

import trio

from ._request import Origin
from ._socket import NowaitStream

MAX_IDLE: Final = 64
"""Idle connections kept for one origin."""
IDLE_SECONDS: Final = 30.0
"""How long an idle connection is kept."""


class IdleStreams:
    """The streams that may serve again, by where they go, last in, first out.

    The stream that was idle for the shortest time is the least likely to have been closed by its
    server; those that are not needed grow old at the other end, and are closed there.
    """

    def __init__(self) -> None:
        self._stacks: dict[Origin, deque[tuple[float, NowaitStream]]] = {}
        self.closed = False

    def __len__(self) -> int:
        return sum(map(len, self._stacks.values()))

    def has(self, origin: Origin) -> bool:
        """Whether `take` may give one."""
        return bool(self._stacks.get(origin))

    def take(self, origin: Origin) -> NowaitStream | None:
        """The stream to *origin* that was idle for the shortest time and is still good."""
        stack = self._stacks.get(origin)
        while stack:
            released, stream = stack.pop()
            if trio.current_time() - released <= IDLE_SECONDS and stream.has_no_unread_bytes:
                return stream
            stream.close_nowait()
        return None

    def give_back(self, origin: Origin, stream: NowaitStream) -> None:
        """Keep a stream that may serve again; after `close_nowait`, close it."""
        if self.closed:
            stream.close_nowait()
            return
        now = trio.current_time()
        stack = self._stacks.setdefault(origin, deque())
        stack.append((now, stream))
        while len(stack) > MAX_IDLE or now - stack[0][0] > IDLE_SECONDS:
            stack.popleft()[1].close_nowait()

    def close_nowait(self) -> None:
        """Close all streams, and those that are given back later."""
        self.closed = True
        for stack in self._stacks.values():
            for _, stream in stack:
                stream.close_nowait()
        self._stacks.clear()
