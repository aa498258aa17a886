"""The library's own client: how it connects, and over what."""

import random

import pytest
import trio
import trio.lowlevel
import trio.testing

from lionpride_trio import LionprideError, StreamTimeout, Timeouts
from lionpride_trio._transport import json_request, open_client
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES

CHAT = WIRES[0]


async def test_a_connection_that_is_not_made_in_time(autojump_clock):
    async def never(host, port):
        await trio.sleep_forever()

    client = open_client(connect=never)
    async with FaultyServer(HangUp()) as server:
        model = CHAT.model(server, http_client=client, timeouts=Timeouts(connect=3))
        began = trio.current_time()
        got = await ask(model)
        assert isinstance(got.error, StreamTimeout)
        assert (got.error.clock, trio.current_time() - began) == ("connect", 3)


def in_memory(nursery, script):
    """A network without sockets: what `connect` is to be for a server that plays *script*."""
    answers = iter(script)

    async def connect(host, port):
        await trio.lowlevel.checkpoint()
        client, server = trio.testing.lockstep_stream_pair()

        async def serve():
            received = b""
            while b"\r\n\r\n" not in received:
                received += await server.receive_some(65536)
            head = (
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
            )
            try:
                for piece in [head, *next(answers)]:
                    await server.send_all(piece)
            except trio.BrokenResourceError:
                pass
            finally:
                with trio.CancelScope(shield=True):
                    await server.aclose()

        nursery.start_soon(serve)
        return client

    return connect


@pytest.mark.parametrize("seed", range(30))
async def test_the_same_over_a_network_in_memory(seed, autojump_clock):
    rng = random.Random(seed)
    cuts = sorted(rng.sample(range(len(CHAT.body)), rng.randrange(12)))
    pieces = [CHAT.body[a:b] for a, b in zip([0, *cuts], [*cuts, len(CHAT.body)], strict=True)]
    kept = rng.randrange(len(pieces) + 1)
    async with trio.open_nursery() as nursery:
        client = open_client(connect=in_memory(nursery, [pieces[:kept]]))
        async with FaultyServer(HangUp()) as server:
            model = CHAT.model(server, http_client=client)
        got = await ask(model)
    assert TEXT.startswith(got.text)
    if got.error is None:
        assert got.text == TEXT
    else:
        assert isinstance(got.error, LionprideError)
        assert kept < len(pieces)
    await client.aclose()


def request_to(server, **more):
    wait = {"connect": 9, "send_idle": 9, "wait": 9}
    url = f"{server.url('openai')}/chat/completions"
    return json_request(url, body={"a": "secret words"}, headers={"x-key": KEY}, **wait, **more)


async def test_a_client_and_an_exchange_say_how_they_are():
    client = open_client()
    async with FaultyServer(Answer(body=b"data: 1\n\n", framing="length")) as server:
        assert repr(client) == "<Client open, 0 connections idle>"
        at = server.url().removesuffix("/v1")
        async with client.open_exchange(request_to(server)) as exchange:
            assert repr(exchange).startswith(
                "<Exchange open, 200 text/event-stream, by <Connection"
            )
            assert f"to {at}" in repr(exchange)
            while await exchange.receive():
                pass
            exchange.understood = True
            assert repr(exchange).startswith("<Exchange understood, 200 text/event-stream, by ")
        assert repr(exchange).startswith("<Exchange closed, 200 text/event-stream, by ")
        with pytest.raises(trio.ClosedResourceError):
            exchange.receive_nowait()
        assert repr(client) == "<Client open, 1 connections idle>"
        await client.aclose()
        assert repr(client) == "<Client closed>"


async def test_a_request_shows_neither_its_words_nor_its_keys():
    async with FaultyServer(HangUp()) as server:
        shown = repr(request_to(server))
    assert "POST" in shown
    assert KEY not in shown
    assert "secret" not in shown


async def test_a_closed_exchange_says_so_though_nothing_was_there_a_moment_ago():
    async with FaultyServer(Answer(body=b"data: 1\n\n", then="stall")) as server:
        client = open_client()
        async with client.open_exchange(request_to(server)) as exchange:
            await exchange.receive()
            assert exchange.receive_nowait() is None
            await exchange.aclose()
            with pytest.raises(trio.ClosedResourceError):
                await exchange.receive()
        await client.aclose()
