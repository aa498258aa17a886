"""A browser's page that goes away in the middle of a stream."""

from __future__ import annotations

from urllib.parse import urlsplit

import trio


async def read_and_leave(url: str, events: int) -> bytes:
    """Ask for *url*, read until *events* messages have come, and close the connection."""
    where = urlsplit(url)
    assert where.hostname
    assert where.port
    stream = await trio.open_tcp_stream(where.hostname, where.port)
    async with stream:
        target = f"{where.path or '/'}{'?' * bool(where.query)}{where.query}"
        request = f"GET {target} HTTP/1.1\r\nhost: {where.netloc}\r\n\r\n"
        await stream.send_all(request.encode())
        came = b""
        while came.count(b"\ndata: ") < events:
            piece = await stream.receive_some()
            if not piece:
                break
            came += piece
    return came
