"""The programs of docs/asyncio.md, each on the event loop that the page says."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from contextlib import aclosing
from functools import partial
from urllib.parse import quote

import httpx
import pytest
import trio
from starlette.testclient import TestClient

from lionpride_trio import StreamTruncated, from_json, iModel, local, reassemble
from lionpride_trio.wire import SSEDecoder
from tests.docs.markdown import DOCS, EXAMPLES, blocks, load
from tests.elsewhere import ServerThread
from tests.on_asyncio import uvicorn_serves
from tests.pages import read_and_leave

QUESTION = "Why is the sea salt?"


@pytest.fixture
def elsewhere(monkeypatch):
    with ServerThread().running() as thread:
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        monkeypatch.setenv("OPENAI_BASE_URL", thread.server.url("openai"))
        yield thread


def answer(model="gpt-4o-mini"):
    return trio.run(iModel("openai", model).complete, QUESTION).text


def test_a_whole_answer_in_a_thread(elsewhere, capsys):
    asyncio.run(load("asyncio_thread")["main"]())
    assert capsys.readouterr().out == f"{answer()}\n"


def test_the_door_of_an_asyncio_program(elsewhere, capsys):
    asyncio.run(load("asyncio_door")["main"]())
    assert capsys.readouterr().out == f"{answer()}\nVerdict.COMPLETE\n{answer()}\n"


def test_a_stream_on_the_loop_of_asyncio(elsewhere, capsys):
    asyncio.run(load("asyncio_guest")["main"]())
    assert capsys.readouterr().out == f"{answer()}\n"


def test_several_streams_share_one_guest(elsewhere):
    guest_class = load("asyncio_guest")["Guest"]

    async def read(guest, name):
        async with aclosing(guest.stream(iModel("openai", name).stream(QUESTION))) as chunks:
            return "".join([chunk.data async for chunk in chunks])

    async def main():
        async with guest_class() as guest:
            return await asyncio.gather(*(read(guest, name) for name in ("one", "two", "three")))

    assert asyncio.run(main()) == [answer("one"), answer("two"), answer("three")]


@pytest.mark.parametrize("leave", ["break", "cancel"])
def test_a_stream_that_is_left_on_asyncio_closes_its_connection(elsewhere, leave):
    source = iModel("openai", "m-slow").stream(QUESTION)

    async def read_one(guest, came):
        async with aclosing(guest.stream(source)) as chunks:
            async for _ in chunks:
                came.set()
                if leave == "break":
                    break

    async def main():
        came = asyncio.Event()
        async with load("asyncio_guest")["Guest"]() as guest:
            task = asyncio.create_task(read_one(guest, came))
            await came.wait()
            if leave == "cancel":
                task.cancel()
            await asyncio.wait([task])
            await asyncio.to_thread(elsewhere.call, elsewhere.server.wait_active, 0)
            return task.cancelled()

    assert asyncio.run(main()) is (leave == "cancel")
    assert elsewhere.server.requests[0].disconnected


def test_a_failure_arrives_on_asyncio_after_the_chunks_before_it(elsewhere):
    async def main(came):
        async with (
            load("asyncio_guest")["Guest"]() as guest,
            aclosing(guest.stream(iModel("openai", "m-cut").stream(QUESTION))) as chunks,
        ):
            async for chunk in chunks:
                came.append(chunk.data)

    came = []
    with pytest.raises(StreamTruncated) as caught:
        asyncio.run(main(came))
    assert "".join(came) == caught.value.partial.text != ""


def test_a_web_application_on_asyncio(elsewhere):
    (program,) = (
        block.text
        for block in blocks(DOCS / "asyncio.md", "python")
        if "aio.open(Session" in block.text
    )
    names = {}
    exec(compile(program, "asyncio.md", "exec"), names)

    async def ask():
        async with (
            uvicorn_serves(names["app"]) as url,
            httpx.AsyncClient(trust_env=False) as client,
        ):
            return await asyncio.gather(
                *(
                    client.get(f"{url}/{way}", params={"question": QUESTION})
                    for way in ("answer", "whole")
                )
            )

    streamed, whole = asyncio.run(ask())
    assert streamed.text == whole.text == answer()


def text_of(body):
    decoder = SSEDecoder()
    *events, end = [*decoder.feed(body), *decoder.flush()]
    assert end.event == "end"
    return reassemble(from_json(event.data) for event in events).text


async def check_answer(client, url):
    answered = await client.get(f"{url}/answer", params={"question": QUESTION})
    assert answered.headers["content-type"].startswith("text/event-stream")
    expected = await iModel("openai", "gpt-4o-mini").complete(QUESTION)
    assert text_of(answered.content) == expected.text


async def test_fastapi_on_hypercorns_trio(server):
    async with trio.open_nursery() as nursery, httpx.AsyncClient(trust_env=False) as client:
        (url,) = await nursery.start(load("fastapi_app")["main"], "127.0.0.1:0")
        await check_answer(client, url)
        nursery.cancel_scope.cancel()


async def test_fastapi_closes_the_connection_of_a_page_that_went_away(monkeypatch):
    async with local.serve(rate=20) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url("openai"))
        async with trio.open_nursery() as nursery:
            (url,) = await nursery.start(load("fastapi_app")["main"], "127.0.0.1:0")
            assert b"200" in await read_and_leave(f"{url}/answer?question={quote(QUESTION)}", 3)
            await server.wait_active(0)
            assert server.requests[0].disconnected
            nursery.cancel_scope.cancel()


def test_an_endpoint_that_waits_for_a_whole_answer():
    (program,) = (
        block.text for block in blocks(DOCS / "asyncio.md", "python") if "/summary" in block.text
    )
    names = {}
    exec(compile(program, "asyncio.md", "exec"), names)
    with TestClient(names["app"], backend="trio") as client:
        answered = client.get("/summary", params={"text": "Call me Ishmael."}).json()
    assert answered["summary"]
    assert answered["verdict"] == "complete"


async def test_fastapi_from_hypercorns_command_line(server):
    run = partial(
        trio.run_process,
        [sys.executable, "-m", "hypercorn", "-k", "trio", "-b", "127.0.0.1:0", "fastapi_app:app"],
        cwd=EXAMPLES,
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parents[1]), "PYTHONDONTWRITEBYTECODE": "1"},
        stderr=subprocess.PIPE,
        check=False,
    )
    async with trio.open_nursery() as nursery, httpx.AsyncClient(trust_env=False) as client:
        process = await nursery.start(run)
        said = b""
        while not (found := re.search(rb"Running on (http://[\d.:]+)", said)):
            piece = await process.stderr.receive_some()
            assert piece, said.decode()
            said += piece
        await check_answer(client, found[1].decode())
        nursery.cancel_scope.cancel()
