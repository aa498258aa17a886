"""Clients of the user's own, as transports."""

import httpx
import pytest
import trio

from lionpride_trio._transport import as_transport, json_request, open_client
from lionpride_trio._transport._foreign import ForeignClient
from lionpride_trio.testing import Answer, FaultyServer, Script, ScriptedClient


def test_only_what_makes_no_exchanges_itself_has_an_adapter():
    ours = open_client()
    assert as_transport(ours) is ours
    theirs = as_transport(httpx.AsyncClient())
    assert repr(theirs) == "<ForeignClient over httpx.AsyncClient>"
    assert as_transport(theirs) is theirs


def request_to(url):
    return json_request(url, body={}, headers={}, connect=3, send_idle=4, wait=5)


async def test_an_exchange_is_read_as_one_of_ours():
    script = Script([b"one", b"two"], headers={"Content-Type": "text/plain"})
    client = ScriptedClient(script)
    async with ForeignClient(client).open_exchange(request_to("http://x.example/v1")) as exchange:
        assert (exchange.status, exchange.headers) == (200, {"content-type": "text/plain"})
        got = [await exchange.receive(), await exchange.receive(), await exchange.receive()]
        assert got == [b"one", b"two", b""]
        assert repr(exchange) == "<Exchange open, 200 text/plain, by <PumpedBody read>>"
    assert repr(exchange) == "<Exchange closed, 200 text/plain, by <PumpedBody closed>>"
    assert client.open == 0


async def test_the_blocks_own_exception_comes_out_as_it_is():
    client = ScriptedClient([b"one", 1.0])
    with pytest.raises(KeyError, match="mine"):
        async with ForeignClient(client).open_exchange(request_to("http://x.example/")):
            raise KeyError("mine")
    assert client.open == 0


async def test_the_time_to_answer_is_ours_to_keep(autojump_clock):
    """Its own clocks would count otherwise, and raise what is not ours."""
    async with (
        FaultyServer(Answer(head=b"", then="stall")) as server,
        httpx.AsyncClient() as client,
    ):
        began = trio.current_time()
        with pytest.raises(TimeoutError, match="no answer within 5 s"):
            async with ForeignClient(client).open_exchange(request_to(server.url())):
                pass
        assert trio.current_time() - began == pytest.approx(5)
