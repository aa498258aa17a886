"""Clients of the user's own, as transports."""

from functools import partial

import h2.config
import h2.connection
import h2.events
import httpx
import httpx2
import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    ConnectionLost,
    DecodeError,
    HTTPTransport,
    LocalProtocolError,
    RedirectRefused,
    iModel,
)
from lionpride_trio._transport import as_transport, json_request, open_client
from lionpride_trio._transport._foreign import ForeignClient
from lionpride_trio._transport._remedies import causes
from lionpride_trio.testing import Answer, FaultyServer, Script, ScriptedClient
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES
from tests.transport.authority import client_context, server_context

CHAT = WIRES[0]


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


async def serve_http2(body, stream, end=None):
    """Answer each request on the connection with *body*, in HTTP/2, and with *end*."""
    http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    http.initiate_connection()
    while True:
        await stream.send_all(http.data_to_send())
        received = await stream.receive_some()
        if not received:
            return
        for event in http.receive_data(received):
            if isinstance(event, h2.events.StreamEnded):
                head = [(":status", "200"), ("content-type", "text/event-stream")]
                if body:
                    http.send_headers(event.stream_id, head)
                    http.send_data(event.stream_id, body, end_stream=end is None)
                if end is not None:
                    await stream.send_all(http.data_to_send())
                    end(http, event.stream_id)
                    await stream.send_all(http.data_to_send())
                    await trio.sleep_forever()


def goes_away(http, _stream):
    http.close_connection(2)


def refuses_all(http, _stream):
    http.close_connection(0, last_stream_id=0)


def resets(http, stream):
    http.reset_stream(stream, 7)


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("begun", [b"", CHAT.unended])
@pytest.mark.parametrize("end", [resets, goes_away, refuses_all])
async def test_a_reset_of_http2_is_a_lost_connection(library, begun, end):
    async with trio.open_nursery() as nursery:
        serve = partial(trio.serve_tcp, partial(serve_http2, begun, end=end), 0, host="127.0.0.1")
        (listener,) = await nursery.start(serve)
        base = f"http://127.0.0.1:{listener.socket.getsockname()[1]}/v1"
        async with library.AsyncClient(http1=False, http2=True) as client:
            model = iModel(
                "openai", "m", api_key=KEY, base_url=base, http_client=client, retry=None
            )
            got = await ask(model)
        nursery.cancel_scope.cancel()
    assert type(got.error) is ConnectionLost
    assert got.error.retryable
    assert KEY not in repr(got.error)


def asking(model):
    """Both ways to ask a model."""
    return [lambda: model.complete("x"), lambda: model.stream("x").__aenter__()]


async def test_redirects_that_a_client_follows_without_end_are_refused():
    async with (
        FaultyServer(Answer(status=307, headers=[("location", "/again")])) as server,
        httpx.AsyncClient(follow_redirects=True) as client,
    ):
        for call in asking(CHAT.model(server, http_client=client)):
            with pytest.raises(RedirectRefused, match="base_url=") as caught:
                await call()
            assert KEY not in shown(caught.value)


def shown(error):
    """All that hangs on an error and on what is behind it."""
    return "".join(repr((one, vars(one))) for one in causes(error))


@pytest.mark.parametrize("library", [httpx, httpx2])
async def test_a_client_that_was_closed_is_refused(library):
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        client = library.AsyncClient()
        model = CHAT.model(server, http_client=client)
        assert (await ask(model)).text == TEXT
        await client.aclose()
        for call in asking(model):
            with pytest.raises(ConfigurationError, match="http_client= was closed"):
                await call()
        assert len(server.requests) == 1


async def takes(response):
    async for _ in response.aiter_bytes():
        pass


async def closes(response):
    await response.aclose()


@pytest.mark.parametrize("hook", [takes, closes])
@pytest.mark.parametrize("transport", [None, HTTPTransport])
async def test_a_hook_that_takes_the_body_away_is_refused(hook, transport):
    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        httpx.AsyncClient(
            transport=transport and transport(), event_hooks={"response": [hook]}
        ) as client,
    ):
        for call in asking(CHAT.model(server, http_client=client, retry=None)):
            with pytest.raises(LocalProtocolError, match="aread"):
                await call()
        await client.aclose()
        await server.wait_idle()


async def test_a_hook_that_reads_a_body_that_is_damaged():
    async def reads(response):
        raise httpx.DecodingError("no gzip", request=response.request)

    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        httpx.AsyncClient(event_hooks={"response": [reads]}) as client,
    ):
        got = await ask(CHAT.model(server, http_client=client))
    assert type(got.error) is DecodeError
    assert KEY not in shown(got.error)


async def test_http2_by_a_client_of_ones_own():
    versions = []

    async def note(response):
        versions.append(response.http_version)

    context = server_context()
    context.set_alpn_protocols(["h2"])
    async with trio.open_nursery() as nursery:
        serve = partial(trio.serve_ssl_over_tcp, partial(serve_http2, CHAT.body), 0, context)
        (listener,) = await nursery.start(partial(serve, host="127.0.0.1", https_compatible=True))
        port = listener.transport_listener.socket.getsockname()[1]
        async with httpx.AsyncClient(
            http2=True, verify=client_context(), event_hooks={"response": [note]}
        ) as client:
            base = f"https://127.0.0.1:{port}/v1"
            model = iModel("openai", "m", api_key=KEY, base_url=base, http_client=client)
            assert [(await ask(model)).text for _ in range(2)] == [TEXT] * 2
        nursery.cancel_scope.cancel()
    assert versions == ["HTTP/2"] * 2
