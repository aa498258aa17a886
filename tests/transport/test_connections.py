"""Connections: whose they are, when they serve again, and what a cancelled read leaves behind."""

import gc
import itertools
import json
import logging
import random
import warnings
from contextlib import suppress
from functools import partial

import attrs
import httpx
import httpx2
import pytest
import trio
import trio.lowlevel
import trio.testing

from lionpride_trio import (
    ConnectionFailed,
    ConnectionLost,
    HTTPProtocolError,
    LionprideError,
    Session,
    StreamTimeout,
    StreamTruncated,
    Timeouts,
    Verdict,
)
from lionpride_trio._transport import open_client
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from lionpride_trio.testing._cancelling import cancel_everywhere
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES

CHAT, RESPONSES = WIRES[:2]
CLIENTS = {"ours": open_client, "httpx": httpx.AsyncClient, "httpx2": httpx2.AsyncClient}


@pytest.fixture(scope="module", params=CLIENTS)
def make_client(request):
    return CLIENTS[request.param]


@pytest.fixture
async def client(make_client):
    client = make_client()
    yield client
    await client.aclose()


async def next_piece(reply):
    """The text of the next chunk; None at the end."""
    try:
        return (await reply.receive()).data
    except trio.EndOfChannel:
        return None


async def test_a_read_may_be_cancelled_as_often_as_one_likes(client, autojump_clock):
    """Nothing is lost, nothing comes twice, and the end is told."""
    answer = Answer(body=CHAT.body, piece=9, pause=1)
    async with FaultyServer(answer) as server:
        said, cancelled = "", 0
        model = CHAT.model(server, http_client=client, timeouts=Timeouts(first_content=999))
        async with model.stream("hi") as reply:
            while True:
                piece = ""
                with trio.move_on_after(0.3) as scope:
                    piece = await next_piece(reply)
                if piece is None:
                    break
                said += piece
                cancelled += scope.cancelled_caught
        assert said == reply.response.text == TEXT
        assert cancelled > 20


async def test_a_read_that_is_cancelled_at_once_takes_nothing(client):
    async with FaultyServer(Answer(body=CHAT.body, piece=20)) as server:
        said = ""
        async with CHAT.model(server, http_client=client).stream("hi") as reply:
            for attempt in itertools.count():
                piece = ""
                with trio.CancelScope() as scope:
                    if attempt % 2:
                        scope.cancel()
                    piece = await next_piece(reply)
                if piece is None:
                    break
                said += piece
                assert not (scope.cancelled_caught and attempt % 2 == 0)
        assert said == TEXT


async def test_a_stalled_read_can_be_asked_again_after_a_cancel(client):
    async with FaultyServer(Answer(body=CHAT.unended, then="stall")) as server:
        async with CHAT.model(server, http_client=client).stream("hi") as reply:
            said = [(await reply.receive()).data for _ in range(3)]
            for _ in range(3):
                with trio.move_on_after(0.001) as scope:
                    await reply.receive()
                assert scope.cancelled_caught
        assert "".join(said) == TEXT
        await server.wait_idle()


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


async def asked_twice(first, *, between=trio.lowlevel.checkpoint):
    """How many connections two calls in one session take."""
    good = Answer(body=CHAT.body)
    async with FaultyServer([first, good, good]) as server, Session() as session:
        model = CHAT.model(server)
        session.services.register(model)
        await ask(model)
        await between()
        assert (await ask(model)).text == TEXT
        return server.accepted


async def test_a_connection_serves_again_when_its_answer_ended_exactly():
    assert await asked_twice(Answer(body=CHAT.body)) == 1
    assert await asked_twice(Answer(body=CHAT.body, piece=1)) == 1
    assert await asked_twice(Answer(body=CHAT.body, framing="length")) == 1
    assert await asked_twice(Answer(status=503, body=b"{}")) == 1


async def test_the_end_of_the_framing_may_come_a_moment_later(autojump_clock):
    body = [CHAT.body, b""]
    assert await asked_twice(Answer(body=body, pause=0.01)) == 1


@pytest.mark.parametrize(
    "first",
    [
        Answer(body=CHAT.body, surplus=b"HTTP/1.1 200 OK\r\n\r\n"),
        Answer(body=CHAT.body, framing="length", length=len(CHAT.body) - 1, then="end"),
        Answer(body=CHAT.body, framing="close"),
        Answer(body=CHAT.body, headers=[("connection", "close")]),
        Answer(body=CHAT.body + CHAT.unended * 9000),
        Answer(body=CHAT.unended + CHAT.failure + CHAT.unended * 9000),
        Answer(body=CHAT.body, then="stall"),
        Answer(body=CHAT.body, then="reset"),
        Answer(body=b"x" * 100_000, status=500),
    ],
)
async def test_a_connection_that_may_be_out_of_step_is_closed(first):
    assert await asked_twice(first) == 2


async def test_an_idle_connection_is_closed_after_a_while(autojump_clock):
    assert await asked_twice(Answer(body=CHAT.body), between=partial(trio.sleep, 29)) == 1
    assert await asked_twice(Answer(body=CHAT.body), between=partial(trio.sleep, 31)) == 2


async def test_a_session_closes_its_idle_connections():
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        async with Session() as session:
            model = CHAT.model(server)
            session.services.register(model)
            async with trio.open_nursery() as nursery:
                for _ in range(20):
                    nursery.start_soon(ask, model)
            assert server.connected > 0
        await server.wait_idle()


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


@pytest.mark.parametrize(
    "script",
    [Answer(body=CHAT.body, piece=60), [Answer(status=503), Answer(body=CHAT.body, piece=300)]],
    ids=["stream", "retried"],
)
def test_cancelled_at_every_step(script):
    """Nothing but a quiet end, no connection left open, and the next call works.

    Not with the other clients: httpx leaves the generator of its request's body to the garbage
    collector when it is cancelled while sending.
    """

    async def program():
        client = open_client()
        try:
            async with FaultyServer(script) as server:
                got = await ask(CHAT.model(server, http_client=client))
                assert got.error is None or got.error.status == 503
                assert got.text in {"", TEXT}
        finally:
            with trio.CancelScope(shield=True):
                async with FaultyServer(Answer(body=CHAT.body)) as server:
                    again = await ask(CHAT.model(server, http_client=client))
                    assert (again.text, again.error) == (TEXT, None)
                    await client.aclose()
                    await server.wait_idle()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cancel_everywhere(program) > 20
        gc.collect()


async def test_a_slow_consumer_reads_little_ahead(client):
    """What is held of a body that nobody asks for is one read, whatever the client."""
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


async def test_what_is_sent():
    async with FaultyServer(Answer(body=CHAT.body)) as server:
        await ask(CHAT.model(server, temperature=1))
        (asked,) = server.requests
        assert (asked.method, asked.target) == ("POST", "/v1/chat/completions")
        assert asked.headers["accept-encoding"] == "identity"
        assert json.loads(asked.body)["temperature"] == 1


NOT_UNDERSTOOD = {
    "a page": Answer(body=b"<p>busy</p>", media="text/html"),
    "a document": Answer(body=b'{"choices": []}', media="application/json"),
    "elsewhere": Answer(status=307, headers=[("location", "/x")], body=b"Moved"),
    "no content": Answer(status=204, media=None, framing="length"),
    "an unknown encoding": Answer(body=CHAT.body, headers=[("content-encoding", "br")]),
    "broken JSON": Answer(body=b"data: {\n\n"),
}


@pytest.mark.parametrize("one_packet", [False, True])
@pytest.mark.parametrize("kind", NOT_UNDERSTOOD)
async def test_an_answer_that_was_not_understood_closes_its_connection(kind, one_packet):
    assert await asked_twice(attrs.evolve(NOT_UNDERSTOOD[kind], one_packet=one_packet)) == 2


async def test_a_stale_connection_is_replaced_at_once_and_is_no_attempt():
    """The server closes it just when the next request is on its way."""
    async with (
        FaultyServer([
            Answer(body=CHAT.body),
            HangUp(),
            Answer(body=CHAT.body),
            HangUp(reset=True),
            Answer(body=CHAT.body),
        ]) as server,
        Session() as session,
    ):
        model = CHAT.model(server, retry=None)
        session.services.register(model)
        for _ in range(3):
            got = await ask(model)
            assert (got.text, got.error) == (TEXT, None)
        assert (len(server.requests), server.accepted) == (5, 3)


async def test_a_job_in_the_background_takes_no_connection_that_may_be_stale():
    body, media = b'{"id": "r", "status": "queued"}', "application/json"
    async with (
        FaultyServer(Answer(body=body, media=media)) as server,
        Session() as session,
    ):
        model = RESPONSES.model(server)
        session.services.register(model)
        for background, connections in ((False, 1), (False, 1), (True, 2), (True, 3)):
            response = await model.complete("hi", background=background)
            assert response.verdict is Verdict.PAUSED
            assert server.accepted == connections


async def test_a_fresh_connection_that_breaks_is_an_attempt():
    """And so is one that began to answer: the server had the request, and may have done its work."""
    half = Answer(head=b"HTTP/1.1 200 O", then="close")
    for first in ([HangUp()], [Answer(body=CHAT.body), half]):
        async with FaultyServer([*first, Answer(body=CHAT.body)]) as server, Session() as session:
            model = CHAT.model(server, retry=None)
            session.services.register(model)
            errors = [type((await ask(model)).error) for _ in first]
            assert errors[-1] is ConnectionLost
            assert len(server.requests) == len(first)
