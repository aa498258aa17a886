"""``respond`` in an application that runs on asyncio, under uvicorn: the source runs on trio all the same."""

from __future__ import annotations

import asyncio
import logging

import httpx
import pytest
import trio
from fastapi import FastAPI
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import aio, iModel, source
from lionpride_trio.aio import _guest
from lionpride_trio.web import respond
from tests.elsewhere import ServerThread
from tests.on_asyncio import page_reading, uvicorn_serves
from tests.web.visits import decode

QUESTION = "How does a whale sleep?"


@pytest.fixture
def thread():
    with ServerThread().running() as thread:
        yield thread


def model_of(thread, name="trigram-1"):
    url = thread.server.url("openai")
    return iModel("openai", name, api_key="any", base_url=url, retry=None)


def app_of(make_source, **options):
    app = FastAPI()

    @app.get("/")
    async def answer():
        return respond(make_source(), **options)

    return app


def ask(app, count=1):
    async def main():
        async with (
            uvicorn_serves(app) as url,
            httpx.AsyncClient(trust_env=False) as client,
        ):
            return await asyncio.gather(*(client.get(url) for _ in range(count)))

    return asyncio.run(main())


def test_answers_stream(thread):
    model = model_of(thread)
    answers = ask(app_of(lambda: model.stream(QUESTION), protocol="text"), 20)
    assert {answered.text for answered in answers} == {trio.run(model.complete, QUESTION).text}
    assert _guest._here.guest is None


def test_a_refusal_is_a_status(thread):
    (answered,) = ask(app_of(lambda: model_of(thread, "m-error-429").stream("hi")))
    assert answered.status_code == 429
    assert answered.headers["retry-after"]


def test_a_failure_comes_in_the_stream(thread):
    (answered,) = ask(app_of(lambda: model_of(thread, "m-cut").stream("hi")))
    assert decode(answered.content)[-1].event == "failure"


def test_text_can_only_break_the_connection(thread, caplog):
    caplog.set_level(logging.CRITICAL, "uvicorn")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(app_of(lambda: model_of(thread, "m-cut").stream("hi"), protocol="text"))


def test_a_page_that_leaves_closes_the_models_connection(thread):
    model = model_of(thread, "m-slow")

    async def main():
        async with uvicorn_serves(app_of(lambda: model.stream(QUESTION))) as url:
            async with page_reading(url) as reader:
                await reader.readuntil(b"event: chunk")
            await asyncio.to_thread(thread.call, thread.server.wait_active, 0)

    asyncio.run(main())
    assert thread.server.requests[0].disconnected


def test_a_slow_page_holds_the_source_back():
    made = []
    piece = "word " * 1000

    @source
    async def endless():
        while True:
            made.append(len(made))
            yield piece

    async def main():
        async with uvicorn_serves(app_of(endless)) as url, page_reading(url) as reader:
            await reader.readline()
            before = -1
            while before != len(made):  # until all buffers on the way are full
                before = len(made)
                await aio.run(wait_all_tasks_blocked, 0.1)
            while len(made) == before:
                await reader.readexactly(1000)

    asyncio.run(main())
