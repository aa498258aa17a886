"""Durable streams in Redis: for processes on several machines.

Each step is a script (``_scripts``).  How much of what was acknowledged survives a failure of Redis
is for its own settings to say (``appendonly``, ``appendfsync``).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import starmap
from typing import Final

import trio

from .._channels._nursery import open_pump_nursery
from .._errors import ConfigurationError
from . import _scripts as scripts
from ._redis_client import RedisClient, open_client
from ._store import Bell, Bells, End, LeaseLost, Page, Record, State, Topic

VERSION: Final = 1
"""The version of the keys."""
MAX_NUMBER: Final = 2**53 - 1
"""Largest number that a script can add one to.  No stream has so many items."""


@asynccontextmanager
async def open_redis(url: str) -> AsyncGenerator[RedisStore]:
    """The store in the Redis server at *url*.  Opens a nursery.

    :raises ConnectionFailed: it cannot be reached.
    :raises ConfigurationError: the URL or its password is wrong, or the keys are of a newer version.
    """
    async with open_client(url) as client:
        version = int(await client.set_default(f"{scripts.PREFIX}version", str(VERSION)))
        if version > VERSION:
            raise ConfigurationError(
                f"the streams at {client.url} have version {version}, made by a newer"
                f" lionpride_trio; this one knows {VERSION}"
            )
        store = RedisStore(client)
        async with open_pump_nursery() as nursery:
            nursery.start_soon(store.hear, name=f"hear {client.url}")
            try:
                yield store
            finally:
                store.close_nowait()


class RedisStore:
    """A `Store` in a Redis server."""

    def __init__(self, client: RedisClient) -> None:
        self._client = client
        self._bells = Bells()

    async def claim(self, name: str, writer: str, lease: float, keep_for: float | None) -> bool:
        """See `Store`."""
        keep = "" if keep_for is None else _milliseconds(keep_for)
        return bool(await self._client.run(scripts.CLAIM, name, writer, _milliseconds(lease), keep))

    async def take_over(self, name: str, writer: str, lease: float) -> bool:
        """See `Store`."""
        return bool(await self._client.run(scripts.TAKE_OVER, name, writer, _milliseconds(lease)))

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
        ending = ["", "", ""] if end is None else [end.state, end.verdict or "", end.error or ""]
        done = await self._client.run(
            scripts.APPEND, name, writer, first, _milliseconds(lease), *ending, *items
        )
        if not done:
            raise LeaseLost

    async def renew(self, name: str, writer: str, lease: float) -> bool:
        """See `Store`."""
        asked_to_stop = await self._client.run(scripts.RENEW, name, writer, _milliseconds(lease))
        if asked_to_stop < 0:
            raise LeaseLost
        return bool(asked_to_stop)

    async def read(self, name: str, after: int, limit: int) -> Page | None:
        """See `Store`."""
        found = await self._client.run(scripts.READ, name, min(after, MAX_NUMBER), limit)
        if not found:
            return None
        now, fields, items = found
        return Page(_record(name, now, fields), items)

    async def records(self) -> list[Record]:
        """See `Store`."""
        return list(starmap(_record, await self._client.run(scripts.RECORDS, "")))

    async def ask_to_stop(self, name: str) -> None:
        """See `Store`."""
        await self._client.run(scripts.STOP, name)

    async def expire(self, name: str) -> None:
        """See `Store`."""
        await self._client.run(scripts.EXPIRE, name)

    async def delete(self, name: str) -> bool:
        """See `Store`."""
        return bool(await self._client.run(scripts.DELETE, name))

    async def sweep(self) -> None:
        """See `Store`."""
        await self._client.run(scripts.SWEEP, "")

    @asynccontextmanager
    async def listen(self, topic: Topic) -> AsyncGenerator[Bell]:
        """See `Store`."""
        channel = f"{scripts.PREFIX}{topic[0]}:{topic[1]}"
        with self._bells.listening(topic) as bell:
            await self._client.subscribe(channel)
            try:
                yield bell
            finally:
                with trio.CancelScope(shield=True):  # as all commands are, for a limited time
                    await self._leave(topic, channel)

    async def _leave(self, topic: Topic, channel: str) -> None:
        """Do not hear *channel* any more when its last listener leaves."""
        if self._bells.count(topic) == 1:
            await self._client.unsubscribe(channel)

    async def hear(self) -> None:
        """Ring the bells that Redis tells of."""
        while True:
            channel = await self._client.next_heard()
            kind, _, name = channel.removeprefix(scripts.PREFIX).partition(":")
            self._bells.ring(("stop" if kind == "stop" else "news", name))

    def close_nowait(self) -> None:
        """Refuse all that is asked from now on."""
        self._client.close_nowait()
        self._bells.ring(*self._bells.topics)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _record(name: str, now: int, fields: Sequence[str]) -> Record:
    of: Mapping[str, str] = dict(zip(fields[::2], fields[1::2], strict=True))
    return Record(
        name=name,
        writer=of["writer"],
        state=State(of["state"]),
        items=int(of["items"]),
        started=float(of["started"]) / 1000,
        changed=float(of["changed"]) / 1000,
        ended=float(of["ended"]) / 1000 if of["ended"] else None,
        lease_left=(float(of["lease_until"]) - now) / 1000,
        verdict=of["verdict"] or None,
        error=of["error"] or None,
    )
