"""The server's life: it listens, and tells what it was asked and which streams are open."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import trio

from .._channels._entrance import check_on_trio
from .._channels._nursery import open_pump_nursery
from .._errors import ConfigurationError
from ._app import App, Hooks
from ._connections import Connections, open_listener, origin_of
from ._record import RecordedRequest

MAX_RECORDED: Final = 1000

# Where each provider's base URL ends, as its own clients expect it.
_PATHS: Final = {
    "openai": "/v1",
    "anthropic": "",
    "gemini": "",
    "groq": "/openai/v1",
    "openrouter": "/api/v1",
    "ollama": "",
    "openai_compatible": "/compatible/v1",
    "local": "/local/v1",
}
PROVIDERS: Final = tuple(_PATHS)
"""The names of the providers that the server plays."""


class LocalServer:
    """A running server; `serve` makes them."""

    def __init__(
        self, listener: trio.SocketListener, *, rate: float | None, seed: int, strict: bool
    ) -> None:
        self.port: int = listener.socket.getsockname()[1]
        self._origin = origin_of(listener)
        self.rate = rate
        self.seed = seed
        self.strict = strict
        self._active = 0
        self._recorded: deque[RecordedRequest] = deque(maxlen=MAX_RECORDED)
        self._count = 0
        self._changed = trio.lowlevel.ParkingLot()
        self._interrupted = trio.Event()
        self._interruption: BaseException | None = None
        app = App(
            Hooks(
                rate=rate,
                seed=seed,
                strict=strict,
                came=self._came,
                started=self._started,
                ended=self._ended,
                drop=self._drop,
                interrupted=self._interrupt,
            )
        )
        self._connections = Connections(app, listener)

    def url(self, provider: str) -> str:
        """The base URL of that provider, as its ``base_url`` wants it.

        :raises ConfigurationError: the server plays no such provider.
        """
        if provider not in _PATHS:
            raise ConfigurationError(
                f"the embedded server plays no {provider!r}: it has {', '.join(PROVIDERS)}"
            )
        return self._origin + _PATHS[provider]

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """The last 1000 requests, the newest last."""
        return tuple(self._recorded)

    @property
    def active(self) -> int:
        """The number of streams that are open now."""
        return self._active

    async def wait_active(self, count: int) -> None:
        """Wait until exactly *count* streams are open."""
        await trio.lowlevel.checkpoint()
        while self._active != count:
            await self._changed.park()

    async def wait_requests(self, count: int) -> None:
        """Wait until *count* requests have come since the start."""
        await trio.lowlevel.checkpoint()
        while self._count < count:
            await self._changed.park()

    async def run(self) -> None:
        """Accept connections until cancelled, or until Ctrl-C strikes in the midst of an answer."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._connections.serve)
            await self._interrupted.wait()
            assert self._interruption is not None
            raise self._interruption

    def close_nowait(self) -> None:
        """Close all connections, whatever they are doing."""
        self._connections.close_nowait()

    def _came(self, record: RecordedRequest) -> None:
        self._recorded.append(record)
        self._count += 1
        self._changed.unpark_all()

    def _started(self) -> None:
        self._active += 1
        self._changed.unpark_all()

    def _ended(self) -> None:
        self._active -= 1
        self._changed.unpark_all()

    def _interrupt(self, error: BaseException) -> None:
        self._interruption = error
        self._interrupted.set()

    def _drop(self, client: Any) -> None:
        self._connections.drop(client)

    def __repr__(self) -> str:
        return f"<LocalServer {self._origin}, {self._active} streams open>"


@asynccontextmanager
async def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    rate: float | None = None,
    seed: int = 0,
    strict: bool = True,
) -> AsyncGenerator[LocalServer]:
    """Run a server as long as the block.

    *port* 0 takes a free one.  *rate* is pieces a second of each stream, None as fast as they are
    read.  *seed* changes what all models say.  With *strict* a request is refused that the provider
    itself refuses, in its own words; without, what is needed is read and the rest is passed over.
    Opens a nursery; leaving the block closes every connection, in whatever state.  The block's own
    exception comes out as it is.

    :raises ConfigurationError: *rate* is not above 0, or *port* is none.
    :raises OSError: the address cannot be listened on.
    """
    check_on_trio()
    if rate is not None and not rate > 0:
        raise ConfigurationError(f"rate must be pieces a second > 0, or None, not {rate!r}")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65535:
        # The system would take 99999 for the port 34463.
        raise ConfigurationError(f"port must be from 1 to 65535, or 0 for a free one, not {port!r}")
    listener = await open_listener(host, port)
    server = LocalServer(listener, rate=rate, seed=seed, strict=strict)
    async with open_pump_nursery() as nursery:
        nursery.start_soon(server.run)
        try:
            yield server
        finally:
            server.close_nowait()
