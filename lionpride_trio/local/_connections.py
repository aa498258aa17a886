"""A listener's connections, served by hypercorn, and let go of all at once.

Hypercorn reads and writes HTTP for one connection at a time; accepting and closing them is done here.
Hypercorn's own ``serve`` would do for that, but for one thing: it shields its writes, so a client that
stops reading could keep it, and the block that it runs in, from ever ending.  Here the sockets are
closed under it.
"""

from __future__ import annotations

from typing import Any, Final, cast

import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.config import Config
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ConnectionState

# Where a server that listens on every address is found on its own machine.
_REACHED_BY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # ruff: ignore[hardcoded-bind-all-interfaces]


class Connections:
    """Serves *app*, an ASGI application, to whoever connects to *listener*."""

    def __init__(self, app: object, listener: trio.SocketListener) -> None:
        self._listener = listener
        self._streams: dict[Any, trio.SocketStream] = {}
        self._context = WorkerContext(None)
        self._config = Config()
        self._config.accesslog = self._config.errorlog = None
        self._config.include_server_header = False
        self._app = ASGIWrapper(cast(Any, app))

    async def serve(self) -> None:
        """Accept connections until cancelled; the listener is closed then."""
        try:
            await trio.serve_listeners(self._connection, [self._listener])
        finally:
            self._listener.socket.close()

    def close_nowait(self) -> None:
        """Close all connections, whatever they are doing."""
        for stream in self._streams.values():
            stream.socket.close()

    def drop(self, client: Any) -> None:
        """Close the connection of *client*, the address that ASGI's scope has."""
        stream = self._streams.get(tuple(client or ()))
        if stream is not None:
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


async def open_listener(host: str, port: int) -> trio.SocketListener:
    """Listen on the first address of *host*.

    :raises OSError: the address cannot be listened on.
    """
    listeners = await trio.open_tcp_listeners(port, host=host)
    for other in listeners[1:]:  # "localhost" has two addresses, and port 0 two ports
        other.socket.close()
    return listeners[0]


def origin_of(listener: trio.SocketListener) -> str:
    """The URL at which *listener* is reached from its own machine, without a path."""
    address: tuple[Any, ...] = listener.socket.getsockname()
    host = _REACHED_BY.get(str(address[0]), str(address[0]))
    return f"http://[{host}]:{address[1]}" if ":" in host else f"http://{host}:{address[1]}"
