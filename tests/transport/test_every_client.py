"""Rules that hold by every client: the library's own, httpx's and httpx2's."""

import logging
from contextlib import suppress

import httpx
import httpx2
import pytest
import trio
import trio.testing

from lionpride_trio import (
    ConnectionFailed,
    ConnectionLost,
    HTTPProtocolError,
    StreamTruncated,
)
from lionpride_trio._transport import open_client
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES
from tests.transport.authority import server_context

CHAT = WIRES[0]


@pytest.mark.parametrize("leave", ["break", "raise", "cancel", "aclose"])
async def test_leaving_early_closes_the_connection(client, leave):
    async with FaultyServer(Answer(body=CHAT.unended, then="stall")) as server:
        model = CHAT.model(server, http_client=client)
        with trio.CancelScope() as scope, suppress(KeyError):
            async with model.stream("hi") as reply:
                async for _ in reply:
                    match leave:
                        case "break":
                            break
                        case "raise":
                            raise KeyError("mine")
                        case "cancel":
                            scope.cancel()
                        case "aclose":
                            await reply.aclose()
                            await server.wait_idle()
                            break
        with trio.fail_after(5):
            await server.wait_idle()


FAULTS = {
    "hang up": (HangUp(), ConnectionLost),
    "reset": (HangUp(reset=True), ConnectionLost),
    "cut": (Answer(body=CHAT.unended, frame_cut=True, then="close"), ConnectionLost),
    "no end mark": (Answer(body=CHAT.unended), StreamTruncated),
    "no HTTP": (Answer(head=b"SSH-2.0\r\n\r\n", then="close"), HTTPProtocolError),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_errors_are_the_same_with_every_client(client, fault):
    script, error = FAULTS[fault]
    async with FaultyServer(script) as server:
        got = await ask(CHAT.model(server, http_client=client))
        assert type(got.error) is error
        assert got.text in {"", TEXT}
        assert KEY not in repr(got.error.__cause__)
        assert not hasattr(got.error.__cause__, "_request") or got.error.__cause__._request is None
        await client.aclose()
        await server.wait_idle()


async def test_a_host_without_a_server_or_a_name(client):
    async with FaultyServer(HangUp()) as server:
        model = CHAT.model(server, http_client=client)
    assert type((await ask(model)).error) is ConnectionFailed


async def test_a_thousand_streams_of_which_a_tenth_breaks(make_client):
    """900 whole, none mixed, and nothing left open."""
    cut = Answer(body=CHAT.unended, frame_cut=True, then="close")
    whole = {}
    script = []
    for number in range(1000 if make_client is open_client else 100):
        event = CHAT.text_event(f"<{number}>")
        good = Answer(body=event * 5 + CHAT.after, piece=200)
        script.append(cut if number % 10 == 3 else good)
    client = make_client(**({} if make_client is open_client else {"timeout": 60}))
    async with FaultyServer(script) as server:
        model = CHAT.model(server, http_client=client, max_concurrent=200)

        async def call(number):
            got = await ask(model)
            whole[number] = got.text if got.error is None else got.error

        async with trio.open_nursery() as nursery:
            for number in range(len(script)):
                nursery.start_soon(call, number)
        await client.aclose()
        await server.wait_idle()
    texts = [text for text in whole.values() if isinstance(text, str)]
    assert len(texts) == len(script) * 9 // 10
    assert all(text == text[: len(text) // 5] * 5 for text in texts)
    assert len(set(texts)) == len(texts)
    assert all(isinstance(got, str | ConnectionLost) for got in whole.values())


async def test_a_slow_consumer_reads_little_ahead(client):
    """A body that nobody asks for is held to one read, whatever the client."""
    sent = 0

    def endless():
        nonlocal sent
        event = CHAT.text_event("x" * 1000)
        while True:
            sent += len(event)
            yield event

    async with FaultyServer(Answer(body=endless())) as server:
        async with CHAT.model(server, http_client=client).stream("hi") as reply:
            await trio.testing.wait_all_tasks_blocked(0.1)
            held = reply.statistics().characters
            assert held <= 256 * 1024
            before = sent
            await trio.testing.wait_all_tasks_blocked(0.1)
            assert sent == before
        await server.wait_idle()


async def test_no_logger_tells_the_key(client, caplog):
    caplog.set_level(logging.DEBUG)
    async with FaultyServer([
        Answer(status=401, body=KEY.encode()),
        Answer(body=CHAT.body),
    ]) as server:
        model = CHAT.model(server, http_client=client)
        await ask(model)
        await ask(model)
        assert KEY in server.requests[0].headers["authorization"]
    assert KEY not in caplog.text


@pytest.mark.parametrize("library", [httpx, httpx2])
async def test_a_failure_of_tls_in_another_client_says_what_it_was(library):
    async with (
        FaultyServer(Answer(body=CHAT.body), ssl_context=server_context()) as server,
        library.AsyncClient() as client,
    ):
        error = (await ask(CHAT.model(server, http_client=client))).error
    assert type(error) is ConnectionFailed
    assert "certificate" in str(error).lower()
