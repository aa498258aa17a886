"""Durable streams in this process's memory: for tests, and for programs that run in one process."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

import attrs
import trio

from ._store import Bell, Bells, End, LeaseLost, Page, Record, State, Topic


@attrs.define
class _Stream:
    record: Record
    lease_until: float
    keep_for: float | None
    items: list[str] = attrs.Factory(list[str])
    asked_to_stop: bool = False


class MemoryStore:
    """A `Store` whose streams last as long as it does."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._streams: dict[str, _Stream] = {}
        self._bells = Bells()

    async def claim(self, name: str, writer: str, lease: float, keep_for: float | None) -> bool:
        """See `Store`."""
        await trio.lowlevel.checkpoint()
        now = self._clock()
        stream = self._find(name)
        if stream is None:
            record = Record(
                name=name,
                writer=writer,
                state=State.RUNNING,
                items=0,
                started=now,
                changed=now,
                ended=None,
                lease_left=0.0,
                verdict=None,
                error=None,
            )
            stream = self._streams[name] = _Stream(record, now + lease, keep_for)
            self._bells.ring(("news", name))
        return stream.record.writer == writer

    async def take_over(self, name: str, writer: str, lease: float) -> bool:
        """See `Store`."""
        now = self._clock()
        stream = self._find(name)
        if stream is None:
            return await self.claim(name, writer, lease, None)
        await trio.lowlevel.checkpoint()
        if stream.record.state is State.RUNNING and stream.lease_until > now:
            return stream.record.writer == writer
        stream.record = attrs.evolve(
            stream.record,
            writer=writer,
            state=State.RUNNING,
            changed=now,
            ended=None,
            verdict=None,
            error=None,
        )
        stream.lease_until, stream.keep_for, stream.asked_to_stop = now + lease, None, False
        self._bells.ring(("news", name), ("stop", name))
        return True

    async def append(
        self,
        name: str,
        writer: str,
        first: int,
        items: Sequence[str],
        lease: float,
        end: End | None = None,
    ) -> None:
        """See `Store`."""
        await trio.lowlevel.checkpoint()
        now = self._clock()
        stream = self._find(name)
        if stream is None or stream.record.writer != writer:
            raise LeaseLost
        if stream.record.state is not State.RUNNING:
            if end is not None and stream.record.state is end.state:
                return  # said again, because the answer was lost
            raise LeaseLost
        if first > len(stream.items) + 1:
            raise LeaseLost
        stream.items += items[len(stream.items) + 1 - first :]
        stream.lease_until = now + lease
        stream.record = attrs.evolve(stream.record, items=len(stream.items), changed=now)
        if end is not None:
            self._end(stream, end)
        self._bells.ring(("news", name))

    async def renew(self, name: str, writer: str, lease: float) -> bool:
        """See `Store`."""
        await trio.lowlevel.checkpoint()
        stream = self._find(name)
        if stream is None or (stream.record.writer, stream.record.state) != (writer, State.RUNNING):
            raise LeaseLost
        stream.lease_until = self._clock() + lease
        return stream.asked_to_stop

    async def read(self, name: str, after: int, limit: int) -> Page | None:
        """See `Store`."""
        await trio.lowlevel.checkpoint()
        stream = self._find(name)
        if stream is None:
            return None
        return Page(self._record(stream), stream.items[after : after + limit])

    async def records(self) -> list[Record]:
        """See `Store`."""
        await trio.lowlevel.checkpoint()
        found = [self._find(name) for name in list(self._streams)]
        return [self._record(stream) for stream in found if stream is not None]

    async def ask_to_stop(self, name: str) -> None:
        """See `Store`."""
        await trio.lowlevel.checkpoint()
        if (stream := self._find(name)) is not None:
            stream.asked_to_stop = True
            self._bells.ring(("stop", name))

    async def expire(self, name: str) -> None:
        """See `Store`."""
        await trio.lowlevel.checkpoint()
        stream = self._find(name)
        if stream is None or stream.record.state is not State.RUNNING:
            return
        if stream.lease_until <= self._clock():
            self._end(stream, End(State.LOST))
            self._bells.ring(("news", name), ("stop", name))

    async def delete(self, name: str) -> bool:
        """See `Store`."""
        await trio.lowlevel.checkpoint()
        there = self._streams.pop(name, None) is not None
        self._bells.ring(("news", name), ("stop", name))
        return there

    async def sweep(self) -> None:
        """See `Store`."""
        for name in list(self._streams):
            await self.expire(name)
            self._find(name)
        await trio.lowlevel.checkpoint()

    @asynccontextmanager
    async def listen(self, topic: Topic) -> AsyncGenerator[Bell]:
        """See `Store`."""
        with self._bells.listening(topic) as bell:
            yield bell

    def _find(self, name: str) -> _Stream | None:
        """The stream *name*, unless it was kept long enough."""
        stream = self._streams.get(name)
        if stream is None or stream.keep_for is None or stream.record.ended is None:
            return stream
        if stream.record.ended + stream.keep_for > self._clock():
            return stream
        del self._streams[name]
        return None

    def _record(self, stream: _Stream) -> Record:
        return attrs.evolve(stream.record, lease_left=stream.lease_until - self._clock())

    def _end(self, stream: _Stream, end: End) -> None:
        stream.record = attrs.evolve(
            stream.record,
            state=end.state,
            ended=self._clock(),
            verdict=end.verdict,
            error=end.error,
        )
