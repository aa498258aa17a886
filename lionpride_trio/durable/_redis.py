"""Durable streams in Redis: for processes on several machines.  Needs the extra ``redis``.

Each step is a script (``_scripts``).  All commands of a process share connections, and one more
connection hears what bells are to ring; so a reader costs no connection, and a read is never
a blocking one that a cancellation would have to break.  How much of what was acknowledged survives
a failure of Redis is for its own settings to say (``appendonly``, ``appendfsync``).
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import starmap
from typing import Any, Final
from urllib.parse import urlsplit

import trio

from .._channels._nursery import alone_in, open_pump_nursery
from .._errors import (
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    SinkError,
    TransportError,
)
from . import _scripts as scripts
from ._store import Bell, Bells, End, LeaseLost, Page, Record, State, Topic

try:
    import coredis
    from anyio import TASK_STATUS_IGNORED
    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
    from coredis.connection import TCPConnection
    from coredis.exceptions import ConnectionError as RedisConnectionError, RedisError
    from coredis.pool import ConnectionPool
    from coredis.retry import ConstantRetryPolicy
except ImportError as error:
    raise ConfigurationError(
        "durable streams in Redis need the extra: pip install 'lionpride_trio[redis]'"
    ) from error

_logger: Final = logging.getLogger("lionpride_trio")

VERSION: Final = 1
"""The version of the keys."""
ANSWER_SECONDS: Final = 5.0
"""How long Redis may take to answer a command."""

RECONNECT_SECONDS: Final = 0.1
"""Pause before the connection that hears of news is made anew."""


@asynccontextmanager
async def open_redis(url: str) -> AsyncGenerator[RedisStore]:
    """The store in the Redis server at *url*.  Opens a nursery.

    :raises ConnectionFailed: it cannot be reached.
    :raises ConfigurationError: the URL or its password is wrong, or the keys are of a newer version.
    """
    async with open_pump_nursery() as nursery:
        store: RedisStore = await nursery.start(_hold_open, url, name=f"redis {_shown(url)}")
        try:
            yield store
        finally:
            store.close_nowait()


async def _hold_open(url: str, *, task_status: trio.TaskStatus[RedisStore]) -> None:
    """Keep the client open until the store is closed.

    The client has task groups.  In a task of its own they put nothing into groups that the block's
    body raises; and a cancellation of the block does not end its connections while the runs still
    have their ends to write.
    """
    client = _make_client(url)
    scope = trio.CancelScope()
    try:
        with scope:
            async with client:
                await _check_version(client, _shown(url))
                async with client.pubsub(retry_policy=_for_ever()) as channels:
                    store = RedisStore(client, channels, _shown(url), scope)
                    scope.shield = True
                    task_status.started(store)
                    await store.hear()
    except Exception as error:
        if scope.cancel_called:
            # It wants to unsubscribe, and fails where the connection broke before.
            _logger.debug("the client of %s did not close cleanly: %r", _shown(url), error)
        else:
            raise alone_in(error) from None


def _make_client(url: str) -> coredis.Redis[str]:
    try:
        pool: ConnectionPool[Any] = ConnectionPool.from_url(
            url,
            decode_components=True,
            decode_responses=True,
            stream_timeout=ANSWER_SECONDS,
            connect_timeout=ANSWER_SECONDS,
        )
    except (ValueError, TypeError) as error:
        raise ConfigurationError(f"{_shown(url)} is no URL of a Redis server: {error}") from error
    pool.connection_class = _Connection
    # Every script may be repeated, so a connection that broke while it was idle is no failure.
    return coredis.Redis(
        connection_pool=pool,
        decode_responses=True,
        retry_policy=ConstantRetryPolicy((RedisConnectionError,), retries=1, delay=0.01),
    )


def _for_ever() -> ConstantRetryPolicy:
    return ConstantRetryPolicy((RedisConnectionError,), retries=None, delay=RECONNECT_SECONDS)


class _Connection(TCPConnection):
    """A connection that closes its queues in any case.

    The client's own does where it was made; where it could not be, each would be a ResourceWarning.
    """

    async def run(self, *, task_status: Any = TASK_STATUS_IGNORED) -> None:
        try:
            await super().run(task_status=task_status)
        finally:
            for value in vars(self).values():
                if isinstance(value, MemoryObjectSendStream | MemoryObjectReceiveStream):
                    value.close()


async def _check_version(client: coredis.Redis[str], shown: str) -> None:
    key = f"{scripts.PREFIX}version"
    try:
        await client.set(key, VERSION, condition=coredis.PureToken.NX)
        version = int(await client.get(key) or 0)
    except (RedisConnectionError, OSError) as error:
        raise ConnectionFailed(f"{shown} cannot be reached: {error}") from error
    except RedisError as error:
        raise ConfigurationError(f"{shown} refuses: {error}") from error
    if version > VERSION:
        raise ConfigurationError(
            f"the streams at {shown} have version {version}, made by a newer lionpride_trio;"
            f" this one knows {VERSION}"
        )


def _shown(url: str) -> str:
    """*url* as it may be shown: without a password or a query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class RedisStore:
    """A `Store` in a Redis server."""

    def __init__(
        self, client: coredis.Redis[str], channels: Any, shown: str, scope: trio.CancelScope
    ) -> None:
        self._client = client
        self._channels = channels
        self._scope = scope
        self._shown = shown
        self._bells = Bells()
        self._closed = False
        self._script = {
            text: client.register_script(text)
            for text in (
                scripts.CLAIM,
                scripts.APPEND,
                scripts.RENEW,
                scripts.READ,
                scripts.RECORDS,
                scripts.STOP,
                scripts.EXPIRE,
                scripts.DELETE,
                scripts.SWEEP,
            )
        }

    async def claim(self, name: str, writer: str, lease: float, keep_for: float | None) -> bool:
        """See `Store`."""
        keep = "" if keep_for is None else _milliseconds(keep_for)
        return bool(await self._do(scripts.CLAIM, name, writer, _milliseconds(lease), keep))

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
        done = await self._do(
            scripts.APPEND, name, writer, first, _milliseconds(lease), *ending, *items
        )
        if not done:
            raise LeaseLost

    async def renew(self, name: str, writer: str, lease: float) -> bool:
        """See `Store`."""
        asked_to_stop = await self._do(scripts.RENEW, name, writer, _milliseconds(lease))
        if asked_to_stop < 0:
            raise LeaseLost
        return bool(asked_to_stop)

    async def read(self, name: str, after: int, limit: int) -> Page | None:
        """See `Store`."""
        found = await self._do(scripts.READ, name, after, limit)
        if not found:
            return None
        now, fields, items = found
        return Page(_record(name, now, fields), items)

    async def records(self) -> list[Record]:
        """See `Store`."""
        return list(starmap(_record, await self._do(scripts.RECORDS, "")))

    async def ask_to_stop(self, name: str) -> None:
        """See `Store`."""
        await self._do(scripts.STOP, name)

    async def expire(self, name: str) -> None:
        """See `Store`."""
        await self._do(scripts.EXPIRE, name)

    async def delete(self, name: str) -> bool:
        """See `Store`."""
        return bool(await self._do(scripts.DELETE, name))

    async def sweep(self) -> None:
        """See `Store`."""
        await self._do(scripts.SWEEP, "")

    @asynccontextmanager
    async def listen(self, topic: Topic) -> AsyncGenerator[Bell]:
        """See `Store`."""
        channel = f"{scripts.PREFIX}{topic[0]}:{topic[1]}"
        with self._bells.listening(topic) as bell:
            await self._subscribe(channel)
            yield bell
        if topic not in self._bells.topics and not self._closed:
            with suppress(TransportError):  # a connection that broke has no subscriptions
                await self._call(self._channels.unsubscribe, channel)

    async def _subscribe(self, channel: str) -> None:
        """Hear *channel*.  The connection for it may be broken, and comes back by itself."""
        give_up = trio.current_time() + ANSWER_SECONDS
        while True:
            try:
                await self._call(self._channels.subscribe, channel)
            except ConnectionLost:
                if trio.current_time() >= give_up:
                    raise
            else:
                return
            await trio.sleep(RECONNECT_SECONDS)

    async def hear(self) -> None:
        """Ring the bells that Redis tells of.

        After a break of the connection, each channel is subscribed to anew and says so; that is
        a ring too, since what was told in between was missed.
        """
        while True:
            message = await self._channels.get_message()
            if message is not None:
                kind, _, name = message["channel"].removeprefix(scripts.PREFIX).partition(":")
                self._bells.ring((kind, name))

    def close_nowait(self) -> None:
        """Close the connections; all that is asked from now on is refused."""
        self._closed = True
        self._scope.cancel()
        self._bells.ring(*self._bells.topics)

    async def _do(self, script: str, *args: Any) -> Any:
        return await self._call(self._script[script], (), args)

    async def _call(self, command: Any, *args: Any) -> Any:
        """What *command* gives.

        :raises ConnectionLost: Redis cannot be reached, or does not answer.
        :raises SinkError: it refuses, such as when its memory is full.
        """
        if self._closed:
            await trio.lowlevel.checkpoint()
            raise trio.ClosedResourceError(f"the block of {self._shown} was left")
        try:
            # Cancelled while it makes a connection, the client would lose one of its places for them.
            with trio.CancelScope(shield=True, deadline=trio.current_time() + 2 * ANSWER_SECONDS):
                result = await command(*args)
                await trio.lowlevel.cancel_shielded_checkpoint()
                return result
        except (RedisConnectionError, OSError) as error:
            raise ConnectionLost(f"{self._shown}: {error}") from error
        except RedisError as error:
            raise SinkError(f"{self._shown}: {error}", sink=self._shown, retryable=True) from error
        raise ConnectionLost(f"{self._shown} does not answer")


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
