"""Streams that a page can come back to."""

from __future__ import annotations

from contextlib import asynccontextmanager

import httpx
import pytest
import trio
from starlette.applications import Starlette
from starlette.routing import Route
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import (
    ConfigurationError,
    sinks,
)
from lionpride_trio.durable import open_streams
from lionpride_trio.transformers import from_channel, from_iterable, text
from lionpride_trio.web import respond
from tests.web.responding import model_of, visited
from tests.web.visits import Visit, decode


@asynccontextmanager
async def durable_page(protocol="events"):
    async with open_streams("memory:") as streams:

        async def read(request):
            return respond(
                streams.follow(request.path_params["id"], after=request), protocol=protocol
            )

        app = Starlette(routes=[Route("/{id}", read)])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://a") as page:
            yield streams, page


async def test_a_page_that_comes_back_goes_on_where_it_was():
    async with durable_page() as (streams, page):
        await streams.start("x", from_iterable("abcdef"))
        whole = decode((await page.get("/x")).content)
        assert [event.id for event in whole] == ["1", "2", "3", "4", "5", "6", "6"]
        for n in range(7):
            answered = await page.get("/x", headers={"Last-Event-ID": str(n)})
            assert [event.data for event in decode(answered.content)] == [
                event.data for event in whole[n:]
            ]


@pytest.mark.parametrize("wrong", ["x", "-1", "1.5"])
async def test_an_id_that_is_none_is_a_bad_request(wrong):
    async with durable_page() as (streams, page):
        await streams.start("x", from_iterable("abc"))
        answered = await page.get("/x", headers={"last-event-id": wrong})
    assert answered.status_code == 400
    assert answered.json()["error"] == "BadRequest"
    assert answered.json()["message"].startswith("Last-Event-ID is the number of an item, not ")
    assert wrong in answered.json()["message"]


@pytest.mark.parametrize(("protocol", "status"), [("events", 404), ("text", 404), ("ui", 204)])
async def test_a_stream_that_is_not_there(protocol, status):
    async with durable_page(protocol) as (_, page):
        answered = await page.get("/none")
    assert answered.status_code == status
    assert bool(answered.content) is (status == 404)


async def test_a_model_that_is_not_there_is_no_404(server):
    visit = await visited(respond(model_of(server, "m-error-404", retry=None).stream("hi")))
    assert visit.status == 502


async def test_a_run_that_is_refused_has_its_status(server):
    async with durable_page() as (streams, page):
        await streams.start("x", model_of(server, "m-error-429", retry=None).stream("hi"))
        answered = await page.get("/x")
    assert answered.status_code == 429


async def test_a_page_that_leaves_stops_no_run():
    async with open_streams("memory:", flush_every=1) as streams:
        send, receive = trio.open_memory_channel(9)
        await streams.start("x", from_channel(receive))
        visit = Visit()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(visit.to, respond(streams.follow("x")))
            await send.send("a")
            await wait_all_tasks_blocked(0.1)
            assert b'"a"' in visit.body
            visit.has_gone.set()
        await send.send("b")
        send.close()
        async with streams.follow("x") as channel:
            assert await sinks.collect(channel) == ["a", "b"]


async def test_a_stream_that_a_request_resumes_is_not_piped():
    class Request:
        headers = {}

    async with open_streams("memory:") as streams:
        with pytest.raises(ConfigurationError, match=r"streams\.start\(id, source \| text"):
            streams.follow("x", after=Request()) | text()
