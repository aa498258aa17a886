"""The programs of the pages on web pages and on deployment."""

from __future__ import annotations

import configparser
import json
import os
import re
import runpy
import shlex
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest
import trio
from hypercorn.__main__ import main as hypercorn_command

from lionpride_trio import from_json, iModel, local, reassemble
from lionpride_trio.durable import State, open_streams
from lionpride_trio.web import EVENTS_JS
from tests.docs.markdown import DOCS, EXAMPLES, blocks
from tests.web.visits import decode, hypercorn_serves

QUESTION = "How does a whale sleep?"
PAGES = {"web": DOCS / "web_pages.md", "deployment": DOCS / "deployment.md"}


@pytest.fixture
async def server(monkeypatch):
    async with local.serve(rate=200) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url("openai"))
        yield server


def load(name):
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))


async def whole(question=QUESTION):
    return (await iModel("openai", "gpt-4o-mini").complete(question)).text


def asked(id="chat-1", text=QUESTION):
    message = {"id": "m", "role": "user", "parts": [{"type": "text", "text": text}]}
    return {"id": id, "messages": [message], "trigger": "submit-message"}


def text_of_ui(body):
    parts = [json.loads(event.data) for event in decode(body) if event.data != "[DONE]"]
    return "".join(part["delta"] for part in parts if part["type"] == "text-delta")


@asynccontextmanager
async def reading(url):
    """The connection of a page that has sent a turn of the chat to the server at *url*."""
    url = httpx.URL(url)
    body = json.dumps(asked())
    head = f"POST /api/chat HTTP/1.0\r\nhost: a\r\ncontent-length: {len(body)}\r\n\r\n"
    async with await trio.open_tcp_stream(url.host, url.port) as stream:
        await stream.send_all(f"{head}{body}".encode())
        yield stream


async def test_a_page_in_plain_javascript(server):
    names = load("web_page")
    async with hypercorn_serves(names["app"]) as page:
        html = (await page.get("/")).text
        assert (await page.get("/events.js")).text == EVENTS_JS
        answered = await page.get("/answer", params={"question": QUESTION})
    assert 'from "/events.js"' in html
    *chunks, end = decode(answered.content)
    assert end.event == "end"
    assert reassemble(from_json(event.data) for event in chunks).text == await whole()
    # The page reads these two names of a chunk.
    texts = [json.loads(event.data) for event in chunks]
    assert "".join(each["data"] for each in texts if each["$"] == "TextChunk") == await whole()


async def test_a_chat_that_is_resumed_and_stopped(server):
    async with hypercorn_serves(load("web_chat")["app"]) as page:
        assert (await page.get("/api/chat/chat-1/stream")).status_code == 204
        async with reading(page.base_url) as stream:
            assert b" 200 " in await stream.receive_some()
        resumed = await page.get("/api/chat/chat-1/stream")
        assert text_of_ui(resumed.content) == await whole()
        assert (await page.get("/api/chat/chat-1/stream")).status_code == 204  # it has ended
        async with reading(page.base_url) as stream:
            body = await stream.receive_some()
            assert (await page.delete("/api/chat/chat-1")).status_code == 204
            while b"[DONE]" not in body:
                body += await stream.receive_some()
        assert b'"type":"abort"' in body
        _, _, body = body.partition(b"\r\n\r\n")
        assert len(text_of_ui(body)) < len(await whole())
        assert (await page.delete("/api/chat/none")).status_code == 204
        assert (await page.get("/health")).json() == {"streams": 1}
        assert (await page.post("/api/chat", json={"messages": 3})).status_code == 400


@pytest.mark.parametrize("block", blocks(PAGES["web"], "python"), ids=str)
def test_a_piece_of_the_page_can_be_loaded(block):
    exec(compile(block.text, "web_pages.md", "exec"), {})


def commands():
    """Each command line of hypercorn's that the page on deployment has."""
    text = PAGES["deployment"].read_text(encoding="utf-8")
    lines = re.findall(r"^(?:    |ExecStart=\S*/)(hypercorn .*)$", text, re.MULTILINE)
    return [
        *map(shlex.split, lines),
        json.loads(re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)[0]),
    ]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_hypercorn_knows_the_options(words, monkeypatch):
    seen = []
    monkeypatch.setattr("hypercorn.__main__.run", seen.append)
    hypercorn_command(words[1:])
    (config,) = seen
    assert (config.worker_class, config.graceful_timeout) == ("trio", 30)
    assert config.application_path == "web_chat:app"
    assert config.bind[0].endswith(":8000")


def test_there_are_three_commands():
    assert len(commands()) == 3


def test_the_unit_of_systemd():
    (block,) = blocks(PAGES["deployment"], "ini")
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read_string(block.text)
    assert set(unit.sections()) == {"Unit", "Service", "Install"}
    service = unit["Service"]
    assert int(service["TimeoutStopSec"]) > 30  # more than hypercorn gives its pages
    folder = f"/var/lib/{service['StateDirectory']}/"
    assert folder in service["Environment"]  # ProtectSystem=strict leaves nothing else to write in


def test_the_dockerfile():
    (block,) = blocks(PAGES["deployment"], "dockerfile")
    lines = [line.split(None, 1) for line in block.text.splitlines()]
    words = [word for word, _ in lines]
    known = ["FROM", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"]
    assert set(words) == set(known)
    assert words[0] == "FROM"
    assert words.index("USER") > words.index("RUN")
    copied = dict(lines)["COPY"].split()[0]
    assert (EXAMPLES / copied).is_file()
    check = json.loads(dict(lines)["HEALTHCHECK"].partition("CMD ")[2])
    compile(check[2], "HEALTHCHECK", "exec")
    assert "0.0.0.0:8000" in dict(lines)["CMD"]
    assert dict(lines)["EXPOSE"] == "8000"
    assert "lionpride_trio[web,redis]" in block.text


def test_nginx_passes_on_what_comes():
    (block,) = blocks(PAGES["deployment"], "nginx")
    settings = dict(re.findall(r"^    (\w+) (.*);$", block.text, re.MULTILINE))
    assert settings["proxy_buffering"] == "off"
    assert int(settings["proxy_read_timeout"].removesuffix("s")) > 15  # a heartbeat comes before
    assert settings["proxy_http_version"] == "1.1"


async def test_a_server_that_is_stopped_marks_what_still_runs(server, tmp_path):
    store = f"sqlite:///{tmp_path / 'streams.db'}"
    command = [sys.executable, "-m", *commands()[0]]
    command[command.index("--bind") + 1] = "127.0.0.1:0"
    command[command.index("--graceful-timeout") + 1] = "0"
    run = partial(
        trio.run_process,
        command,
        cwd=EXAMPLES,
        env={
            **os.environ,
            "OPENAI_BASE_URL": server.url("openai"),
            "PYTHONPATH": str(EXAMPLES.parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "STREAMS": store,
        },
        stderr=subprocess.PIPE,
        check=False,
    )
    async with trio.open_nursery() as nursery:
        process = await nursery.start(run)
        said = b""
        while not (found := re.search(rb"Running on (http://[\d.:]+)", said)):
            piece = await process.stderr.receive_some()
            assert piece, said.decode()
            said += piece
        async with reading(found[1].decode()) as stream:
            assert b" 200 " in await stream.receive_some()
            process.send_signal(signal.SIGTERM)
            async for _ in stream:
                pass
        await process.wait()
    async with open_streams(store) as streams:
        status = await streams.status("chat-1")
    assert status.state is State.STOPPED
    assert status.items > 0
