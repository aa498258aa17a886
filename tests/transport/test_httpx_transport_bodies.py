"""What such a client sends, for anybody who uses it."""

import httpx
import pytest
import trio

from lionpride_trio import (
    HTTPTransport,
)
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.transport.calls import open_httpx
from tests.transport.with_httpx import PLAIN, at, made


async def test_it_is_a_client_as_any_other():
    async with (
        FaultyServer(
            Answer(status=201, body=b'{"a": 1}', framing="length", media="application/json")
        ) as server,
        open_httpx(base_url=server.url("openai"), params={"q": "1"}) as client,
    ):
        response = await client.post("/b", json={"c": 2}, headers={"x-a": "b"})
        assert response.json() == {"a": 1}
        assert (response.status_code, response.reason_phrase) == (201, "Told")
        assert response.http_version == "HTTP/1.1"
        (asked,) = server.requests
        assert (asked.method, asked.target, asked.body) == ("POST", "/v1/b?q=1", b'{"c":2}')
        assert asked.headers["x-a"] == "b"
        assert asked.headers["host"] == server.url("openai").split("/")[2]
        assert (await client.get("/c")).is_success
        assert server.accepted == 1


async def test_an_answer_to_head_has_no_body():
    answers = [
        Answer(head=b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"),
        Answer(body=b"x", **PLAIN),
    ]
    async with FaultyServer(answers) as server, open_httpx() as client:
        response = await client.head(at(server))
        assert (response.content, response.headers["content-length"]) == (b"", "5")


@pytest.mark.parametrize("headers", [{}, {"content-length": "5"}])
async def test_a_body_that_is_made_while_it_is_sent(headers):
    async with FaultyServer(Answer(body=b"x", **PLAIN)) as server, open_httpx() as client:
        for _ in range(2):
            assert (
                await client.post(at(server), content=made(b"ab", b"", b"cde"), headers=headers)
            ).text == "x"
        for asked in server.requests:
            assert asked.body == b"abcde"
            assert ("transfer-encoding" in asked.headers) == (not headers)
        assert server.accepted == 2, "it cannot be sent again, where an idle connection has broken"
        await client.get(at(server))
        assert server.accepted == 2


@pytest.mark.parametrize("length", ["4", "6"])
async def test_a_body_of_another_length_than_its_headers_say(length):
    async with FaultyServer(Answer(body=b"x", **PLAIN)) as server, open_httpx() as client:
        with pytest.raises(httpx.LocalProtocolError, match="the body is not as its headers say"):
            await client.post(
                at(server), content=made(b"abcde"), headers={"content-length": length}
            )
        await server.wait_idle()


async def test_a_refusal_ends_the_sending_of_a_body_that_has_no_end():
    ended = trio.Event()

    async def endless():
        try:
            while True:
                await trio.lowlevel.checkpoint()
                yield b"x" * 10_000
        finally:
            ended.set()

    answer = Answer(status=413, body=b"too large", early=True, **PLAIN)
    async with FaultyServer(answer) as server, open_httpx() as client:
        response = await client.post(at(server), content=endless())
        assert (response.status_code, response.text) == (413, "too large")
        assert ended.is_set()
        await server.wait_idle()


async def test_a_server_that_goes_while_a_body_without_end_is_sent():
    async def endless():
        while True:
            await trio.lowlevel.checkpoint()
            yield b"x" * 10_000

    async with FaultyServer(HangUp(read=False)) as server, open_httpx() as client:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await client.post(at(server), content=endless())
        await server.wait_idle()


async def test_a_body_by_an_iterator_that_is_no_generator():
    class Pieces(httpx.AsyncByteStream):
        def __init__(self):
            self._left = [b"cde", b"ab"]

        def __aiter__(self):
            return self

        async def __anext__(self):
            await trio.lowlevel.checkpoint()
            if not self._left:
                raise StopAsyncIteration
            return self._left.pop()

    async with FaultyServer(Answer(body=b"x", **PLAIN)) as server, open_httpx() as client:
        headers = {"transfer-encoding": "chunked", "host": "127.0.0.1"}
        request = httpx.Request("POST", at(server), headers=headers, stream=Pieces())
        assert (await client.send(request)).text == "x"
        assert server.requests[0].body == b"abcde"


async def test_what_the_maker_of_a_body_raises_comes_out_as_it_is():
    async def broken():
        yield b"a"
        raise KeyError("mine")

    async with FaultyServer(Answer(body=b"x", **PLAIN)) as server, open_httpx() as client:
        with pytest.raises(KeyError, match="mine"):
            await client.post(at(server), content=broken())
        await server.wait_idle()


async def test_who_makes_a_body_has_all_the_time_that_it_takes(autojump_clock):
    async def slow():
        for _ in range(3):
            await trio.sleep(100)
            yield b"a"

    async with FaultyServer(Answer(body=b"x", **PLAIN)) as server, open_httpx(timeout=5) as client:
        assert (await client.post(at(server), content=slow())).text == "x"
        assert server.requests[0].body == b"aaa"


async def test_a_body_that_is_left_closes_the_connection():
    answer = Answer(body=b"a" * 9, then="stall", framing="length", length=20)
    async with (
        FaultyServer(answer) as server,
        open_httpx() as client,
        client.stream("GET", at(server)) as response,
    ):
        pieces = response.aiter_raw()
        assert await anext(pieces) == b"a" * 9
        await response.aclose()
        await server.wait_idle()
        with pytest.raises(httpx.StreamClosed):
            await anext(pieces)


async def test_closing_it_closes_the_idle_connections():
    async with FaultyServer(Answer(body=b"x", **PLAIN)) as server:
        transport = HTTPTransport()
        client = httpx.AsyncClient(transport=transport)
        await client.get(at(server))
        assert server.connected == 1
        assert repr(transport) == "<HTTPTransport over <Client open, 1 connections idle>>"
        await client.aclose()
        await server.wait_idle()
        assert repr(transport) == "<HTTPTransport over <Client closed>>"
