"""Pages that visit an application: without a server, and over real loopback with hypercorn's trio worker."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial

import httpx
import trio
from hypercorn.config import Config
from hypercorn.trio import serve

from lionpride_trio.wire import SSEDecoder


def decode(body):
    decoder = SSEDecoder()
    return [*decoder.feed(body), *decoder.flush()]


class Visit:
    """One request to an application of ASGI, whose page reads at once, slowly, or goes away."""

    def __init__(self, *, method="GET", takes=float("inf")):
        self.scope = {
            "type": "http",
            "method": method,
            "path": "/",
            "headers": [],
            "query_string": b"",
            "asgi": {"version": "3.0", "spec_version": "2.1"},
        }
        self.sent = []  # (time, message)
        self.takes = takes  # messages that the page reads
        self.goes_on = trio.Event()
        self.has_gone = trio.Event()
        self._asked = False

    async def receive(self):
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.has_gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        await trio.lowlevel.checkpoint()
        if len(self.sent) >= self.takes:
            await self.goes_on.wait()
        self.sent.append((trio.current_time(), message))

    async def to(self, app):
        await app(self.scope, self.receive, self.send)

    @property
    def status(self):
        return self.sent[0][1]["status"]

    @property
    def headers(self):
        return {name.decode(): value.decode() for name, value in self.sent[0][1]["headers"]}

    @property
    def body(self):
        return b"".join(message.get("body", b"") for _, message in self.sent)

    @property
    def is_whole(self):
        return self.sent[-1][1].get("more_body") is False


@asynccontextmanager
async def hypercorn_serves(app, **settings):
    """A client to *app*, which hypercorn's trio worker serves."""
    config = Config()
    config.bind = ["127.0.0.1:0"]
    config.errorlog = None
    for name, value in settings.items():
        setattr(config, name, value)
    stop = trio.Event()
    async with trio.open_nursery() as nursery:
        (url,) = await nursery.start(partial(serve, app, config, shutdown_trigger=stop.wait))
        async with httpx.AsyncClient(trust_env=False, base_url=url) as client:
            yield client
        stop.set()
