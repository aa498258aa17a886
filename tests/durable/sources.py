"""Sources to be written down."""

from __future__ import annotations

import trio

from lionpride_trio import FinishChunk, TextChunk, Verdict, source


def texts(count, begin=0):
    return [f"item {number}" for number in range(begin, begin + count)]


REPLY = [TextChunk("Hel"), TextChunk("lo"), FinishChunk(verdict=Verdict.COMPLETE)]


@source
async def given(items, error=None):
    """*items*, then a normal end or *error*."""
    for item in items:
        yield item
    if error is not None:
        raise error


class Tap:
    """A source that gives what the test puts, and knows how it was treated."""

    def __init__(self):
        self.openings = 0
        self.closed = trio.Event()
        self._send, self._receive = trio.open_memory_channel(10_000)

    def put(self, *items):
        for item in items:
            self._send.send_nowait(item)

    def end(self):
        self._send.close()

    def source(self):
        @source
        async def tap():
            self.openings += 1
            try:
                async for item in self._receive:
                    yield item
            finally:
                self.closed.set()

        return tap()


async def read_all(following):
    async with following as channel:
        return [item async for item in channel]


async def read_some(channel, count):
    return [await channel.receive() for _ in range(count)]
