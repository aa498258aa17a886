"""FastAPI on uvicorn, over real loopback: answers stream, pages leave, read slowly, and are told of failures."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest
import trio
from fastapi import FastAPI
from starlette.responses import StreamingResponse
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import (
    LionprideError,
    RateLimited,
    Session,
    StreamTruncated,
    aio,
    iModel,
    source,
)
from tests.elsewhere import ServerThread
from tests.on_asyncio import page_reading, uvicorn_serves

QUESTION = "How does a whale sleep?"
PIECE = "word " * 1000


def app_of(make_source):
    """An application whose page reads what *make_source* gives, and which has one session."""

    @asynccontextmanager
    async def lifespan(_app):
        async with aio.open(Session()) as session:
            yield {"session": session}

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def answer():
        async def pieces():
            try:
                async with aio.open(make_source()) as items:
                    async for item in items:
                        yield str(item)
            except LionprideError as error:
                yield f"[{type(error).__name__}]"

        return StreamingResponse(pieces(), media_type="text/plain")

    return app


@pytest.fixture
def thread():
    with ServerThread().running() as thread:
        yield thread


def model_of(thread, name="trigram-1"):
    return iModel("openai", name, api_key="any", base_url=thread.server.url("openai"), retry=None)


def test_an_answer_streams(thread):
    model = model_of(thread)

    async def main():
        async with (
            uvicorn_serves(app_of(lambda: model.stream(QUESTION))) as url,
            httpx.AsyncClient(trust_env=False) as client,
        ):
            answers = await asyncio.gather(*(client.get(url) for _ in range(20)))
            return {answered.text for answered in answers}

    assert asyncio.run(main()) == {trio.run(model.complete, QUESTION).text}


def test_a_page_that_leaves_closes_the_models_connection(thread):
    model = model_of(thread, "m-slow")

    async def main():
        async with uvicorn_serves(app_of(lambda: model.stream(QUESTION))) as url:
            async with page_reading(url) as reader:
                assert b"200" in await reader.readline()
                await reader.readuntil(b"\r\n\r\n")
                assert await reader.read(1)
            await asyncio.to_thread(thread.call, thread.server.wait_active, 0)

    asyncio.run(main())
    assert thread.server.requests[0].disconnected


def test_a_slow_page_holds_the_source_back():
    made = []

    @source
    async def endless():
        while True:
            made.append(len(made))
            yield PIECE

    async def main():
        async with uvicorn_serves(app_of(endless)) as url, page_reading(url) as reader:
            await reader.readline()
            before = -1
            while before != len(made):  # until all buffers on the way are full
                before = len(made)
                await aio.run(wait_all_tasks_blocked, 0.1)
            for _ in range(200):
                await reader.readexactly(len(PIECE))
            await aio.run(wait_all_tasks_blocked, 0.1)
            assert len(made) > before

    asyncio.run(main())


@pytest.mark.parametrize(
    ("kind", "told"), [("m-cut", StreamTruncated), ("m-error-429", RateLimited)]
)
def test_a_failure_is_the_class_that_it_is(thread, kind, told):
    model = model_of(thread, kind)

    async def main():
        async with (
            uvicorn_serves(app_of(lambda: model.stream(QUESTION))) as url,
            httpx.AsyncClient(trust_env=False) as client,
        ):
            return (await client.get(url)).text

    assert asyncio.run(main()).endswith(f"[{told.__name__}]")
