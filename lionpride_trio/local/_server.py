"""The server's life: it listens, keeps its connections, and lets go of all of them at once.

Hypercorn reads and writes HTTP for one connection at a time; accepting and closing them is done
here.  Hypercorn's own ``serve`` would do for that, but for one thing: it shields its writes, so a
client that stops reading could keep it, and the block that it runs in, from ever ending.  Here
the sockets are closed under it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ConnectionState

from .._channels._entrance import check_on_trio
from .._channels._nursery import open_pump_nursery
from .._errors import ConfigurationError
from ._app import App, Hooks
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
# Where a server that listens on every address is found on its own machine.
_REACHED_BY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # ruff: ignore[hardcoded-bind-all-interfaces]
PROVIDERS: Final = tuple(_PATHS)
"""The names of the providers that the server plays."""


class LocalServer:
    """A running server; `serve` makes them."""

    def __init__(
        self, listener: trio.SocketListener, *, rate: float | None, seed: int, strict: bool
    ) -> None:
        self._listener = listener
        address: tuple[Any, ...] = listener.socket.getsockname()
        self.port: int = address[1]
        host = _REACHED_BY.get(str(address[0]), str(address[0]))
        self._origin = (
            f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"
        )
        self.rate = rate
        self.seed = seed
        self.strict = strict
        self._active = 0
        self._recorded: deque[RecordedRequest] = deque(maxlen=MAX_RECORDED)
        self._count = 0
        self._changed = trio.lowlevel.ParkingLot()
        self._interrupted = trio.Event()
        self._interruption: BaseException | None = None
        self._streams: dict[Any, trio.SocketStream] = {}
        self._context = WorkerContext(None)
        self._config = Config()
        self._config.accesslog = self._config.errorlog = None
        self._config.include_server_header = False
        self._app = ASGIWrapper(
            cast(
                Any,
                App(
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
                ),
            )
        )

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
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(trio.serve_listeners, self._connection, [self._listener])
                await self._interrupted.wait()
                assert self._interruption is not None
                raise self._interruption
        finally:
            self._listener.socket.close()

    def close_nowait(self) -> None:
        """Close all connections, whatever they are doing."""
        for stream in self._streams.values():
            stream.socket.close()

    async def _connection(self, stream: trio.SocketStream) -> None:
        try:
            client: Any = stream.socket.getpeername()[:2]
        except OSError:  # gone already
            stream.socket.close()
            return
        self._streams[client] = stream
        state = ConnectionState(cast(Any, {}))
        connection = TCPServer(
            self._app, self._config, self._context, cast(Any, state), cast(Any, stream)
        )
        try:
            await connection.run()
        except Exception:  # ruff: ignore[try-except-pass] - one client's broken connection is not the others' affair
            pass
        finally:
            del self._streams[client]
            stream.socket.close()

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
        stream = self._streams.get(tuple(client or ()))
        if stream is not None:
            stream.socket.close()

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
    listeners = await trio.open_tcp_listeners(port, host=host)
    for other in listeners[1:]:  # "localhost" has two addresses, and port 0 two ports
        other.socket.close()
    server = LocalServer(listeners[0], rate=rate, seed=seed, strict=strict)
    async with open_pump_nursery() as nursery:
        nursery.start_soon(server.run)
        try:
            yield server
        finally:
            server.close_nowait()
