"""A proxy for HTTP: it opens tunnels (CONNECT), and passes requests in their absolute form on."""

from base64 import b64encode
from contextlib import asynccontextmanager, suppress
from functools import partial
from urllib.parse import urlsplit

import attrs
import h11
import trio


@attrs.define
class Proxy:
    """*user* is "name:password" of the one who may use it; *refuses* is a status for everybody."""

    user: str | None = None
    refuses: int | None = None
    hosts: dict = attrs.field(factory=dict)
    """Where hosts are whose names only the proxy knows."""
    port: int = 0
    asked: list = attrs.field(factory=list)
    """The requests that came: a method and a target."""
    headers: list = attrs.field(factory=list)
    """The headers of each."""

    def url(self, user=None, scheme="http"):
        return f"{scheme}://{f'{user}@' if user else ''}127.0.0.1:{self.port}"

    async def serve(self, client):
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError, h11.RemoteProtocolError):
            async with client:
                while await self._serve_one(client):
                    pass

    async def _serve_one(self, client):
        http = h11.Connection(h11.SERVER)
        request, body = None, b""
        while not isinstance(event := http.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                received = await client.receive_some()
                http.receive_data(received)
                if not received and request is None:
                    return False
            elif isinstance(event, h11.Request):
                request = event
            elif isinstance(event, h11.Data):
                body += event.data
        headers = {name.decode(): value.decode() for name, value in request.headers}
        method, target = request.method.decode(), request.target.decode()
        self.asked.append((method, target))
        self.headers.append(headers)
        if status := self._refusal(headers):
            await client.send_all(b"HTTP/1.1 %d Refused\r\ncontent-length: 2\r\n\r\nno" % status)
            return True
        parts = urlsplit(target if method != "CONNECT" else f"//{target}")
        port = self.hosts.get(parts.hostname, parts.port or 80)
        async with await trio.open_tcp_stream("127.0.0.1", port) as server:
            if method == "CONNECT":
                await client.send_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = f"{parts.path}?{parts.query}" if parts.query else parts.path
                lines = [f"{method} {path} HTTP/1.1"]
                lines += [f"{n}: {v}" for n, v in headers.items() if not n.startswith("proxy-")]
                await server.send_all("\r\n".join([*lines, "", ""]).encode() + body)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._pass, client, server, nursery.cancel_scope)
                nursery.start_soon(self._pass, server, client, nursery.cancel_scope)
        return False

    def _refusal(self, headers):
        if self.refuses is not None:
            return self.refuses
        wanted = self.user and f"Basic {b64encode(self.user.encode()).decode()}"
        return 407 if headers.get("proxy-authorization") != wanted else None

    async def _pass(self, source, target, scope):
        with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
            async for data in source:
                await target.send_all(data)
        scope.cancel()


@asynccontextmanager
async def open_proxy(ssl_context=None, **settings):
    """A proxy that runs as long as the block; over TLS with *ssl_context*."""
    proxy = Proxy(**settings)
    serve = partial(trio.serve_tcp if ssl_context is None else trio.serve_ssl_over_tcp)
    options = {} if ssl_context is None else {"ssl_context": ssl_context, "https_compatible": True}
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(serve, proxy.serve, 0, host="127.0.0.1", **options))
        listener = getattr(listeners[0], "transport_listener", listeners[0])
        proxy.port = listener.socket.getsockname()[1]
        yield proxy
        nursery.cancel_scope.cancel()
