"""Stores by themselves, beneath streams, and what tests do to them."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from lionpride_trio import WriterLost
from lionpride_trio.durable import open_streams
from tests.durable.sources import read_all

LONG = 1000.0


SHORT = 0.02


@asynccontextmanager
async def open_store(url, **settings):
    """The store of opened streams; and the streams, whose readers look after leases."""
    async with open_streams(url, **settings) as streams:
        yield streams._store, streams


async def lose(store, streams, name):
    """Wait until somebody has seen that *name* has lost its writer."""
    with pytest.raises(WriterLost):
        await read_all(streams.follow(name))


async def items_of(store, name):
    page = await store.read(name, 0, 10_000)
    return list(page.items)
