"""Our connections below a client of httpx's: it stays the client that it is."""

import gzip
import socket
import ssl
import subprocess
import sys
from contextlib import asynccontextmanager
from functools import partial

import httpx
import httpx2
import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    HTTPTransport,
    RedirectRefused,
    StreamTimeout,
    Timeouts,
)
from lionpride_trio._transport import as_transport, json_request
from lionpride_trio._transport._connection import Connection
from lionpride_trio._transport._foreign import ForeignClient
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES
from tests.transport.authority import client_context, server_context
from tests.transport.calls import open_httpx

CHAT = WIRES[0]
PLAIN = {"media": "text/plain", "framing": "length"}


def at(server, path="/a"):
    return server.url("openai") + path


# What a client of httpx's adds to requests and does with answers, for a model that has it.


async def test_hooks_see_the_requests_and_the_answers_of_a_model():
    seen = []

    async def before(request):
        seen.append(request.method)
        request.headers["x-from-hook"] = "yes"

    async def after(response):
        seen.append(response.status_code)

    hooks = {"request": [before], "response": [after]}
    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        open_httpx(event_hooks=hooks) as client,
    ):
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
        assert server.requests[0].headers["x-from-hook"] == "yes"
    assert seen == ["POST", 200]


@pytest.mark.parametrize("opener", [open_httpx, httpx.AsyncClient, httpx2.AsyncClient])
@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_that_a_hook_has_read_is_still_there(packed, opener):
    async def reads(response):
        await response.aread()

    headers = [("content-encoding", "gzip")] if packed else []
    answer = Answer(body=gzip.compress(CHAT.body) if packed else CHAT.body, headers=headers)
    async with (
        FaultyServer(answer) as server,
        opener(event_hooks={"response": [reads]}) as client,
    ):
        model = CHAT.model(server, http_client=client)
        assert (await ask(model)).text == TEXT
        assert (await ask(model)).text == TEXT


async def test_an_auth_asks_a_second_time():
    class Renewed(httpx.Auth):
        def auth_flow(self, request):
            request.headers["authorization"] = "old"
            response = yield request
            if response.status_code == 401:
                request.headers["authorization"] = "new"
                yield request

    script = [Answer(status=401, body=b"no"), Answer(body=CHAT.body)]
    async with FaultyServer(script) as server, open_httpx(auth=Renewed()) as client:
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
        assert [one.headers["authorization"] for one in server.requests] == ["old", "new"]
        assert server.accepted == 1, "the answer of 401 was read to its end"


async def test_cookies_are_kept_as_httpx_keeps_them():
    answers = [
        Answer(body=b"1", **PLAIN, headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/")]),
        Answer(body=b"2", **PLAIN),
    ]
    async with FaultyServer(answers) as server, open_httpx() as client:
        first = await client.get(at(server))
        assert first.headers.get_list("set-cookie") == ["a=1", "b=2; Path=/"]
        await client.get(at(server))
        assert server.requests[1].headers["cookie"] == "a=1; b=2"


async def test_a_mount_is_asked_for_the_hosts_that_it_is_for():
    def handler(request):
        return httpx.Response(200, text="mounted")

    mounts = {"all://mounted.example": httpx.MockTransport(handler)}
    async with (
        FaultyServer(Answer(body=b"ours", **PLAIN)) as server,
        open_httpx(mounts=mounts) as client,
    ):
        assert (await client.get("http://mounted.example/")).text == "mounted"
        assert (await client.get(at(server))).text == "ours"
    ours = {"all://127.0.0.1": HTTPTransport()}
    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        httpx.AsyncClient(transport=httpx.MockTransport(handler), mounts=ours) as client,
    ):
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT


@pytest.mark.parametrize("opener", [open_httpx, httpx.AsyncClient, httpx2.AsyncClient])
async def test_redirects_are_followed_where_the_client_follows_them(opener):
    script = [
        Answer(status=307, headers=[("location", "/v1/elsewhere")], body=b"there"),
        Answer(body=CHAT.body),
    ]
    async with FaultyServer(script) as server, opener(follow_redirects=True) as client:
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
        assert [one.target for one in server.requests] == ["/v1/chat/completions", "/v1/elsewhere"]
        assert server.requests[0].body == server.requests[1].body
        assert server.accepted == 1
    async with FaultyServer(script) as server, opener() as client:
        got = await ask(CHAT.model(server, http_client=client))
        assert type(got.error) is RedirectRefused
        assert len(server.requests) == 1


# The body of an answer, read by a model.


@asynccontextmanager
async def exchange_over(client, server, **settings):
    request = json_request(
        at(server), body={}, headers={}, connect=3, send_idle=4, wait=5, **settings
    )
    async with as_transport(client).open_exchange(request) as exchange:
        yield exchange


async def test_a_model_reads_from_the_connection_and_no_task_reads_ahead():
    async with FaultyServer(Answer(body=b"one", then="stall")) as server, open_httpx() as client:
        before = trio.lowlevel.current_statistics().tasks_living
        async with exchange_over(client, server) as exchange:
            assert isinstance(exchange._body, Connection)
            assert await exchange.receive() == b"one"
            # The server's own connection has one.
            assert trio.lowlevel.current_statistics().tasks_living == before + 1


async def test_a_transport_around_ours_sees_the_body_pass():
    """A stream of its own is read, and not passed by."""
    passed = []

    class Counted(httpx.AsyncByteStream):
        def __init__(self, stream):
            self._stream = stream

        async def __aiter__(self):
            async for piece in self._stream:
                passed.append(piece)
                yield piece

        async def aclose(self):
            await self._stream.aclose()

    class Around(HTTPTransport):
        async def handle_async_request(self, request):
            response = await super().handle_async_request(request)
            response.stream = Counted(response.stream)
            return response

    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        httpx.AsyncClient(transport=Around()) as client,
    ):
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
    assert b"".join(passed) == CHAT.body


async def test_a_connection_serves_the_next_call_and_the_next_stranger():
    script = [Answer(body=CHAT.body), Answer(body=CHAT.body), Answer(body=b"x", **PLAIN)]
    async with FaultyServer(script) as server, open_httpx() as client:
        model = CHAT.model(server, http_client=client)
        for _ in range(2):
            assert (await ask(model)).text == TEXT
        assert (await client.get(at(server))).text == "x"
        assert server.accepted == 1


async def test_what_may_be_sent_but_once_goes_over_a_connection_of_its_own():
    """Nobody could tell whether the server has read it, where an idle one breaks."""
    async with FaultyServer(Answer(body=CHAT.body)) as server, open_httpx() as client:
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
        async with exchange_over(client, server, once=True):
            assert server.accepted == 2
    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        httpx2.AsyncClient() as client,
        exchange_over(client, server, once=True) as exchange,
    ):
        assert exchange.status == 200, "a client of another library is asked as it can be"


async def test_errors_are_those_of_our_own_client():
    """Their texts say what to write, and httpx's classes stand nowhere before them."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = taken.getsockname()[1]
        async with open_httpx() as client:
            with pytest.raises(
                ConnectionFailed, match=f"no connection to 127.0.0.1:{nobody}: Conn"
            ):
                async with ForeignClient(client).open_exchange(
                    json_request(
                        f"http://127.0.0.1:{nobody}/",
                        body={},
                        headers={},
                        connect=3,
                        send_idle=4,
                        wait=5,
                    )
                ):
                    pass
    async with FaultyServer([HangUp(), HangUp(reset=True)]) as server, open_httpx() as client:
        for _ in range(2):
            got = await ask(CHAT.model(server, http_client=client))
            assert type(got.error) is ConnectionLost
            assert "httpx" not in repr(got.error.__cause__)
            assert KEY not in repr(got.error.__cause__)


async def test_what_a_hook_raises_is_the_users_own():
    async def fails(response):
        raise KeyError("mine") from ConnectionLost("another call's")

    hooks = {"response": [fails]}
    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        open_httpx(event_hooks=hooks) as client,
    ):
        with pytest.raises(KeyError, match="mine"):
            await ask(CHAT.model(server, http_client=client))
        await server.wait_idle()


async def test_the_clocks_of_a_model_hold(autojump_clock):
    settings = {"timeouts": Timeouts(first_content=7, byte_idle=3)}
    async with (
        FaultyServer(Answer(head=b"", then="stall")) as server,
        open_httpx(timeout=1) as client,
    ):
        got = await ask(CHAT.model(server, http_client=client, **settings))
        assert (type(got.error), got.error.clock) == (StreamTimeout, "first_content")
        assert trio.current_time() == pytest.approx(7)
    answer = Answer(body=CHAT.unended, then="stall")
    async with FaultyServer(answer) as server, open_httpx(timeout=1) as client:
        got = await ask(CHAT.model(server, http_client=client, **settings))
        assert (type(got.error), got.error.clock) == (StreamTimeout, "byte_idle")


# Anybody else may use such a client.


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


async def made(*pieces):
    for piece in pieces:
        await trio.lowlevel.checkpoint()
        yield piece


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
