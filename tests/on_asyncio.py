"""uvicorn on a loop of asyncio, and pages that read from it over real loopback."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import uvicorn


@asynccontextmanager
async def uvicorn_serves(app):
    """The URL of *app*, served by uvicorn in this loop."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # What is written goes out at once: uvicorn holds a page back at the bounds of its own.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        started = asyncio.Event()
        startup = server.startup

        async def tell_when_started(sockets=None):
            await startup(sockets)
            started.set()

        server.startup = tell_when_started
        serving = asyncio.create_task(server.serve([listener]))
        await asyncio.wait(
            [serving, asyncio.create_task(started.wait())], return_when=asyncio.FIRST_COMPLETED
        )
        try:
            yield "http://{}:{}".format(*listener.getsockname())
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def page_reading(url, path="/"):
    """A page's connection, whose request was sent and whose answer nobody reads yet."""
    where = urlsplit(url)
    with socket.socket() as sock:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        await asyncio.get_running_loop().sock_connect(sock, (where.hostname, where.port))
        reader, writer = await asyncio.open_connection(sock=sock, limit=16 * 1024)
        writer.write(f"GET {path} HTTP/1.1\r\nhost: {where.netloc}\r\n\r\n".encode())
        try:
            yield reader
        finally:
            writer.close()
            await writer.wait_closed()
