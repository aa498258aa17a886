"""The one file that knows the Redis client.  Needs the extra ``redis``.

All commands of a process share connections, and one more connection hears what is published; so a
reader costs no connection, and no command blocks for a cancellation to break.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import trio

from .._channels._nursery import alone_in, open_pump_nursery
from .._errors import (
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    LionprideError,
    SinkError,
)

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

T = TypeVar("T")

ANSWER_SECONDS: Final = 5.0
"""Seconds that Redis may take to answer a command."""
RECONNECT_SECONDS: Final = 0.1
"""Pause before the connection that hears is made anew."""

_logger: Final = logging.getLogger("lionpride_trio")


class RedisClient:
    """Commands to a Redis server, and what is published there."""

    def __init__(self, client: coredis.Redis[str], channels: Any, url: str) -> None:
        self._client = client
        self._channels = channels
        self._scripts: dict[str, Any] = {}
        self._closed = False
        self.url = url
        """The address without its password."""

    async def run(self, script: str, *args: str | float) -> Any:
        """The value that *script* returns.

        :raises ConnectionLost: Redis cannot be reached, or does not answer.
        :raises SinkError: it refuses, such as when its memory is full.
        """
        if script not in self._scripts:
            self._scripts[script] = self._client.register_script(script)
        return await self._call(lambda: self._scripts[script]((), args))

    async def set_default(self, key: str, value: str) -> str:
        """The value under *key*, which is *value* if there was none.

        :raises ConnectionLost: as `run`.
        :raises SinkError: as `run`.
        """
        await self._call(lambda: self._client.set(key, value, condition=coredis.PureToken.NX))
        return await self._call(lambda: self._client.get(key)) or value

    async def subscribe(self, channel: str) -> None:
        """Hear *channel*.  The connection for it may be broken, and comes back by itself.

        :raises ConnectionLost: it did not come back in time.
        """
        give_up = trio.current_time() + ANSWER_SECONDS
        while True:
            try:
                await self._call(lambda: self._channels.subscribe(channel))
            except ConnectionLost:
                if trio.current_time() >= give_up:
                    raise
            else:
                return
            await trio.sleep(RECONNECT_SECONDS)

    async def unsubscribe(self, channel: str) -> None:
        """Do not hear *channel* any more."""
        # A connection that broke, or was closed, has no subscriptions.
        with suppress(ConnectionLost, trio.ClosedResourceError):
            await self._call(lambda: self._channels.unsubscribe(channel))

    async def next_heard(self) -> str:
        """The next channel on which something was published.

        A channel is also given when it was subscribed to anew after a break of the connection: what
        was published in between was missed.
        """
        while (message := await self._channels.get_message()) is None:
            pass
        channel: str = message["channel"]
        return channel

    def close_nowait(self) -> None:
        """Refuse all that is asked from now on."""
        self._closed = True

    async def _call(self, command: Callable[[], Awaitable[T]]) -> T:
        if self._closed:
            await trio.lowlevel.checkpoint()
            raise trio.ClosedResourceError(f"the block of {self.url} was left")
        try:
            # Cancelled while it makes a connection, the client would lose one of its places for them.
            with trio.CancelScope(shield=True, deadline=trio.current_time() + 2 * ANSWER_SECONDS):
                result = await command()
                await trio.lowlevel.cancel_shielded_checkpoint()
                return result
        except (RedisConnectionError, OSError) as error:
            raise ConnectionLost(f"{self.url}: {error}") from error
        except RedisError as error:
            raise SinkError(f"{self.url}: {error}", sink=self.url, retryable=True) from error
        raise ConnectionLost(f"{self.url} does not answer")


@asynccontextmanager
async def open_client(url: str) -> AsyncGenerator[RedisClient]:
    """A client of the server at *url*.  Opens a nursery.

    :raises ConnectionFailed: it cannot be reached.
    :raises ConfigurationError: the URL or its password is wrong.
    """
    scope = trio.CancelScope()
    async with open_pump_nursery() as nursery:
        client: RedisClient = await nursery.start(
            _hold_open, url, scope, name=f"redis {_shown(url)}"
        )
        try:
            yield client
        finally:
            client.close_nowait()
            scope.cancel()


async def _hold_open(
    url: str, scope: trio.CancelScope, *, task_status: trio.TaskStatus[RedisClient]
) -> None:
    """Keep the client open until *scope* is cancelled.

    The client has task groups.  In a task of its own they put nothing into groups that the block's
    body raises; and a cancellation of the block does not end its connections while the runs still
    have their ends to write.
    """
    made = _make_client(url)
    try:
        with scope:
            async with made:
                await _check(made, url)
                async with made.pubsub(retry_policy=_for_ever()) as channels:
                    scope.shield = True
                    task_status.started(RedisClient(made, channels, _shown(url)))
                    await trio.sleep_forever()
    except Exception as error:
        if scope.cancel_called:
            # It wants to unsubscribe, and fails where the connection broke before.
            _logger.debug("the client of %s did not close cleanly: %r", _shown(url), error)
            return
        failure = alone_in(error)
        if isinstance(failure, LionprideError):
            raise failure from None
        raise ConnectionLost(f"{_shown(url)}: the client failed: {failure!r}") from failure


async def _check(client: coredis.Redis[str], url: str) -> None:
    try:
        await client.ping()
    except (RedisConnectionError, OSError) as error:
        raise ConnectionFailed(f"{_shown(url)} cannot be reached: {error}") from error
    except RedisError as error:
        raise ConfigurationError(f"{_shown(url)} refuses: {error}") from error


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


def _shown(url: str) -> str:
    """*url* without a password, and without what may hold one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"{url.partition(':')[0]}://…"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
