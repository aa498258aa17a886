"""Clients of httpx that go over our own transport."""

from contextlib import asynccontextmanager

import trio

from lionpride_trio._transport import as_transport, json_request
from tests.faults.wires import WIRES

CHAT = WIRES[0]


PLAIN = {"media": "text/plain", "framing": "length"}


def at(server, path="/a"):
    return server.url("openai") + path


# The body of an answer, read by a model.


@asynccontextmanager
async def exchange_over(client, server, **settings):
    request = json_request(
        at(server), body={}, headers={}, connect=3, send_idle=4, wait=5, **settings
    )
    async with as_transport(client).open_exchange(request) as exchange:
        yield exchange


async def made(*pieces):
    for piece in pieces:
        await trio.lowlevel.checkpoint()
        yield piece
