"""``pace``: text at an even speed, as it is read aloud or typed."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import attrs
import trio

from .._channels._channel import Channel
from .._channels._mailbox import Mailbox, pump
from .._channels._nursery import open_pump_nursery
from .._channels._recipe import NurseryStep, Passthrough, recipe_repr
from .._channels._text_stages import is_text, text_of
from .._checks import check_positive, check_seconds, check_size
from .._chunks import TextChunk
from .._errors import ConfigurationError

TICK: Final = 0.03
"""Seconds between two pieces of paced text."""


def pace(chars_per_second: float, max_lag: float = 2.0, *, size: int = 1024) -> Passthrough:
    """Text at an even speed, in pieces of a few characters.

    When more than *max_lag* seconds of text wait, the text comes faster.  Opens a nursery: a task
    reads ahead, at most *size* items.  Ends, failures and leaving early are as for `prefetch`.
    """
    rate = check_positive("chars_per_second", chars_per_second, "characters a second")
    if math.isinf(rate):
        raise ConfigurationError(
            "chars_per_second must be a speed, not infinite: leave pace() out for text at once"
        )
    lag = check_seconds("max_lag", max_lag)
    check_size("size", size)
    return Passthrough(
        recipe_repr("pace", chars_per_second, max_lag),
        NurseryStep(partial(_open_pace, rate=rate, max_lag=lag, size=size)),
    )


@asynccontextmanager
async def _open_pace(
    upstream: Channel[Any], rate: float, max_lag: float, size: int
) -> AsyncGenerator[Channel[Any]]:
    """*upstream*, read as it comes and given out at *rate* characters a second."""
    box = Mailbox(size)
    async with open_pump_nursery() as nursery:
        nursery.start_soon(pump, upstream, box, name="pace")
        yield PacedChannel(box, rate, max_lag)


@attrs.frozen
class _Waiting:
    item: Any
    text: str | None
    """None for an item without text, which goes out as soon as its turn comes."""


class PacedChannel(Channel[Any]):
    """Text at an even speed; faster when it falls behind by more than *max_lag* seconds."""

    def __init__(self, inbox: Mailbox, rate: float, max_lag: float) -> None:
        super().__init__()
        self._inbox = inbox
        self._rate = rate
        self._max_lag = max_lag
        self._waiting: deque[_Waiting] = deque()
        self._waiting_chars = 0
        self._due = trio.current_time()

    async def _fetch(self) -> list[Any]:
        if not self._waiting:
            self._take(await self._pull(self._inbox))
            return []
        await trio.sleep_until(self._due)
        if self._inbox.statistics().buffered:
            self._take(await self._inbox.receive_batch())
        head = self._waiting.popleft()
        if head.text is None:
            return [head.item]
        now = trio.current_time()
        rate = max(self._rate, self._waiting_chars / self._max_lag)
        # A lag of next to nothing makes the rate infinite, which is no whole number.
        piece = head.text[: max(1, int(min(rate * TICK, len(head.text))))]
        self._waiting_chars -= len(piece)
        self._due = max(self._due, now - TICK) + len(piece) / rate
        if rest := head.text[len(piece) :]:
            self._waiting.appendleft(_Waiting(head.item, rest))
        chunk = head.item
        if isinstance(chunk, str):
            return [piece]
        return [TextChunk(piece, index=chunk.index, turn=chunk.turn)]

    def close_nowait(self) -> None:
        super().close_nowait()
        self._inbox.close_nowait()

    def _take(self, items: list[Any]) -> None:
        for item in items:
            text = text_of(item) if is_text(item) else None
            if text or text is None:
                self._waiting.append(_Waiting(item, text))
                self._waiting_chars += len(text or "")
