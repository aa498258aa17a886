"""What fails over such a client fails as httpx says, in the time that it was given."""

import ssl
import subprocess
import sys
from functools import partial

import httpx
import httpx2
import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    HTTPTransport,
)
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.faults.asking import ask
from tests.faults.wires import TEXT
from tests.transport.authority import client_context, server_context
from tests.transport.calls import open_httpx
from tests.transport.with_httpx import CHAT, PLAIN, at, made

FAULTS = {
    "hang up": (HangUp(), httpx.RemoteProtocolError),
    "reset": (HangUp(reset=True), httpx.ReadError),
    "cut": (Answer(body=b"abc", frame_cut=True, then="close"), httpx.RemoteProtocolError),
    "reset in the body": (Answer(body=b"abc", then="reset"), httpx.ReadError),
    "no HTTP": (Answer(head=b"SSH-2.0\r\n\r\n", then="close"), httpx.RemoteProtocolError),
    "wrong chunks": (
        Answer(head=b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"),
        httpx.RemoteProtocolError,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_failures_are_httpxs(fault):
    script, error = FAULTS[fault]
    async with FaultyServer(script) as server, open_httpx() as client:
        with pytest.raises(httpx.TransportError) as caught:
            await client.get(at(server))
        assert type(caught.value) is error
        assert str(caught.value.request.url) == at(server)
        await server.wait_idle()


async def test_a_host_that_is_not_there():
    async with FaultyServer(HangUp()) as server:
        pass
    async with open_httpx() as client:
        with pytest.raises(httpx.ConnectError, match="Connection refused"):
            await client.get(at(server))
        with pytest.raises(httpx.UnsupportedProtocol, match="ftp"):
            await client.get("ftp://a.example/")


async def test_headers_that_cannot_be_sent():
    async with FaultyServer(Answer(body=b"x", **PLAIN)) as server, open_httpx() as client:
        with pytest.raises(httpx.LocalProtocolError, match="cannot be sent"):
            await client.get(at(server), headers={"x-a": "b\r\nc: d"})
        assert server.requests == []


async def test_the_time_to_answer(autojump_clock):
    async with (
        FaultyServer(Answer(head=b"", then="stall")) as server,
        open_httpx(timeout=3) as client,
    ):
        with pytest.raises(httpx.ReadTimeout):
            await client.get(at(server))
        assert trio.current_time() == pytest.approx(3)
        await server.wait_idle()


async def test_the_time_between_two_reads(autojump_clock):
    answer = Answer(body=b"abc", piece=1, pause=2, then="stall")
    async with FaultyServer(answer) as server, open_httpx(timeout=3) as client:
        got = []
        with pytest.raises(httpx.ReadTimeout):
            async with client.stream("GET", at(server)) as response:
                async for piece in response.aiter_raw():
                    got.append(piece)
        assert b"".join(got) == b"abc"
        assert trio.current_time() == pytest.approx(2 * 3 + 3)
        await server.wait_idle()


@pytest.mark.parametrize("made_meanwhile", [False, True])
async def test_the_time_in_which_some_of_a_request_must_leave(made_meanwhile, autojump_clock):
    async def reads_nothing(stream):
        await trio.sleep_forever()

    def endless():
        return made(*[b"x" * 100_000] * 200)

    async with trio.open_nursery() as nursery:
        (listener,) = await nursery.start(
            partial(trio.serve_tcp, reads_nothing, 0, host="127.0.0.1")
        )
        url = f"http://127.0.0.1:{listener.socket.getsockname()[1]}/"
        async with open_httpx(timeout=httpx.Timeout(None, write=3)) as client:
            with pytest.raises(httpx.WriteTimeout):
                await client.post(url, content=endless() if made_meanwhile else b"x" * 20_000_000)
        assert trio.current_time() == pytest.approx(3)
        nursery.cancel_scope.cancel()


async def test_the_time_to_connect(monkeypatch, autojump_clock):
    async def blocked(*where, **options):
        await trio.sleep_forever()

    monkeypatch.setattr("lionpride_trio._transport._socket.trio.open_tcp_stream", blocked)
    async with open_httpx(timeout=httpx.Timeout(9, connect=2)) as client:
        with pytest.raises(httpx.ConnectTimeout):
            await client.get("http://a.example/")
    assert trio.current_time() == pytest.approx(2)


async def test_without_timeouts_it_waits(autojump_clock):
    answer = Answer(body=b"ab", piece=1, pause=1000)
    async with FaultyServer(answer) as server, open_httpx(timeout=None) as client:
        assert (await client.get(at(server))).content == b"ab"


# Whom it trusts.


@pytest.mark.parametrize("option", ["ssl_context", "verify"])
async def test_an_authority_of_ones_own(option):
    answer = Answer(body=b"x", **PLAIN)
    async with FaultyServer(answer, ssl_context=server_context()) as server:
        async with httpx.AsyncClient(
            transport=HTTPTransport(**{option: client_context()})
        ) as client:
            for _ in range(2):
                assert (await client.get(at(server))).text == "x"
            assert server.accepted == 1
        async with open_httpx() as client:
            with pytest.raises(httpx.ConnectError, match="unable to get local issuer certificate"):
                await client.get(at(server))
    async with (
        FaultyServer(answer, ssl_context=server_context("other.example")) as server,
        open_httpx(ssl_context=client_context()) as client,
    ):
        with pytest.raises(httpx.ConnectError, match=r"not valid for '127\.0\.0\.1'"):
            await client.get(at(server))


async def test_the_name_of_tls_may_be_another_than_the_hosts():
    """And a connection that was verified for one name serves no call for another."""
    names = []
    context = server_context("api.example")
    context.sni_callback = lambda _tls, name, _context: names.append(name)
    async with (
        FaultyServer(Answer(body=b"x", **PLAIN), ssl_context=context) as server,
        open_httpx(ssl_context=client_context()) as client,
    ):
        named = {"sni_hostname": "api.example"}
        for _ in range(2):
            assert (await client.get(at(server), extensions=named)).text == "x"
        assert (names, server.accepted) == (["api.example"], 1)
        for other in ({}, {"sni_hostname": "other.example"}):
            with pytest.raises(httpx.ConnectError, match="not valid for"):
                await client.get(at(server), extensions=other)
        for wrong in ("", ".x", "a b", b"api.example", 7, "a..b"):
            with pytest.raises(ConfigurationError, match="sni_hostname"):
                await client.get(at(server), extensions={"sni_hostname": wrong})
    async with FaultyServer(Answer(body=b"x", **PLAIN)) as server, open_httpx() as client:
        for extensions in (named, {}):
            assert (await client.get(at(server), extensions=extensions)).text == "x"
        assert server.accepted == 1, "without TLS the name means nothing"


async def test_a_context_that_speaks_http2_elsewhere_does_not_here():
    """httpx tells a context which protocols there are, and that context may be shared."""
    handshakes = []
    offered = server_context()
    offered.set_alpn_protocols(["h2", "http/1.1"])
    offered.sni_callback = lambda tls, *rest: handshakes.append(tls)
    context = client_context()
    context.set_alpn_protocols(["http/1.1", "h2"])
    async with (
        FaultyServer(Answer(body=CHAT.body), ssl_context=offered) as server,
        open_httpx(ssl_context=context) as client,
    ):
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
    assert [tls.selected_alpn_protocol() for tls in handshakes] == ["http/1.1"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"verify": False}, "verify= takes an ssl.SSLContext"),
        ({"verify": "/etc/ca.pem"}, "create_default_context"),
        ({"ssl_context": "/etc/ca.pem"}, "ssl_context= takes an ssl.SSLContext, not str"),
        (
            {"verify": ssl.create_default_context(), "ssl_context": ssl.create_default_context()},
            "give one of them",
        ),
        ({"ssl_context": server_context()}, "ssl_context= takes the context of a client"),
        ({"verify": server_context()}, "verify= takes the context of a client"),
    ],
)
def test_what_it_does_not_take(options, text):
    with pytest.raises(ConfigurationError, match=text):
        HTTPTransport(**options)


async def test_a_client_of_another_library():
    async with httpx2.AsyncClient(transport=HTTPTransport()) as client:
        with pytest.raises(ConfigurationError, match=r"write httpx.AsyncClient\(transport=HTTPTra"):
            await client.get("http://a.example/")


def test_it_is_loaded_when_it_is_asked_for():
    script = """
import sys
import lionpride_trio
print("httpx" in sys.modules, "HTTPTransport" in dir(lionpride_trio))
from lionpride_trio import HTTPTransport
print("httpx" in sys.modules, HTTPTransport.__module__)
try:
    lionpride_trio.HTTPTransports
except AttributeError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "False True",
        "True lionpride_trio",
        "module 'lionpride_trio' has no attribute 'HTTPTransports'",
    ]
