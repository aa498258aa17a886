"""A site of one's own models, and what it is asked."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import h11
import httpx
import trio

from lionpride_trio import (
    FinishChunk,
    TextChunk,
    Verdict,
)
from lionpride_trio._channels._nursery import open_pump_nursery
from lionpride_trio.durable import open_streams
from lionpride_trio.local._connections import Connections, open_listener, origin_of
from lionpride_trio.transformers import source
from lionpride_trio.web._site import Guard, Site
from lionpride_trio.wire import SSEDecoder

OWN = {"content-type": "application/json"}


class Model:
    """A model that says *pieces*, each when it is let go on."""

    def __init__(self, *pieces, error=None):
        self.pieces = pieces
        self.error = error
        self.goes_on = trio.Semaphore(0)
        self.asked = []
        self.is_open = False

    @source
    async def __call__(self, question):
        self.asked.append(question)
        self.is_open = True
        try:
            for piece in self.pieces:
                await self.goes_on.acquire()
                yield TextChunk(piece)
            if self.error is not None:
                raise self.error
            yield FinishChunk(verdict=Verdict.COMPLETE)
        finally:
            self.is_open = False

    def say(self, count=1):
        for _ in range(count):
            self.goes_on.release()


@asynccontextmanager
async def site(models, *, url="memory:"):
    """A client of a site of *models*; its attribute `site` is the site."""
    async with open_streams(url, flush_every=1) as streams, open_pump_nursery() as tasks:
        app = Site(models, streams)
        listener = await open_listener("127.0.0.1", 0)
        connections = Connections(Guard(app), listener)
        tasks.start_soon(connections.serve)
        async with httpx.AsyncClient(trust_env=False, base_url=origin_of(listener)) as client:
            client.site, client.streams = app, streams
            yield client
        connections.close_nowait()


async def ask(client, question="Why?", models=(0,)):
    answer = await client.post("/questions", json={"question": question, "models": list(models)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


@asynccontextmanager
async def reading(client, key, after=None):
    """The events of a question's answers: a function that waits for the next one, None at the end.

    By hand: a client of httpx that goes in the middle leaves its generators to the collector.
    """
    url, connection, decoder, events = client.base_url, h11.Connection(h11.CLIENT), SSEDecoder(), []
    headers = [("host", f"{url.host}:{url.port}")]
    if after is not None:
        headers.append(("last-event-id", str(after)))
    asked = h11.Request(method="GET", target=f"/questions/{key}", headers=headers)
    async with await trio.open_tcp_stream(url.host, url.port) as stream:
        await stream.send_all(connection.send(asked) + connection.send(h11.EndOfMessage()))

        async def next_event():
            while not events:
                match connection.next_event():
                    case h11.NEED_DATA:
                        connection.receive_data(await stream.receive_some())
                    case h11.Data(data=data):
                        events.extend(decoder.feed(bytes(data)))
                    case h11.EndOfMessage():
                        return None
                    case answer:
                        assert answer.status_code == 200
            event = events.pop(0)
            return int(event.id or 0), event.event, json.loads(event.data)

        yield next_event
